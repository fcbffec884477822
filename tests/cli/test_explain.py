"""Every code that anybody may meet is explained, and none that nobody can."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import errors as own
from cli.explaining import table
from functions.api import CODES_OF_THE_FRAMEWORK
from shared.domain.errors import KeeperError
from shared.domain.tenants import Verdict
from tests.cli.keeper import Keeper

ROOT = Path(__file__).resolve().parents[2]


def below(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for each in root.__subclasses__():
        yield from below(each)


def finding_codes() -> set[str]:
    """Every code that the domain gives to a finding, read off its source."""
    found: set[object] = set()
    for path in (ROOT / "shared" / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "_warning"):
                found |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
            named = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code"
            if named and isinstance(node.value, ast.IfExp):  # type: ignore[attr-defined]
                sides = (node.value.body, node.value.orelse)  # type: ignore[attr-defined]
                found |= {each.value for each in sides if isinstance(each, ast.Constant) and each.value}
    return {str(code) for code in found}


def explained(kind: str) -> set[str]:
    return {each.code for each in table() if each.kind == kind}


def test_every_error_of_the_product_is_explained_and_no_other() -> None:
    codes = {error.code for error in below(KeeperError)}  # type: ignore[attr-defined]
    assert explained("error") == codes | set(CODES_OF_THE_FRAMEWORK.values()) | {"refused"}


def test_every_finding_is_explained_and_no_other() -> None:
    assert {"stranger", "dehydrated", "rules_stop_before_ours"} <= finding_codes()
    assert explained("finding") == finding_codes()


def test_every_verdict_is_explained_and_no_other() -> None:
    assert explained("verdict") == {verdict.value for verdict in Verdict}


def test_every_error_of_the_command_line_is_explained_and_no_other() -> None:
    codes = {error.code for error in below(own.CommandError) if error is not own.Refused}  # type: ignore[attr-defined]
    assert explained("command") == codes


def test_no_explanation_is_empty_or_there_twice() -> None:
    assert all(each.meaning and each.cause and each.then for each in table())
    keys = [(each.code, each.kind) for each in table()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("code", sorted({each.code for each in table()}))
def test_a_code_is_explained_without_asking_anybody(keeper: Keeper, code: str) -> None:
    keeper.environment["KEEPER_TOKEN"] = ""
    ran = keeper("explain", code.upper(), "-o", "json")
    assert ran.code == 0
    assert {row["code"] for row in json.loads(ran.out)["rows"]} == {code}
    assert keeper.asked == []


def test_a_code_that_nobody_knows_is_told_with_those_like_it(keeper: Keeper) -> None:
    ran = keeper("explain", "needs_consnet")
    assert ran.code == 1
    assert "unknown_code" in ran.err
    assert "needs_consent" in ran.err


def test_every_command_that_an_explanation_names_exists(keeper: Keeper) -> None:
    words = " ".join(each.then for each in table()).replace(";", " ").replace(",", " ").split()
    named = {words[at + 1] for at, word in enumerate(words) if word == "keeper"} - {"COMMAND", "--version", "--help"}
    assert len(named) > 8
    for name in named:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", "100")
            assert keeper(name, "--help").code == 0, name
