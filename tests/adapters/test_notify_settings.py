"""Who is told, read strictly: everything wrong at once, and no value of it ever said."""

import json
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.notify_kinds import MailSink, PagerDutySink, TeamsSink, Tls, Told, WebhookSink
from shared.adapters.notify_settings import parse_sinks
from shared.adapters.opening import open_notices, patience_of
from shared.adapters.quiet_setting import parse_quiet_hours
from shared.adapters.settings import Settings, from_environment
from shared.domain.errors import InvalidSettings
from shared.domain.incidents import Severity
from shared.domain.quiet_hours import QuietHours
from shared.domain.values import Secret
from tests.adapters.test_settings import PRODUCTION
from tests.adapters.told import ROUTING_KEY, SECRETS
from tests.functions.site import whsec

TEAMS: dict[str, Any] = {"sink": "teams", "url": "https://example.logic.azure.com/workflows/1?sig=canary"}
PAGERDUTY: dict[str, Any] = {"sink": "pagerduty", "routing_key": ROUTING_KEY}
WEBHOOK: dict[str, Any] = {"sink": "webhook", "url": "https://hooks.example/", "secrets": [whsec(s) for s in SECRETS]}
MAIL: dict[str, Any] = {
    "sink": "mail",
    "host": "smtp.example.com",
    "sender": "keeper@example.com",
    "recipients": ["sre@example.com"],
    "user": "canary-user",
    "password": "canary-password",
}


def parsed(*entries: object) -> Any:  # noqa: ANN401 - receivers of any kind
    return parse_sinks(json.dumps(entries))


def refused(text: str) -> str:
    with pytest.raises(InvalidSettings) as caught:
        parse_sinks(text)
    assert caught.value.__cause__ is None
    assert "canary" not in str(caught.value)
    return str(caught.value)


def test_each_kind_is_read_with_its_defaults() -> None:
    teams, pagerduty, webhook, mail = parsed(TEAMS, PAGERDUTY, WEBHOOK, MAIL)
    assert teams == TeamsSink(Told("teams", Severity.INFO, is_told_changes=False), Secret(TEAMS["url"]))
    assert pagerduty == PagerDutySink(
        Told("pagerduty", Severity.INFO, is_told_changes=True), "https://events.pagerduty.com", Secret(ROUTING_KEY)
    )
    assert webhook == WebhookSink(
        Told("webhook", Severity.INFO, is_told_changes=False), Secret("https://hooks.example/"), SECRETS
    )
    assert mail == MailSink(
        Told("mail", Severity.INFO, is_told_changes=False),
        "smtp.example.com",
        587,
        Tls.STARTTLS,
        "keeper@example.com",
        ("sre@example.com",),
        "canary-user",
        Secret("canary-password"),
    )


def test_what_every_receiver_may_say() -> None:
    (sink,) = parsed({**WEBHOOK, "id": "night-shift", "least": "critical", "changes": True})
    assert sink.told == Told("night-shift", Severity.CRITICAL, is_told_changes=True)
    (europe,) = parsed({**PAGERDUTY, "url": "https://events.eu.pagerduty.com/"})
    assert europe.url == "https://events.eu.pagerduty.com"


def test_nobody_is_told_where_the_list_is_empty() -> None:
    assert parse_sinks("[]") == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**TEAMS, "sink": "slack"}, "sink: one of teams, pagerduty, webhook, mail"),
        ({"url": "canary"}, "sink: one of"),
        (["canary"], "sink: one of"),
        ({**TEAMS, "canary": 1}, "1 unknown fields; known are changes, id, least, sink, url"),
        ({**TEAMS, "url": "http://canary.example"}, "url: an https URL"),
        ({**TEAMS, "url": "https://user:canary@example.com/"}, "url: an https URL"),
        ({**TEAMS, "url": "https://example.com/\ncanary"}, "url: an https URL"),
        ({**TEAMS, "url": 7}, "url: an https URL"),
        ({**TEAMS, "id": "Canary!"}, "id: a name of small letters"),
        ({**TEAMS, "least": "canary"}, "least: one of critical, error, warning, info"),
        ({**TEAMS, "least": []}, "least: one of critical, error, warning, info"),
        ({**TEAMS, "changes": True}, "changes: true or false"),
        ({**PAGERDUTY, "changes": 1}, "changes: true or false"),
        ({**PAGERDUTY, "routing_key": "canary"}, "routing_key: the 32 letters"),
        ({**WEBHOOK, "secrets": []}, "secrets: a list of 1 to 3"),
        ({**WEBHOOK, "secrets": ["canary"]}, "secrets: whsec_ and the base64"),
        ({**WEBHOOK, "secrets": [whsec(b"short")]}, "secrets: whsec_ and the base64"),
        ({**MAIL, "host": "canary host"}, "host: the name of a mail server"),
        ({**MAIL, "port": 0}, "port: a number"),
        ({**MAIL, "port": True}, "port: a number"),
        ({**MAIL, "tls": "none"}, "tls: starttls or tls"),
        ({**MAIL, "sender": "Canary <a@example.com>"}, "plain addresses"),
        ({**MAIL, "recipients": []}, "sender and recipients"),
        ({**MAIL, "recipients": ["a@example.com\r\nBcc: canary@example.com"]}, "plain addresses"),
        ({**MAIL, "password": None}, "user and password: both"),
        ({**MAIL, "user": ""}, "user and password: texts"),
    ],
)
def test_a_receiver_that_is_not_of_its_form_is_named_by_its_place(entry: object, said: str) -> None:
    text = refused(json.dumps([{**WEBHOOK, "id": "first"}, entry]))
    assert text.startswith("receiver 2: ")
    assert said in text


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = refused(json.dumps([{**TEAMS, "url": 1}, {**PAGERDUTY, "routing_key": ""}]))
    assert text.count("receiver") == 2


