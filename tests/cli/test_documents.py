"""What is written about the command line is so."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from cli import exits, words
from cli.errands import ERRANDS
from cli.tree import app
from functions.queries import Purpose
from functions.routes_commands import BODIES
from shared.domain.fleet import SCOPES
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_commands_say() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    assert page == tool("cli_page").page(), "run python tools/cli_page.py > docs/reference/cli.md"


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


def named_commands() -> set[tuple[str, ...]]:
    """Every command that a runbook or a guide names, with its subcommand."""
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "runbooks").glob("*.md"), ROOT / "README.md"]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    found = re.findall(r"(?:`|# |\$ |, )keeper ([a-z]+)(?: ([a-z]+))?", text)
    return {(name, sub) if name == "poison" else (name,) for name, sub in found}


def test_every_command_that_the_runbooks_name_exists() -> None:
    nested = {group.name: group.typer_instance for group in app.registered_groups}
    groups = {(name, each.name) for name, own in nested.items() if own for each in own.registered_commands}
    known = {(each.name,) for each in app.registered_commands} | groups
    assert len(named_commands()) > 8
    assert named_commands() - known == set()
