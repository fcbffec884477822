"""Renew the tables of switches in docs/reference/twin.md from the registries that they describe.

Run ``python tools/twin_page.py``. The prose is written by hand; a table stands between ``<!-- name -->`` and
``<!-- /name -->``.
"""
# ruff: noqa: E402 - this is a script: the project must be on the path before it is imported

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local.twin.mailflow.assumptions import Assumptions
from local.twin.registry import registry
from local.twin.switches import positions
from tools.marked import renewed

PAGE = ROOT / "docs" / "reference" / "twin.md"


def page(text: str) -> str:
    """The page with its tables made anew."""
    switches = ("", "Switch", "Positions", "What it decides", "Grade", "Source")
    assumptions = ("Switch", "Positions", "What it decides")
    return renewed(text, {"switches": (switches, _switches()), "assumptions": (assumptions, _assumptions())})


def _switches() -> Iterator[tuple[str, ...]]:
    for name, found in positions().items():
        about = registry()[name]
        words = ", ".join(f"`{str(position).lower()}`" for position in found)
        yield about.number, f"`{name}`", words, about.decides, about.grade, f"exchange contract {about.source}"


def _assumptions() -> Iterator[tuple[str, ...]]:
    for name, kind in get_type_hints(Assumptions).items():
        words = ", ".join(f"`{position}`" for position in kind)
        yield f"`{name}`", words, " ".join(str(kind.__doc__).split())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
