"""The workflows run what the README says, with the fewest rights, and nothing whose bytes may change under its name."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.bicep import ROOT

WORKFLOWS = {path.name: path.read_text() for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
MAKEFILE = (ROOT / "Makefile").read_text()

RIGHTS: Mapping[str, Mapping[str, str]] = {
    "ci.yml test": {"contents": "read"},
    "ci.yml infra": {"contents": "read"},
    "infra.yml compile": {"contents": "read"},
    "infra.yml plan": {"contents": "read", "id-token": "write"},
    "infra.yml comment": {"pull-requests": "write"},
    "infra.yml apply": {"contents": "read", "id-token": "write"},
    "deploy.yml build": {"contents": "read"},
    "deploy.yml deploy": {"id-token": "write"},
}
"""What each job may; a job that is not here may not be."""


def jobs(name: str) -> dict[str, dict[str, Any]]:
    document = yaml.safe_load(WORKFLOWS[name])
    assert isinstance(document, dict)
    found = document["jobs"]
    assert isinstance(found, dict)
    return found


def test_there_are_three() -> None:
    assert set(WORKFLOWS) == {"ci.yml", "infra.yml", "deploy.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_a_commit_with_its_version_beside_it(name: str) -> None:
    uses = re.findall(r"uses: (.+)", WORKFLOWS[name])
    assert uses
    assert [line for line in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_one_action_is_one_commit_everywhere() -> None:
    pins = {tuple(line.split("@")) for text in WORKFLOWS.values() for line in re.findall(r"uses: (.+)", text)}
    assert len({action for action, _ in pins}) == len(pins)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_nothing_and_each_job_its_own(name: str) -> None:
    assert yaml.safe_load(WORKFLOWS[name])["permissions"] == {}
    for job, body in jobs(name).items():
        assert body["permissions"] == RIGHTS[f"{name} {job}"]
        assert body["timeout-minutes"] <= 90


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    for body in jobs(name).values():
        for step in body["steps"]:
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_from_outside_is_pasted_into_a_script(name: str) -> None:
    for body in jobs(name).values():
        assert not [step["run"] for step in body["steps"] if "${{" in step.get("run", "")]


def test_who_signs_in_does_so_in_an_environment() -> None:
    for name in WORKFLOWS:
        for body in jobs(name).values():
            if "id-token" in body["permissions"]:
                assert "environment" in body


def test_ci_runs_the_readmes_command_on_the_oldest_and_the_newest_python() -> None:
    job = jobs("ci.yml")["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert "PYTHON ?=" in MAKEFILE


def test_every_make_command_of_the_workflows_exists() -> None:
    named = set(re.findall(r"run: make ([a-z-]+)", "".join(WORKFLOWS.values())))
    assert named == {"infra-check", "package"}
    assert named <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_what_is_deployed_was_tested_before() -> None:
    steps = [step.get("run", "") for step in jobs("deploy.yml")["build"]["steps"]]
    assert steps.index("bash .ci/run") < steps.index("make package PYTHON=python3.13")
    assert jobs("deploy.yml")["deploy"]["needs"] == "build"


def test_azd_deploys_the_three_apps() -> None:
    document = yaml.safe_load(Path(ROOT / "azure.yaml").read_text())
    assert set(document["services"]) == {"intake", "desk", "worker"}
    assert document["infra"] == {"provider": "bicep", "path": "infra", "module": "main"}
