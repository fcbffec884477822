"""Every alert has a runbook that says what to do, and what it tells to type exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from functions.api import description
from functions.bodies import FleetPausing, FleetResuming, Freezing, Nothing
from functions.routes_commands import BODIES
from shared.adapters.queues import EVERY
from shared.adapters.settings_table import SETTINGS
from tests.infra import test_alerts_fire
from tests.infra.contract import problems
from tests.infra.fleet import PLATFORM, ROOT, RULES
from tests.infra.kql import checked

FOLDER = ROOT / "docs/runbooks"
PAGES = {path.stem: path.read_text() for path in FOLDER.glob("*.md")}
ALERTS: dict[str, dict[str, Any]] = {**{rule["id"]: rule for rule in RULES}, **PLATFORM}
SECTIONS = [
    "Meaning",
    "Impact",
    "First five minutes",
    "Diagnosis",
    "Is it us, Microsoft or the customer?",
    "Mitigation",
    "Test the alert",
]
COMMANDS = {"status", "verify", "history", "poison", "freeze", "release", "pause", "resume"}
SHELL = {"KEEPER_URL", "KEEPER_AUDIENCE", "KEEPER_HEARTBEAT_URL"}
"""Names that are no setting: the operator's own variables, and the third layer that is not there yet."""
FLEET: dict[str, type[BaseModel]] = {
    "freeze": Freezing,
    "release": Nothing,
    "pause": FleetPausing,
    "resume": FleetResuming,
}
QUERIES = {
    f"{name} {at}": text
    for name, page in PAGES.items()
    for at, text in enumerate(re.findall(r"```kusto\n(.*?)```", page, re.DOTALL))
}


def calls() -> Iterator[tuple[str, str, str]]:
    """Every call of the API in a runbook: the page, the path and query, and the body; empty where it reads."""
    for name, page in PAGES.items():
        for line in page.splitlines():
            found = re.search(r'"\$KEEPER_URL(/api/[^"]+)"', line)
            if line.startswith("curl") and found is not None:
                body = re.search(r"-d '(.*?)'", line)
                yield name, found[1], body[1] if body else ""


CALLS = list(calls())


def test_every_alert_has_a_runbook_and_none_is_left_over() -> None:
    assert PAGES.keys() - {"README"} == ALERTS.keys()
    assert all(alert["runbook"] == f"docs/runbooks/{name}.md" for name, alert in ALERTS.items())


@pytest.mark.parametrize("name", ALERTS)
def test_a_runbook_has_its_sections_and_each_says_something(name: str) -> None:
    parts = re.split(r"^## (.+)$", PAGES[name], flags=re.MULTILINE)
    assert parts[1::2] == SECTIONS
    assert all(len(text.strip()) > 40 for text in parts[2::2])


@pytest.mark.parametrize("name", ALERTS)
def test_a_runbook_says_what_the_alert_says(name: str) -> None:
    alert, head = ALERTS[name], " ".join(PAGES[name].partition("## ")[0].split())
    assert head.startswith(f"# {name} **{alert['title']}.** {alert['summary']}")
    assert head.endswith(f"Severity {alert['severity']} · owner: {alert['owner']}")


@pytest.mark.parametrize("name", ALERTS)
def test_the_first_five_minutes_are_commands(name: str) -> None:
    first = PAGES[name].partition("## First five minutes")[2].partition("## ")[0]
    assert "```sh\n" in first


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_in_a_runbook_is_right(query: str) -> None:
    found = checked(QUERIES)[query]
    assert found.diagnostics == ()
    assert problems(found.tree) == []


@pytest.mark.parametrize(("name", "path", "body"), CALLS)
def test_a_call_in_a_runbook_exists(name: str, path: str, body: str) -> None:
    route, _, question = re.sub(r"\$TENANT\b", "{tenant_id}", path).replace("$ID", "{parked_id}").partition("?")
    if route == "/api/health":
        return
    routes = description()["paths"]
    assert route in routes, name
    asked = routes[route]["post" if body else "get"]
    known = {parameter["name"] for parameter in asked.get("parameters", [])}
    assert {part.partition("=")[0] for part in question.split("&") if part} <= known
    if body:
        sent = json.loads(body)
        command = route.rpartition("/")[2]
        model = FLEET[command] if route.startswith("/api/fleet") else BODIES.get(command, Nothing)
        model.model_validate_json(json.dumps(sent))


@pytest.mark.parametrize("name", PAGES)
def test_what_a_runbook_names_exists(name: str) -> None:
    page = PAGES[name]
    assert set(re.findall(r"(?:^# |[`,] ?)keeper ([a-z]+)", page, re.MULTILINE)) <= COMMANDS
    settings = {setting.name for setting in SETTINGS} | SHELL
    assert set(re.findall(r"\bKEEPER_[A-Z_]+\b", page)) <= settings
    functions = {"recheck", *EVERY, *(f"poison_{queue}" for queue in EVERY)}
    assert set(re.findall(r"AzureWebJobs\.(\w+)\.Disabled", page)) <= functions
    for path in re.findall(r"\]\(([^)#:]+\.md)\)", page):
        assert (FOLDER / Path(path)).exists(), path


@pytest.mark.parametrize("name", ALERTS)
def test_the_offline_test_that_a_runbook_names_exists(name: str) -> None:
    fires = [f"{story[0]}: {story[1]}" for story in test_alerts_fire.FIRES]
    known = [*fires, *(test for test in vars(test_alerts_fire) if test.startswith("test_"))]
    for word in re.findall(r"test_alerts_fire\.py\s+-k\s+([\w-]+)", PAGES[name]):
        assert any(word in test for test in known), word


def test_calls_are_found() -> None:
    assert len(CALLS) > 50
    assert len(QUERIES) > 15