@pytest.mark.parametrize("text", ["canary", "{}", "null", '"canary"', "[" * 100_000, json.dumps([TEAMS] * 17)])
def test_what_is_no_list_of_receivers_is_refused(text: str) -> None:
    refused(text)


def test_a_field_that_stands_twice_is_refused() -> None:
    assert "stands twice" in refused('[{"sink":"teams","url":"https://a.example","url":"https://canary.example"}]')


def test_two_receivers_of_one_name_are_refused_and_of_two_are_not() -> None:
    assert "id: " in refused(json.dumps([TEAMS, TEAMS]))
    assert [sink.told.name for sink in parsed(TEAMS, {**TEAMS, "id": "other"})] == ["teams", "other"]


def test_loopback_may_be_plain() -> None:
    (teams,) = parsed({**TEAMS, "url": "http://127.0.0.1:8080/x"})
    assert teams.url == Secret("http://127.0.0.1:8080/x")
    (mail,) = parsed({**MAIL, "host": "127.0.0.1", "tls": "none"})
    assert mail.tls is Tls.NONE


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists, max_leaves=5))
def test_any_field_of_any_kind_is_read_or_refused(value: object) -> None:
    for entry in (TEAMS, PAGERDUTY, WEBHOOK, MAIL):
        for name in (*entry, "id", "least", "changes", "port", "tls"):
            try:
                parsed({**entry, name: value})
            except InvalidSettings as error:
                assert "\n" not in str(error)  # noqa: PT017 - either is right


@given(st.text(max_size=60))
def test_any_text_is_a_list_or_one_error(text: str) -> None:
    for parse in (parse_sinks, parse_quiet_hours):
        try:
            parse(text)
        except InvalidSettings:
            continue


def test_quiet_hours() -> None:
    berlin = QuietHours(time(22), time(6), ZoneInfo("Europe/Berlin"))
    assert parse_quiet_hours("22:00-06:00 Europe/Berlin") == berlin
    assert parse_quiet_hours("00:30-05:00 UTC") == QuietHours(time(0, 30), time(5), UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("22:00-06:00", "two times and a time zone"),
        ("24:00-06:00 UTC", "00:00 to 23:59"),
        ("22:00-22:00 UTC", "the same"),
        ("22:00-06:00 Mars/Olympus", "no such time zone"),
        ("22:00-06:00 ../../etc/passwd", "two times and a time zone"),
        ("22:00-06:00 Europe/", "no such time zone"),
    ],
)
def test_quiet_hours_of_another_form_are_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings, match=said):
        parse_quiet_hours(text)


def settings(**more: str) -> Settings:
    return from_environment({**PRODUCTION, **more})


def test_unset_nobody_is_told_and_nothing_is_kept() -> None:
    assert settings().sinks == ()
    assert patience_of(settings()) is None


def test_set_they_are_opened_and_people_are_patient_by_the_other_settings() -> None:
    chosen = settings(
        KEEPER_NOTIFY=json.dumps([TEAMS, PAGERDUTY]),
        KEEPER_QUIET_HOURS="22:00-06:00 UTC",
        KEEPER_RUNBOOKS_URL="https://git.example.com/runbooks/",
        KEEPER_PUBLIC_URL="https://keeper.example.com",
    )
    sinks, quiet, places = open_notices(chosen)
    assert [(sink.name, sink.kind) for sink in sinks] == [("teams", "teams"), ("pagerduty", "pagerduty")]
    assert quiet is not None
    assert quiet.covers(datetime(2026, 1, 1, 23, tzinfo=UTC))
    assert (places.public, places.runbooks) == ("https://keeper.example.com", "https://git.example.com/runbooks")
    patience = patience_of(chosen)
    assert patience is not None
    assert [wait.total_seconds() for wait in (patience.grace, patience.unread, patience.leaving)] == [600, 7200, 21600]
    assert patience.is_told_changes
    assert "canary" not in repr(chosen)


def test_a_wrong_list_is_one_line_beside_the_others() -> None:
    with pytest.raises(InvalidSettings, match=r"^KEEPER_NOTIFY: receiver 1: sink: ") as caught:
        settings(KEEPER_NOTIFY='[{"sink":"canary"}]')
    assert "canary" not in str(caught.value)
