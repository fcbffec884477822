"""What the threat model and the reliability page say is so: tests exist under their names, numbers are the code's."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from shared.adapters import webhook, webhook_request
from shared.adapters.settings import from_environment
from shared.adapters.transport import Limits
from shared.application import commands, failures, handlers, looks, recheck, remember
from shared.domain import brake, budget, messages, moments
from shared.domain.interference import interference
from shared.domain.observation import Complete
from shared.domain.resources import Item, Kind
from tests.fakes import new_policy

ROOT = Path(__file__).resolve().parents[1]
THREATS = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
RELIABILITY = (ROOT / "docs" / "reliability.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[A-Za-z0-9_]+)`")


@cache
def written_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("page", [THREATS, RELIABILITY], ids=["threats", "reliability"])
def test_every_test_that_a_page_names_exists(page: str) -> None:
    named = NAMED.findall(page)
    assert len(named) > 15
    assert [f"{path}::{name}" for path, name in named if name not in written_in(path)] == []
    assert page.count("::") == len(named), "a test is named in another form"


def controls() -> Iterator[list[str]]:
    """The rows of every table of threats."""
    for part in THREATS.split("| threat | control | held by |\n|---|---|---|\n")[1:]:
        for line in part.split("\n\n")[0].splitlines():
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def test_every_control_names_what_holds_it() -> None:
    rows = list(controls())
    assert len(rows) > 25
    assert [row for row in rows if len(row) != 3 or not all(row)] == []
    without = [row[2] for row in rows if not NAMED.search(row[2])]
    assert without == ["by hand, at a release", "CI"]


def test_every_guarantee_names_what_holds_it_and_what_breaks_it() -> None:
    parts = re.split(r"^## ", RELIABILITY, flags=re.MULTILINE)[1:]
    assert len(parts) == 8
    for part in parts[:-1]:
        assert part.count("**Held by**") == part.count("**What breaks it.**") == 1, part[:40]


def host_setting(*names: str) -> object:
    found: object = json.loads((ROOT / "host.json").read_text("utf-8"))
    for name in names:
        assert isinstance(found, dict)
        found = found[name]
    return found


def minutes(duration: timedelta) -> str:
    return f"{duration / timedelta(minutes=1):g} min"


def numbers() -> dict[str, str]:
    """Every number of the page, as the code has it."""
    values = json.loads((ROOT / "local.settings.example.json").read_text("utf-8"))["Values"]
    given = {name: value for name, value in values.items() if name != "KEEPER_SETTLING_SECONDS"}
    settings = from_environment({**given, "KEEPER_REGIONS": str(ROOT / "regions.example.json")})
    policy = new_policy()
    hours, minute, second = map(int, str(host_setting("functionTimeout")).split(":"))
    return {
        "lease on a tenant": f"{settings.lease.total_seconds():g} s",
        "one piece of work": f"{policy.job.total_seconds():g} s",
        "the platform's own end of a function": f"{hours * 3600 + minute * 60 + second} s",
        "one write to Exchange, at most": f"{Limits().write:g} s",
        "attempts before a message is parked": f"{failures.MOST_ATTEMPTS}",
        "rounds from drift to repair and back for one cause": f"{handlers.MOST_ROUNDS}",
        "deliveries before the host gives a message up": f"{host_setting('extensions', 'queues', 'maxDequeueCount')}",
        "repairs of one difference within the window": f"{budget._MOST_REPAIRS}",
        "window of the repair budget": f"{budget.WINDOW / timedelta(hours=1):g} h",
        "broken tenants that the fleet's brake allows, at least": f"{brake._LEAST}",
        "share of the fleet that it allows": f"{100 / brake._SHARE:g} %",
        "window of the fleet's brake": minutes(brake.WINDOW),
        "failures in a row before a tenant is left alone": f"{remember._PATIENT}",
        "first wait then": minutes(remember._FIRST_WAIT),
        "longest wait then": minutes(remember._LONGEST_WAIT),
        "wait for the timer after a signup whose message was lost": minutes(moments.GRACE),
        "how long a webhook is remembered": f"{recheck._WEBHOOKS_KEPT.days} d",
        "how far a webhook's clock may be off": f"{webhook._TOLERANCE_S} s",
        "body of a webhook": f"{webhook_request.LARGEST // 1024} KiB",
        "body of a message": f"{messages.LARGEST // 1024} KiB",
        "mail drains for so many times the settling time": f"{settings.draining / settings.settling:g}",
        "longest pause or hold": f"{commands.LONGEST_SUSPENSION.days} d",
        "a refusal by Microsoft stands for": f"{looks._ASKED_AGAIN / timedelta(hours=1):g} h",
    }


def test_every_number_of_the_reliability_page_is_the_codes() -> None:
    table = RELIABILITY.partition("| what | how much |\n|---|---|\n")[2]
    said = dict(line.strip("|").strip().split(" | ") for line in table.strip().splitlines())
    assert said == numbers()


def test_a_piece_of_work_ends_before_its_lease_and_the_lease_before_the_platform() -> None:
    policy = new_policy()
    hours, minute, second = map(int, str(host_setting("functionTimeout")).split(":"))
    platform = timedelta(hours=hours, minutes=minute, seconds=second)
    assert policy.job < policy.lease < platform
    assert policy.job + timedelta(seconds=Limits().write) < platform


def test_the_standing_advice_is_said_in_every_place() -> None:
    (finding,) = interference({Kind.INBOUND_CONNECTOR: Complete(({"Name": Item.FROM_CONNECTOR.value},))})
    for page in (THREATS, (ROOT / "SECURITY.md").read_text("utf-8")):
        assert finding.code in page
        assert finding.code.upper() in page
        assert "MC1226222" in page
