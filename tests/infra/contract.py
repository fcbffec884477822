"""What a query says of events, held against the contract: names, fields, types, and the words that a field may hold."""

from collections.abc import Iterator, Mapping

from shared.adapters.events import AVAILABILITY, COMMON, EVENTS, Field, Kind
from shared.adapters.queues import EVERY
from shared.domain import errors
from shared.domain.drift import Fault
from shared.domain.messages import Cause
from shared.domain.regions import Region
from shared.domain.resources import Effect
from shared.domain.tenants import Stage, Verdict
from tests.infra.kql import Node

READS: Mapping[str, Kind] = {
    "tostring": Kind.TEXT,
    "tolong": Kind.NUMBER,
    "toint": Kind.NUMBER,
    "toreal": Kind.SECONDS,
    "todatetime": Kind.MOMENT,
    "tobool": Kind.FLAG,
}
"""What each conversion reads a field as; a field is never used without one."""

_CODES = {
    each.code for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.KeeperError)
}
WORDS: Mapping[str, set[str]] = {
    "stage": set(Stage),
    "verdict": set(Verdict),
    "cause": set(Cause),
    "effect": {*Effect, ""},
    "fault": set(Fault),
    "region": set(Region),
    "code": {*_CODES, "delivered_too_often", ""},
    "queue": {*EVERY, *(queue.poison for queue in EVERY)},
}
"""What the fields may hold whose words are the product's own."""


def problems(tree: Node) -> list[str]:
    """List what a query says of events that is not so; empty where all of it is."""
    aliases = _aliases(tree)
    return [*_of_chains(tree), *_of_conversions(tree), *_of_words(tree, aliases)]


def _of_chains(tree: Node) -> Iterator[str]:
    """Check each chain of operators: the events that it names, and that its fields are theirs."""
    for chain in _chains(tree):
        table, inside = _root(chain), list(_own(chain))
        if table == "AppAvailabilityResults":
            yield from (f"no availability record is called {name!r}" for name in _names(inside) if name != AVAILABILITY)
        if table not in ("AppEvents", ""):
            continue
        named = _names(inside)
        yield from (f"no event is called {name!r}" for name in named if name not in EVENTS)
        events = [EVENTS[name] for name in named if name in EVENTS] or list(EVENTS.values())
        known = COMMON.keys() | {field for event in events for field in event.fields}
        for field in map(_field_of, inside):
            if field and field not in known:
                yield f"no field {field!r} in {', '.join(event.name for event in events)}"


def _of_conversions(tree: Node) -> Iterator[str]:
    kinds: dict[str, Field] = dict(COMMON)
    for event in EVENTS.values():
        kinds |= event.fields
    converted: set[int] = set()
    for call, field in _conversions(tree):
        converted.add(id(field))
        name, kind = _field_of(field), READS[call.part("Name").word()]
        if name in kinds and kinds[name].kind is not kind:
            yield f"{name} is read as {kind}, and is a {kinds[name].kind}"
    for node in tree.walk():
        if _field_of(node) and id(node) not in converted:
            yield f"{_field_of(node)} is used without a conversion"


def _of_words(tree: Node, aliases: Mapping[str, str]) -> Iterator[str]:
    for node in tree.walk():
        if node.kind not in ("EqualExpression", "NotEqualExpression", "InExpression", "NotInExpression"):
            continue
        left = node.part("Left")
        field = aliases.get(left.word(), "") if left.kind == "NameReference" else _converted(left)
        for word in _literals(node.part("Right")):
            if field in WORDS and word not in WORDS[field]:
                yield f"{field} is never {word!r}"


def _aliases(tree: Node) -> dict[str, str]:
    """The columns that are a field under another name."""
    found = [node for node in tree.walk() if node.kind == "SimpleNamedExpression"]
    return {each.part("Name").word(): name for each in found if (name := _converted(each.part("Expression")))}


def _chains(tree: Node) -> Iterator[Node]:
    """Each chain of operators as a whole, also those inside another."""
    inner: set[int] = set()
    for node in tree.walk():
        if node.kind == "PipeExpression":
            inner.add(id(node.part("Expression")))
            if id(node) not in inner:
                yield node


def _own(chain: Node) -> Iterator[Node]:
    """The nodes of a chain without those of chains inside it."""
    step = chain
    while step.kind == "PipeExpression":
        pending = [step.part("Operator")]
        while pending:
            node = pending.pop()
            yield node
            pending += [child for child in node.children if child.kind != "PipeExpression"]
        step = step.part("Expression")


def _root(chain: Node) -> str:
    """The table that a chain begins with; empty for a union."""
    while chain.kind == "PipeExpression":
        chain = chain.part("Expression")
    return chain.word() if chain.kind == "NameReference" else ""


def _names(nodes: list[Node]) -> list[str]:
    """The texts that the column ``Name`` is compared with."""
    found = [node for node in nodes if node.kind in ("EqualExpression", "InExpression")]
    mine = [node for node in found if node.part("Left").kind == "NameReference" and node.part("Left").word() == "Name"]
    return [word for node in mine for word in _literals(node.part("Right"))]


def _literals(node: Node) -> list[str]:
    return [each.word().strip("\"'") for each in node.walk() if each.kind == "StringLiteralExpression"]


def _conversions(tree: Node) -> Iterator[tuple[Node, Node]]:
    for node in tree.walk():
        if node.kind == "FunctionCallExpression" and node.part("Name").word() in READS:
            arguments = node.part("ArgumentList").listed("Expressions")
            if arguments and _field_of(arguments[0]):
                yield node, arguments[0]


def _converted(node: Node) -> str:
    return next((_field_of(field) for call, field in _conversions(node) if call is node), "")


def _field_of(node: Node) -> str:
    """The field that ``Properties.x`` or ``Properties["x"]`` is; empty for everything else."""
    if node.kind not in ("PathExpression", "ElementExpression") or node.part("Expression").word() != "Properties":
        return ""
    selector = node.part("Selector")
    return selector.word() if selector.kind == "NameReference" else "".join(_literals(selector))
