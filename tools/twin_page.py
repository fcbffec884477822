"""Renew the tables of switches in docs/reference/twin.md from the registries that they describe.

Run ``python tools/twin_page.py``. The prose is written by hand; a table stands between ``<!-- name -->`` and
``<!-- /name -->``.
"""
# ruff: noqa: E402 - this is a script: the project must be on the path before it is imported

import sys
from pathlib import Path
from typing import get_type_hints

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local.twin.mailflow.assumptions import Assumptions
from local.twin.registry import registry
from local.twin.switches import positions

PAGE = ROOT / "docs" / "reference" / "twin.md"


def page(text: str) -> str:
    """The page with its tables made anew."""
    for name, table in {"switches": _switches(), "assumptions": _assumptions()}.items():
        before, _, rest = text.partition(f"<!-- {name} -->")
        after = rest.partition(f"<!-- /{name} -->")[2]
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text


def _switches() -> str:
    rows = ["| | Switch | Positions | What it decides | Grade | Source |", "|---|---|---|---|---|---|"]
    for name, found in positions().items():
        about = registry()[name]
        words = ", ".join(f"`{str(position).lower()}`" for position in found)
        source = f"exchange contract {about.source}"
        rows.append(f"| {about.number} | `{name}` | {words} | {about.decides} | {about.grade} | {source} |")
    return "\n".join(rows)


def _assumptions() -> str:
    rows = ["| Switch | Positions | What it decides |", "|---|---|---|"]
    for name, kind in get_type_hints(Assumptions).items():
        words = ", ".join(f"`{position}`" for position in kind)
        rows.append(f"| `{name}` | {words} | {' '.join(str(kind.__doc__).split())} |")
    return "\n".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
