"""The generated pages of reference say what the code says, and leave nothing out."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.explaining import table
from functions.api import description
from functions.problems import STATUS
from shared.domain import errors
from tools import api_page, errors_page

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
API = (REFERENCE / "api.md").read_text("utf-8")
ERRORS = (REFERENCE / "errors.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "made"), [("api", api_page.page), ("errors", errors_page.page)])
def test_a_page_of_reference_is_what_the_code_says(name: str, made: Callable[[], str]) -> None:
    page = (REFERENCE / f"{name}.md").read_text("utf-8")
    assert page == made(), f"run python tools/{name}_page.py > docs/reference/{name}.md"


def codes_under(kind: str) -> set[str]:
    part = ERRORS.partition(f"## {kind}")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z_]+)` \|", part, re.MULTILINE))


def test_every_code_stands_once_for_each_of_its_kinds() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", ERRORS, re.MULTILINE)
    assert sorted(rows) == sorted(each.code for each in table())


def test_each_error_stands_under_its_own_kind() -> None:
    assert {"throttled", "busy", "record_changed"} <= codes_under("Errors that pass")
    assert {"needs_consent", "forbidden", "vendor_credential"} <= codes_under("Errors that stay")
    leaves = {kind.code for name in errors.__all__ if (kind := getattr(errors, name)) is not errors.KeeperError}
    assert codes_under("Errors that pass") | codes_under("Errors that stay") == leaves


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.__name__)
def test_an_error_has_the_status_that_it_is_answered_with(kind: type[errors.KeeperError]) -> None:
    assert f"| `{kind.code}` | {STATUS[kind]} |" in ERRORS


def test_every_route_is_described_with_what_it_does() -> None:
    routes = [
        (f"{method.upper()} {path}", operation["description"])
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
    ]
    assert sorted(re.findall(r"^### ([A-Z]+ /.+)$", API, re.MULTILINE)) == sorted(route for route, _ in routes)
    assert all(f"### {route}\n\n{does}\n" in API for route, does in routes)


def test_every_form_that_the_page_refers_to_is_there() -> None:
    heads = {head.lower() for head in re.findall(r"^### (\w+)$", API, re.MULTILINE)}
    referred = set(re.findall(r"\]\(#([a-z]+)\)", API))
    assert len(referred) > 20
    assert referred <= heads
    assert heads == {name.lower() for name in description()["components"]["schemas"]}


@pytest.mark.parametrize("text", [API, ERRORS], ids=["api", "errors"])
def test_every_row_has_as_many_cells_as_its_head(text: str) -> None:
    width = 0
    for before, line in zip(["", *text.splitlines()], text.splitlines(), strict=False):
        cells = len(re.split(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        width = cells if not before.startswith("|") else width
        assert cells in (0, width), line
