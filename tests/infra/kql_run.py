"""Queries over rows: the operators and aggregates of KQL that ours use; anything else is refused, not guessed."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.infra.kql import Node
from tests.infra.kql_values import Row, Unsupported, World, value

_TABLES = frozenset({"PipeExpression", "UnionOperator", "ParenthesizedExpression"})


def run(tree: Node, tables: Mapping[str, list[Row]], now: datetime) -> list[Row]:
    """Run a query.

    Args:
        tree: The query as it was parsed.
        tables: The rows that each table has within the rule's range.
        now: The time.
    """
    world = World(now, tables, {})
    for statement in tree.listed("Statements"):
        inside = statement.part("Expression")
        if statement.kind == "ExpressionStatement":
            return _rows(inside, world)
        name = statement.part("Name").word()
        if inside.kind == "ToScalarExpression":
            world = World(now, world.tables, {**world.names, name: _scalar(inside, world)})
        elif inside.kind == "GreaterThanExpression":
            is_more = _scalar(inside.part("Left"), world) > value(inside.part("Right"), {}, world)
            world = World(now, world.tables, {**world.names, name: is_more})
        elif inside.kind in _TABLES:
            world = World(now, {**world.tables, name: _rows(inside, world)}, world.names)
        else:
            raise Unsupported(inside.kind)
    raise Unsupported("a query without a result")


def _scalar(node: Node, world: World) -> Any:  # noqa: ANN401 - a value of any type of KQL
    if node.kind != "ToScalarExpression":
        raise Unsupported(node.kind)
    rows = _rows(node.part("Expression"), world)
    return next(iter(rows[0].values())) if rows else None


def _rows(node: Node, world: World) -> list[Row]:
    if node.kind == "NameReference":
        return list(world.tables.get(node.word(), []))
    if node.kind == "ParenthesizedExpression":
        return _rows(node.part("Expression"), world)
    if node.kind == "UnionOperator":
        return [row for each in node.listed("Expressions") for row in _rows(each, world)]
    if node.kind != "PipeExpression":
        raise Unsupported(node.kind)
    rows, step = _rows(node.part("Expression"), world), node.part("Operator")
    if step.kind not in _OPERATORS:
        raise Unsupported(step.kind)
    return list(_OPERATORS[step.kind](step, rows, world))


def _where(step: Node, rows: Sequence[Row], world: World) -> Iterator[Row]:
    return (row for row in rows if value(step.part("Condition"), row, world) is True)


def _extend(step: Node, rows: Sequence[Row], world: World) -> Iterator[Row]:
    return ({**row, **_named(step.listed("Expressions"), row, world)} for row in rows)


def _project(step: Node, rows: Sequence[Row], world: World) -> Iterator[Row]:
    return (_named(step.listed("Expressions"), row, world) for row in rows)


def _distinct(step: Node, rows: Sequence[Row], world: World) -> Iterator[Row]:
    found = [_named(step.listed("Expressions"), row, world) for row in rows]
    return iter({tuple(row.items()): row for row in found}.values())


def _count(_: Node, rows: Sequence[Row], __: World) -> Iterator[Row]:
    return iter([{"Count": len(rows)}])


def _named(expressions: Sequence[Node], row: Row, world: World) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for each in expressions:
        is_named = each.kind == "SimpleNamedExpression"
        inside = each.part("Expression") if is_named else each
        if not is_named and each.kind != "NameReference":
            raise Unsupported("an expression without a name")
        named[each.part("Name").word() if is_named else each.word()] = value(inside, row, world)
    return named


def _summarize(step: Node, rows: Sequence[Row], world: World) -> Iterator[Row]:
    by = step.part("ByClause").listed("Expressions") if step.has("ByClause") else ()
    # Without groups there is one row, also of nothing.
    groups: dict[tuple[Any, ...], tuple[dict[str, Any], list[Row]]] = {} if by else {(): ({}, [])}
    for row in rows:
        key = _named(by, row, world)
        groups.setdefault(tuple(key.values()), (key, []))[1].append(row)
    for key, members in groups.values():
        found = dict(key)
        for each in step.listed("Aggregates"):
            found |= _aggregated(each, members, world)
        yield found


def _aggregated(node: Node, rows: Sequence[Row], world: World) -> dict[str, Any]:
    is_named = node.kind == "SimpleNamedExpression"
    call = node.part("Expression") if is_named else node
    name, arguments = call.part("Name").word(), call.part("ArgumentList").listed("Expressions")
    if name == "arg_max" and not is_named:
        known = [row for row in rows if value(arguments[0], row, world) is not None]
        newest: Row = max(known, key=lambda row: value(arguments[0], row, world), default={})
        return {each.word(): value(each, newest, world) for each in arguments}
    if name not in _AGGREGATES or not is_named:
        raise Unsupported(name)
    columns = [[value(each, row, world) for each in arguments] for row in rows]
    return {node.part("Name").word(): _AGGREGATES[name](columns)}


Columns = Sequence[Sequence[Any]]


def _firsts(rows: Columns) -> list[Any]:
    return [row[0] for row in rows if row[0] is not None]


def _make_set(rows: Columns) -> list[Any]:
    most = rows[0][1] if rows and len(rows[0]) > 1 else 1_048_576
    return list(dict.fromkeys(_firsts(rows)))[:most]


def _percentile(rows: Columns) -> Any:  # noqa: ANN401 - of whichever type the column is
    found = sorted(_firsts(rows))
    return found[max(0, math.ceil(len(found) * rows[0][1] / 100) - 1)] if found else None


_AGGREGATES: Mapping[str, Callable[[Columns], Any]] = {
    "count": len,
    "countif": lambda rows: sum(1 for row in rows if row[0] is True),
    "min": lambda rows: min(_firsts(rows), default=None),
    "max": lambda rows: max(_firsts(rows), default=None),
    "minif": lambda rows: min((row[0] for row in rows if row[1] is True and row[0] is not None), default=None),
    "make_set": _make_set,
    "percentile": _percentile,
}
_OPERATORS: Mapping[str, Callable[[Node, Sequence[Row], World], Iterator[Row]]] = {
    "FilterOperator": _where,
    "ExtendOperator": _extend,
    "ProjectOperator": _project,
    "DistinctOperator": _distinct,
    "SummarizeOperator": _summarize,
    "CountOperator": _count,
}
