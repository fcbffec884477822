"""What is written about the command line is so."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from cli import exits, words
from cli.errands import ERRANDS
from functions.queries import Purpose
from functions.routes_commands import BODIES
from shared.domain.fleet import SCOPES
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict
from tests.cli import typed
from tools import cli_page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_commands_say() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    assert page == cli_page.page(), "run python tools/cli_page.py > docs/reference/cli.md"


def test_the_words_are_the_products_own() -> None:
    assert list(map(str, words.Region)) == list(map(str, Region))
    assert list(map(str, words.Stage)) == list(map(str, Stage))
    assert list(map(str, words.Verdict)) == list(map(str, Verdict))
    assert list(map(str, words.Purpose)) == list(get_args(Purpose))
    assert set(map(str, words.Scope)) == set(SCOPES)
    assert set(ERRANDS) | {"accept", "revoke"} == set(BODIES)


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    assert exits.MEANINGS[code]


def test_an_error_counts_more_than_changes() -> None:
    assert exits.worst() == 0
    assert exits.worst(0, 2, 0) == 2
    assert exits.worst(2, 1, 0) == 1


def test_a_shell_completes_commands_and_values() -> None:
    environment = {"_KEEPER_COMPLETE": "complete_bash", "COMP_WORDS": "keeper status --region ", "COMP_CWORD": "3"}
    ran = subprocess.run(
        [sys.executable, "-m", "cli"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stdout.split() == ["au", "eu", "us"]


PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_whatever_a_page_tells_people_to_type_is_taken(page: Path) -> None:
    assert typed.misspelt(page.read_text("utf-8")) == []


def test_the_calls_of_the_pages_are_found() -> None:
    texts = [page.read_text("utf-8") for page in PAGES]
    assert sum(len(list(typed.lines(text))) for text in texts) > 60
    assert sum(len(list(typed.spans(text))) for text in texts) > 30


@pytest.mark.parametrize(
    "call",
    [
        "keeper puase",
        "keeper poison",
        "keeper poison lst",
        "keeper pause wattle",
        "keeper status --vredict drifted",
        "keeper status --verdict well",
        "keeper explain",
        "keeper release now",
    ],
)
def test_a_call_that_is_not_taken_is_told(call: str) -> None:
    assert typed.misspelt(f"```sh\n{call}\n```\n")
    assert typed.misspelt(f"Type `{call}`.\n") or typed.is_command(call)
