"""Rows in the four forms: a table for people, JSON, JSON lines and Markdown. Rows are written as they come.

JSON is one document, ``{"schema_version", "type", "rows", "summary"?}``; JSON lines are one object a row, each with
``schema_version`` and ``type``. Both are ASCII, so that no text from outside reaches a terminal as it came. A table is
as wide as its first rows need, so that a fleet is never held for its layout.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, TypeVar

from rich.cells import cell_len
from rich.text import Text

from cli.inert import markdown, one_line
from cli.reading import plain
from cli.screen import Screen
from cli.words import Form

SCHEMA_VERSION = 1
"""Grows when a name or a meaning in JSON changes; new names alone do not change it."""

_MEASURED = 200
_GAP = "  "

_R = TypeVar("_R")

Summary = Mapping[str, object]


# Without slots, as below: of a generic class with both, Python 3.11 makes no value.
@dataclass(frozen=True)
class Column(Generic[_R]):
    """A column of a table.

    Attributes:
        title: Its head.
        text: What stands in it.
        style: How a text is shown where there is colour.
    """

    title: str
    text: Callable[[_R], str]
    style: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True)
class Sheet(Generic[_R]):
    """Rows of one kind.

    Attributes:
        type: What JSON calls them.
        columns: How a table shows them.
        lines: What people read of a row instead, where a table does not do.
        summed: What people read below them; it is asked for after the last row.
        summary: The same for JSON.
    """

    type: str
    columns: Sequence[Column[_R]]
    lines: Callable[[_R], Iterable[str | Text]] | None = None
    summed: Callable[[], Sequence[str]] = lambda: ()
    summary: Callable[[], Summary | None] = lambda: None


def write(screen: Screen, form: Form, sheet: Sheet[_R], rows: Iterable[_R]) -> None:
    """Write rows as they come.

    Args:
        screen: Where to.
        form: How.
        sheet: What they are.
        rows: Dataclasses; each is let go once it is written.
    """
    _WRITERS[form](screen, sheet, iter(rows))


def write_one(screen: Screen, form: Form, type_: str, value: object, lines: Iterable[str | Text]) -> None:
    """Write one value: as JSON, or as the lines that people read."""
    if form in (Form.JSON, Form.JSONL):
        screen.raw(document(form, type_, value))
        return
    for line in lines:
        screen.data(line if form is Form.TABLE else f"    {line}")


def document(form: Form, type_: str, value: object) -> str:
    """One value as JSON; on one line where lines are asked for."""
    parts = {"schema_version": SCHEMA_VERSION, "type": type_, **plain(value)}
    return json.dumps(parts, indent=2 if form is Form.JSON else None) + "\n"


def grid(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines in which columns stand below one another; the last is not filled up."""
    held = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*held, strict=True)] if held else []
    for row in held:
        yield _GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _table(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    first = [_cells(sheet, row) for row in islice(rows, _MEASURED)]
    heads = [column.title for column in sheet.columns]
    widths = [max(map(cell_len, texts)) for texts in zip(heads, *first, strict=True)]
    if first:
        screen.data(Text(_joined(heads, widths), style="bold"))
    for cells in chain(first, (_cells(sheet, row) for row in rows)):
        line = Text()
        for at, (column, cell) in enumerate(zip(sheet.columns, cells, strict=True)):
            is_last = at == len(cells) - 1
            line.append(cell if is_last else _padded(cell, widths[at]) + _GAP, style=column.style(cell))
        line.rstrip()
        screen.data(line)


def _blocks(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    assert sheet.lines is not None
    for row in rows:
        for line in sheet.lines(row):
            screen.data(line)


def _people(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    (_blocks if sheet.lines else _table)(screen, sheet, rows)
    for text in sheet.summed():
        screen.data(text)


def _markdown(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    screen.data("| " + " | ".join(column.title for column in sheet.columns) + " |")
    screen.data("|" + "---|" * len(sheet.columns))
    for row in rows:
        screen.data("| " + " | ".join(markdown(column.text(row)) for column in sheet.columns) + " |")
    for at, text in enumerate(sheet.summed()):
        screen.data(f"\n{markdown(text)}" if at == 0 else markdown(text))


def _json(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    screen.raw(f'{{\n"schema_version": {SCHEMA_VERSION},\n"type": {json.dumps(sheet.type)},\n"rows": [')
    for at, row in enumerate(rows):
        screen.raw(("," if at else "") + "\n" + json.dumps(plain(row)))
    screen.raw("\n]")
    summary = sheet.summary()
    if summary is not None:
        screen.raw(',\n"summary": ' + json.dumps(plain(summary)))
    screen.raw("\n}\n")


def _json_lines(screen: Screen, sheet: Sheet[_R], rows: Iterator[_R]) -> None:
    def line(type_: str, parts: Mapping[str, object]) -> str:
        return json.dumps({"schema_version": SCHEMA_VERSION, "type": type_, **parts}) + "\n"

    for row in rows:
        screen.raw(line(sheet.type, plain(row)))
    summary = sheet.summary()
    if summary is not None:
        screen.raw(line("summary", plain(summary)))


def _cells(sheet: Sheet[_R], row: _R) -> list[str]:
    return [one_line(column.text(row)) for column in sheet.columns]


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_padded(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))


_WRITERS: Mapping[Form, Callable[..., None]] = {
    Form.TABLE: _people,
    Form.MD: _markdown,
    Form.JSON: _json,
    Form.JSONL: _json_lines,
}
