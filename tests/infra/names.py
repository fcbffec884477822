"""The second grammar: syntax, and whether every name that is used is declared. It stands in for the compiler."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tests.infra.bicep import Files, parsed, shown

_LANGUAGE = Language(tree_sitter_bicep.language())
_DECLARES = frozenset({"parameter_declaration", "variable_declaration", "resource_declaration", "module_declaration"})
_OUTPUT = "output_declaration"
_LOOPS = frozenset({"loop_variable", "loop_enumerator"})
_OUTPUT_OF = re.compile(r"\b(\w+)\.\??(?:outputs)\.(\w+)")


def syntax_errors(text: str) -> list[str]:
    """Where the grammar finds the text wrong."""
    return [f"line {node.start_point.row + 1}" for node in _nodes(text) if node.is_error or node.is_missing]


def unknown_names(text: str) -> set[str]:
    """Names that are used and declared nowhere in the file."""
    return _used(text) - _declared(text, _DECLARES) - _bound(text)


def unused_names(text: str) -> set[str]:
    """Parameters and variables that nothing uses."""
    return _declared(text, {"parameter_declaration", "variable_declaration"}) - _used(text)


def wrong_calls(files: Files) -> list[str]:
    """Modules that are called with other parameters than they have, and outputs that no module gives."""
    found: list[str] = []
    for file, text in files.items():
        calls = {call.symbol: call for call in parsed(text).modules}
        for call in calls.values():
            path = _beside(file, call.kind)
            found += _wrong_parameters(f"{file}: {call.symbol}", call.body.get("params", {}), files.get(path))
        for symbol, output in _OUTPUT_OF.findall(text):
            target = files.get(_beside(file, calls[symbol].kind)) if symbol in calls else None
            if symbol not in calls or (target is not None and output not in parsed(target).outputs):
                found.append(f"{file}: {symbol} has no output {output}")
    return found


def _wrong_parameters(where: str, given: Mapping[str, Any], target: str | None) -> list[str]:
    if target is None:
        return [f"{where}: there is no such module"]
    wanted = parsed(target).parameters
    needed = {name for name, row in wanted.items() if row["default"] is None}
    return [f"{where}: {name} is missing" for name in sorted(needed - given.keys())] + [
        f"{where}: {name} is no parameter of it ({shown(given[name])})" for name in sorted(given.keys() - wanted.keys())
    ]


def _beside(file: str, path: str) -> str:
    folder, _, _ = file.rpartition("/")
    return f"{folder}/{path}" if folder else path


def _nodes(text: str) -> Iterator[Node]:
    waiting = [Parser(_LANGUAGE).parse(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _is_first(node: Node) -> bool:
    return node.parent is not None and node.parent.named_children[0] == node


def _kind_above(node: Node) -> str:
    return node.parent.type if node.parent is not None else ""


def _declared(text: str, kinds: frozenset[str] | set[str]) -> set[str]:
    return {
        _text(node)
        for node in _nodes(text)
        if node.type == "identifier" and _kind_above(node) in kinds and _is_first(node)
    }


def _bound(text: str) -> set[str]:
    """What loops and lambdas name."""
    found: set[str] = set()
    for node in _nodes(text):
        above = _kind_above(node)
        is_loops = above == "for_statement" and node.type == "identifier" and _is_first(node)
        is_lambdas = above == "lambda_expression" and node.type == "identifier" and _is_first(node)
        if node.type in _LOOPS or is_loops or is_lambdas:
            found.add(_text(node))
    return found


def _used(text: str) -> set[str]:
    """Names where values stand: no property's name, no function's, no declaration."""
    passed = _DECLARES | {_OUTPUT, "object_property", "lambda_expression"}
    return {
        _text(node)
        for node in _nodes(text)
        if node.type == "identifier"
        and not (_kind_above(node) in passed and _is_first(node))
        and not text.encode()[node.end_byte :].startswith(b"(")
    }
