"""Queries as Microsoft's own parser reads them: diagnostics, the columns of the result, and the tree."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_CHECK = ROOT / "tools/kusto/check.mjs"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a query's tree.

    Attributes:
        kind: What it is, by the parser's name.
        role: What it is to its parent.
        text: Its text, where it has no children.
        children: The nodes that it consists of.
    """

    kind: str
    role: str
    text: str
    children: tuple["Node", ...]

    def part(self, role: str) -> "Node":
        """The child that has a role."""
        return next(child for child in self.children if child.role == role)

    def has(self, role: str) -> bool:
        """Whether some child has a role."""
        return any(child.role == role for child in self.children)

    def listed(self, role: str) -> tuple["Node", ...]:
        """The elements of a list, without its commas."""
        return tuple(element.children[0] for element in self.part(role).children)

    def word(self) -> str:
        """The text of a node that consists of one token, however deep."""
        node = self
        while node.children:
            node = node.children[0]
        return node.text

    def walk(self) -> Iterator["Node"]:
        """Itself and every node in it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the parser says of a query.

    Attributes:
        diagnostics: What is wrong with it, one text for each; empty where nothing is.
        columns: The types of the columns of its result, by their names.
        tree: The query.
    """

    diagnostics: tuple[str, ...]
    columns: Mapping[str, str]
    tree: Node


def checked(queries: Mapping[str, str]) -> dict[str, Checked]:
    """Check queries in one go; the answer has their names."""
    return _checked(tuple(queries.items()))


@cache
def _checked(queries: tuple[tuple[str, str], ...]) -> dict[str, Checked]:
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    assert node, "no Node.js: run `make setup`"
    asked = json.dumps([{"name": name, "text": text} for name, text in queries])
    done = subprocess.run([node, str(_CHECK)], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make setup`\n{done.stderr}"
    return {
        found["name"]: Checked(
            tuple(f"{d['code']} at {d['at']!r}: {d['message']}" for d in found["diagnostics"]),
            found["columns"],
            _node(found["tree"]),
        )
        for found in json.loads(done.stdout)
    }


def _node(raw: Any) -> Node:  # noqa: ANN401 - JSON
    kind, role, inside = raw
    if isinstance(inside, str):
        return Node(kind, role, inside, ())
    return Node(kind, role, "", tuple(map(_node, inside)))
