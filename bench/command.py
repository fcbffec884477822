"""Measures row by row, prints a table and writes ``bench/latest.json``."""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from bench.rows import Row

LATEST = Path(__file__).with_name("latest.json")

PARTS: Mapping[str, tuple[str, ...]] = {
    "bench.starting": ("B9",),
    "bench.counted": ("B1", "B2"),
    "bench.processor": ("B3", "B8"),
    "bench.waiting": ("B4",),
    "bench.stalling": ("B10",),
    "bench.hosted": ("B5",),
    "bench.sweeping": ("B6", "B12"),
    "bench.memory": ("B7",),
    "bench.cost": ("B11",),
}
"""Which module measures which rows, in the order in which they run."""


def main(arguments: Sequence[str]) -> int:
    """Measure.

    Returns:
        0 when everything was measured, whatever came of it: a goal that is not met has its page in docs/decisions.
    """
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    every = sorted((row for found in PARTS.values() for row in found), key=_number)
    parser.add_argument("--rows", nargs="+", choices=every, default=every, help="only these, and nothing is written")
    options = parser.parse_args(arguments)
    begun, found = time.monotonic(), list[Row]()
    for name, ids in PARTS.items():
        if set(ids) & set(options.rows):
            rows = cast("Callable[[], list[Row]]", import_module(name).rows)
            found += [row for row in rows() if row.id in options.rows]
    found.sort(key=lambda row: _number(row.id))
    print(table(found))
    print(f"\n{time.monotonic() - begun:.0f} s; spread: the lowest and the highest ratio of all repeats")
    if options.rows == every:
        LATEST.write_text(json.dumps([row.document() for row in found], indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def table(rows: Sequence[Row]) -> str:
    """The rows as a table for people."""
    lines = [("row", "what", "product", "limit", "ratio", "spread", "goal", "met")]
    for row in rows:
        beside = "–" if row.limit is None else f"{row.limit:.4g}"
        spread = f"{min(row.ratios):.3g} … {max(row.ratios):.3g}"
        numbers = (f"{row.product:.4g}", beside, f"{row.ratio:.3g}", spread)
        lines.append((row.id, row.what, *numbers, row.goal.text, "yes" if row.is_met else "no"))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _number(row_id: str) -> int:
    return int(row_id.removeprefix("B"))
