"""What people are told of each cause: a title, a runbook that exists, a command to run first."""

import json
import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from shared.domain.concerns import LEAST
from shared.domain.incidents import Incident, IncidentCause, News, Phase, Severity, Subject
from shared.domain.notification import Places, notification_of
from tests.fakes import NOW, TENANT_ID

ROOT = Path(__file__).resolve().parents[2]
RULES = {rule["id"]: rule for rule in json.loads((ROOT / "infra/alerts/rules.json").read_text())["rules"]}
OPEN = Incident(
    Subject(TENANT_ID, "contoso", "eu"), "", IncidentCause.OUTAGE, Severity.CRITICAL, "s", NOW, NOW, Phase.OPEN
)


@pytest.mark.parametrize("cause", IncidentCause)
def test_every_cause_has_a_page_that_exists_and_a_command(cause: IncidentCause) -> None:
    for subject in (OPEN.subject, Subject()):
        notification = notification_of(replace(OPEN, cause=cause, subject=subject), News.OPENED, Places())
        assert (ROOT / notification.runbook).is_file()
        assert re.fullmatch(r"keeper [a-z]+( ls)?( [0-9a-f-]{36})?", notification.command)


@pytest.mark.parametrize(
    ("cause", "command"),
    [
        (IncidentCause.OUTAGE, f"keeper plan {TENANT_ID}"),
        (IncidentCause.NEEDS_CONSENT, f"keeper doctor {TENANT_ID}"),
        (IncidentCause.PARKED, "keeper poison ls"),
        (IncidentCause.BRAKE_ENGAGED, "keeper status"),
    ],
)
def test_the_command_names_the_tenant_where_it_is_about_one(cause: IncidentCause, command: str) -> None:
    assert notification_of(replace(OPEN, cause=cause), News.OPENED, Places()).command == command


@pytest.mark.parametrize("cause", [IncidentCause.OUTAGE, IncidentCause.BYPASS, IncidentCause.CONTESTED])
def test_the_title_is_that_of_the_alert_with_the_same_runbook(cause: IncidentCause) -> None:
    notification = notification_of(replace(OPEN, cause=cause), News.OPENED, Places())
    rule = RULES[Path(notification.runbook).stem]
    assert notification.title == f"contoso: {rule['title']}"


@pytest.mark.parametrize("cause", [c for c in IncidentCause if c not in ("sink_gone", "changed")])
def test_a_cause_is_as_bad_as_the_alert_with_the_same_runbook(cause: IncidentCause) -> None:
    notification = notification_of(replace(OPEN, cause=cause), News.OPENED, Places())
    assert tuple(Severity).index(LEAST[cause]) == RULES[Path(notification.runbook).stem]["severity"]


def test_titles_say_who_what_and_how_many() -> None:
    title = notification_of(replace(OPEN, item="Enhanced filtering"), News.RESOLVED, Places()).title
    assert title == "Resolved: contoso: Mail is lost, refused or misled (Enhanced filtering)"
    group = replace(OPEN, subject=Subject(), is_group=True, tenants=12)
    assert notification_of(group, News.OPENED, Places()).title == "12 tenants: Mail is lost, refused or misled"


def test_a_key_fits_and_is_another_one_for_each_thing() -> None:
    others = [
        replace(OPEN, item="MailMarshal Cloud Integrated Loop Check"),
        replace(OPEN, cause=IncidentCause.BYPASS),
        replace(OPEN, subject=Subject(UUID(int=7))),
        replace(OPEN, is_group=True, subject=Subject()),
    ]
    keys = [notification_of(each, News.OPENED, Places()).dedup_key for each in (OPEN, *others)]
    assert len(set(keys)) == 5
    assert all(len(key) <= 255 and key.isascii() and " " not in key for key in keys)


def test_places_are_links_where_somebody_said_where() -> None:
    notification = notification_of(OPEN, News.OPENED, Places("https://k.example", "https://r.example/runbooks"))
    assert notification.console == f"https://k.example/api/console/tenants/{TENANT_ID}"
    assert notification.runbook == "https://r.example/runbooks/mail-outage.md"
