"""What is said of an audit: clean only where every package was asked about."""

import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import audit

ROOT = Path(__file__).resolve().parents[1]


PINNED = frozenset({"azure-core", "msal", "typing_extensions"})
ROWS: list[dict[str, object]] = [
    {"name": "azure-core", "version": "1", "vulns": []},
    {"name": "msal", "version": "1", "vulns": []},
    {"name": "typing-extensions", "version": "4", "vulns": []},
]


def report(*rows: dict[str, object]) -> str:
    return json.dumps({"dependencies": rows, "fixes": []})


def test_it_is_clean_where_every_package_was_asked_about() -> None:
    outcome = audit.judged(report(*ROWS), "", PINNED)
    assert (outcome.code, outcome.said) == (0, "clean: no advisory is known against 3 packages")
    more: dict[str, object] = {"name": "colorama", "version": "1", "vulns": []}
    assert audit.judged(report(*ROWS, more), "", PINNED).code == 0


def test_what_is_known_against_a_package_is_named() -> None:
    bad: dict[str, object] = {"name": "msal", "version": "1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2"]}]}
    outcome = audit.judged(report(*ROWS[:1], bad), "", PINNED)
    assert (outcome.code, "msal 1: PYSEC-2026-1" in outcome.said) == (1, True)


SKIPPED: dict[str, object] = {"name": "typing-extensions", "skip_reason": "not found"}
NOT_RUN = {
    "gave up": ("", "ERROR:pip_audit._cli:x: Dependency not found on PyPI and could not be audited"),
    "nothing": ("", ""),
    "passed over": (report(*ROWS[:2], SKIPPED), ""),
    "too few": (report(*ROWS[:2]), ""),
    "none": (report(), ""),
    "no JSON": ("No known vulnerabilities found", ""),
    "another form": ('{"dependencies": [1]}', ""),
}


@pytest.mark.parametrize("case", NOT_RUN)
def test_what_could_not_be_asked_is_not_run_and_no_success(case: str) -> None:
    outcome = audit.judged(*NOT_RUN[case], PINNED)
    assert outcome.code == 2
    assert outcome.said.startswith("NOT RUN")


def test_a_lock_without_packages_is_not_clean() -> None:
    assert audit.judged(report(*ROWS), "", frozenset()).code == 2


@given(st.text(), st.text())
def test_any_output_ends_in_one_of_the_three(out: str, complaint: str) -> None:
    assert audit.judged(out, complaint, PINNED).code == 2


def test_every_package_that_is_installed_everywhere_is_expected() -> None:
    lock = (ROOT / "requirements.txt").read_text()
    expected = set(audit._PIN.findall(lock))
    assert {"azure-core", "azure-data-tables", "msal", "requests"} <= expected
    conditional = set(re.findall(r"^([a-z0-9.-]+)==\S+ ;", lock, re.MULTILINE))
    assert expected | conditional == set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))


def test_ci_does_not_claim_an_audit() -> None:
    assert "audit" not in (ROOT / ".ci" / "run").read_text()
    assert "NOT RUN" in (ROOT / "CONTRIBUTING.md").read_text()


def test_a_machine_without_the_tool_is_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert audit.main() == 2
    assert capsys.readouterr().out.startswith("NOT RUN")
