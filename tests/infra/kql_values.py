"""Expressions of a query over one row: the part of KQL that our queries use; anything else is refused, not guessed."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.infra.kql import Node

Row = Mapping[str, Any]

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Unsupported(Exception):
    """A query uses something that this evaluator does not know."""


@dataclass(frozen=True, slots=True)
class World:
    """What a query sees besides its row.

    Attributes:
        now: The time.
        tables: The rows of each table, and of each ``let`` that is a table.
        names: The values of each ``let`` that is one.
    """

    now: datetime
    tables: Mapping[str, list[Row]]
    names: Mapping[str, Any]


def value(node: Node, row: Row, world: World) -> Any:  # noqa: ANN401 - a value of any type of KQL
    """Evaluate an expression."""
    for table in (_LEAVES, _BINARY):
        if node.kind in table:
            return table[node.kind](node, row, world)
    raise Unsupported(node.kind)


def literal(node: Node) -> Any:  # noqa: ANN401 - a value of any type of KQL
    """The value of a literal."""
    text = node.word()
    if node.kind == "StringLiteralExpression":
        return json.loads(text) if text.startswith('"') else text[1:-1]
    if node.kind == "TimespanLiteralExpression":
        found = re.fullmatch(r"(\d+)([dhms])", text)
        if found is None:
            raise Unsupported(text)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    return float(text) if node.kind == "RealLiteralExpression" else int(text)


def _of_name(node: Node, row: Row, world: World) -> Any:  # noqa: ANN401
    name = node.word()
    return world.names[name] if name in world.names else row.get(name)


def _of_path(node: Node, row: Row, world: World) -> Any:  # noqa: ANN401
    inside = value(node.part("Expression"), row, world)
    return (inside or {}).get(node.part("Selector").word())


def _call(node: Node, row: Row, world: World) -> Any:  # noqa: ANN401
    name = node.part("Name").word()
    arguments = [value(each, row, world) for each in node.part("ArgumentList").listed("Expressions")]
    if name == "ago":
        return world.now - arguments[0]
    if name not in FUNCTIONS:
        raise Unsupported(name)
    return FUNCTIONS[name](*arguments)


def _within(node: Node, row: Row, world: World) -> bool:
    left = value(node.part("Left"), row, world)
    found = left in [value(each, row, world) for each in node.part("Right").listed("Expressions")]
    return found is (node.kind == "InExpression")


def _logic(node: Node, row: Row, world: World) -> bool:
    both = (value(node.part(side), row, world) is True for side in ("Left", "Right"))
    return all(both) if node.kind == "AndExpression" else any(both)


def _divided(left: Any, right: Any) -> Any:  # noqa: ANN401
    whole = isinstance(left, int) and isinstance(right, int)
    return left // right if whole else left / right


def _tolong(text: Any) -> int | None:  # noqa: ANN401
    return int(text) if re.fullmatch(r"-?\d+", str(text)) else None


def _toreal(text: Any) -> float | None:  # noqa: ANN401
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", str(text)) else None


def _todatetime(text: Any) -> datetime | None:  # noqa: ANN401
    return datetime.fromisoformat(text) if text else None


def _extract(pattern: str, group: int, text: str) -> str:
    found = re.search(pattern, text)
    return found[group] if found else ""


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "tostring": lambda given: "" if given is None else str(given),
    "tolong": _tolong,
    "toreal": _toreal,
    "todatetime": _todatetime,
    "tobool": lambda given: {"true": True, "false": False}.get(str(given).lower()),
    "isnotnull": lambda given: given is not None,
    "coalesce": lambda *given: next((each for each in given if each is not None), None),
    "iff": lambda condition, then, otherwise: then if condition is True else otherwise,
    "max_of": lambda *given: max(each for each in given if each is not None),
    "strcat_array": lambda given, between: between.join(given),
    "replace_string": lambda text, old, new: text.replace(old, new),
    "extract": _extract,
}


def _binary(apply: Callable[[Any, Any], Any]) -> Callable[[Node, Row, World], Any]:
    """Nothing is known of a comparison or a sum in which one side is null."""

    def applied(node: Node, row: Row, world: World) -> Any:  # noqa: ANN401
        left, right = (value(node.part(side), row, world) for side in ("Left", "Right"))
        return None if left is None or right is None else apply(left, right)

    return applied


_LEAVES: Mapping[str, Callable[[Node, Row, World], Any]] = {
    "NameReference": _of_name,
    "PathExpression": _of_path,
    "FunctionCallExpression": _call,
    "InExpression": _within,
    "NotInExpression": _within,
    "AndExpression": _logic,
    "OrExpression": _logic,
    **dict.fromkeys(
        ("StringLiteralExpression", "TimespanLiteralExpression", "RealLiteralExpression", "LongLiteralExpression"),
        lambda node, _, __: literal(node),
    ),
}
_BINARY: Mapping[str, Callable[[Node, Row, World], Any]] = {
    kind: _binary(apply)
    for kind, apply in {
        "EqualExpression": operator.eq,
        "NotEqualExpression": operator.ne,
        "GreaterThanExpression": operator.gt,
        "GreaterThanOrEqualExpression": operator.ge,
        "LessThanExpression": operator.lt,
        "LessThanOrEqualExpression": operator.le,
        "AddExpression": operator.add,
        "SubtractExpression": operator.sub,
        "MultiplyExpression": operator.mul,
        "DivideExpression": _divided,
        # Without an underscore and "_cs", KQL compares texts in any case.
        "StartsWithExpression": lambda left, right: left.lower().startswith(right.lower()),
        "EndsWithExpression": lambda left, right: left.lower().endswith(right.lower()),
        "NotEndsWithExpression": lambda left, right: not left.lower().endswith(right.lower()),
    }.items()
}
