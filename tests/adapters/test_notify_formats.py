"""Each form of a notification: as its vendor publishes it, inert, and without any secret."""

import email
import email.policy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
import standardwebhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.notify_mail import html_of, mail_of, plain_of
from shared.adapters.notify_pagerduty import event_of, path_of
from shared.adapters.notify_teams import LARGEST, card_of
from shared.adapters.notify_webhook import signed, webhook_of
from shared.domain.incidents import IncidentCause, News, Severity, Subject
from shared.domain.notification import Notification, Places, notification_of
from tests.adapters.told import (
    ALL,
    OPEN,
    PLACES,
    ROUTING_KEY,
    SECRETS,
    check,
    check_card,
    parts,
    runs,
    told,
)
from tests.fakes import NOW, TENANT_ID
from tests.functions.site import whsec

SENDER, RECIPIENTS = "keeper@example.com", ("sre@example.com", "boss@example.com")
HOSTILE = [
    "<script>alert(1)</script>",
    "\r\nBcc: victim@example.com\r\n\r\nbody",
    "[click](https://evil.example) **bold** <at>everyone</at>",
    "{{DATE(2020-01-01T00:00:00Z)}} ${host} {{ jinja }}",
    "\x1b[31mred\x1b[0m \u202egnp.exe \u2028 line",
    "javascript:alert(1) https://evil.example/?x=\"'><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "𝕏" * 5000,
    '"}],"type":"AdaptiveCard"',
    "half \ud800 pair",
]


def mail_bytes(notification: Notification) -> bytes:
    return mail_of(notification, SENDER, RECIPIENTS).as_bytes(policy=email.policy.SMTP)


@pytest.mark.parametrize("name", ALL)
def test_a_card_is_one_by_the_schema_and_says_what_counts(name: str) -> None:
    notification = told(name)
    body = card_of(notification)
    card = check_card(body)
    said = runs(card)
    assert notification.title in said
    assert notification.sentence in said
    assert notification.command in said
    assert {action["url"] for action in card["actions"]} == {notification.console, notification.runbook} - {
        "docs/notifications.md"
    }


def test_a_card_that_would_be_too_long_for_teams_is_cut_and_still_one() -> None:
    long = replace(told("opened"), sentence="𝕏" * 20_000)
    body = card_of(long)
    assert LARGEST / 4 < len(body) <= LARGEST
    assert long.command in runs(check_card(body))


@pytest.mark.parametrize("name", ["opened", "resolved", "group"])
def test_an_alert_is_one_by_the_schema(name: str) -> None:
    notification = told(name)
    event = check("pagerduty-alert", event_of(notification, ROUTING_KEY))
    assert path_of(notification) == "/v2/enqueue"
    assert event["event_action"] == ("resolve" if name == "resolved" else "trigger")
    assert event["payload"]["custom_details"]["run_first"] == notification.command


def test_what_ends_an_alert_has_the_key_of_what_began_it_and_the_next_one_has_another() -> None:
    opened, resolved, later = told("opened"), told("resolved"), told("opened", since=NOW + timedelta(days=1))
    keys = [json.loads(event_of(each, ROUTING_KEY))["dedup_key"] for each in (opened, resolved, later)]
    assert keys[0] == keys[1] != keys[2]
    assert str(TENANT_ID) in keys[0]


def test_what_we_wrote_is_a_change_event() -> None:
    notification = told("changed")
    event = check("pagerduty-change", event_of(notification, ROUTING_KEY))
    assert path_of(notification) == "/v2/change/enqueue"
    assert "update To MailMarshal Cloud Integrated" in event["payload"]["custom_details"]["what"]


@pytest.mark.parametrize("name", ALL)
def test_a_webhook_is_one_by_our_schema_and_each_secret_opens_it(name: str) -> None:
    notification = told(name)
    body = webhook_of(notification)
    document = check("webhook", body)
    assert document["type"] == notification.type
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", document["type"])
    headers = dict(signed(notification, body, SECRETS, notification.at))
    now = notification.at
    for secret in SECRETS:
        oracle = standardwebhooks.Webhook(whsec(secret))
        assert oracle.sign(headers["webhook-id"], now, body.decode()) in headers["webhook-signature"].split(" ")


def test_a_webhook_is_authentic_to_its_receiver_and_one_of_another_key_is_not() -> None:
    body = webhook_of(told("opened"))
    headers = dict(signed(told("opened"), body, SECRETS[:1], datetime.now(UTC)))
    receiver = standardwebhooks.Webhook(whsec(SECRETS[0]))
    assert receiver.verify(body, headers)["type"] == "incident.opened"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(whsec(SECRETS[1])).verify(body, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        receiver.verify(body + b" ", headers)


def test_a_webhooks_id_is_the_same_at_each_try_and_its_time_is_not() -> None:
    body = webhook_of(told("opened"))
    first, second = (signed(told("opened"), body, SECRETS, NOW + timedelta(minutes=m)) for m in (0, 5))
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert first["webhook-id"] != signed(told("resolved"), body, SECRETS, NOW)["webhook-id"]
    assert "." not in first["webhook-id"]


@pytest.mark.parametrize("name", ALL)
def test_a_mail_says_the_same_in_both_its_parts(name: str) -> None:
    notification = told(name)
    mail = email.message_from_bytes(mail_bytes(notification), _class=EmailMessage, policy=email.policy.default)
    plain, html = parts(mail)
    for text in (notification.title, notification.sentence, notification.command, notification.runbook):
        assert text in plain
        assert text in Text.of(html)
    assert mail["To"] == "sre@example.com, boss@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_end_is_a_reply_to_the_beginning() -> None:
    opened, resolved = (mail_of(told(name), SENDER, RECIPIENTS) for name in ("opened", "resolved"))
    assert resolved["In-Reply-To"] == opened["Message-ID"] != resolved["Message-ID"]


def test_without_addresses_the_paths_are_said() -> None:
    notification = told("opened", Places())
    assert (notification.console, notification.runbook) == (
        f"/api/console/tenants/{TENANT_ID}",
        "docs/runbooks/mail-outage.md",
    )
    card = check_card(card_of(notification))
    assert card["actions"] == []
    assert notification.runbook in runs(card)
    assert "links" not in check("pagerduty-alert", event_of(notification, ROUTING_KEY))
    assert "<a " not in html_of(notification)


class Text(HTMLParser):
    """What a browser makes of a page: its text, its tags, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert {name for name, _ in attrs} <= {"lang", "style", "align", "href"}

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        return " ".join(parser.text)


def hostile(text: str, news: News = News.OPENED) -> Notification:
    return notification_of(
        type(OPEN)(
            **{
                **{name: getattr(OPEN, name) for name in OPEN.__slots__},
                "subject": Subject(TENANT_ID, text, "eu"),
                "sentence": text,
                "ending": text,
            }
        ),
        news,
        PLACES,
    )


TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))


@settings(max_examples=150)
@given(text=TEXTS, news=st.sampled_from([News.OPENED, News.RESOLVED, News.CHANGED]))
def test_whatever_a_customer_is_called_is_inert_in_each_format(text: str, news: News) -> None:
    notification = hostile(text, news)
    # Teams: plain runs alone, small enough, no links but ours.
    body = card_of(notification)
    card = check_card(body)
    assert len(body) <= LARGEST
    assert all("{{" not in run for run in runs(card))
    assert {action["url"] for action in card["actions"]} <= {notification.console, notification.runbook}
    # PagerDuty and webhook: what the schemas allow.
    check("pagerduty-change" if news is News.CHANGED else "pagerduty-alert", event_of(notification, ROUTING_KEY))
    check("webhook", webhook_of(notification))
    # Mail: no header, no tag and no link that is not ours.
    mail = email.message_from_bytes(mail_bytes(notification), _class=EmailMessage, policy=email.policy.default)
    assert set(mail.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    parser = Text()
    parser.feed(html_of(notification))
    assert set(parser.tags) <= {"html", "body", "p", "strong", "h1", "table", "tr", "th", "td", "a"}
    assert set(parser.links) <= {notification.console, notification.runbook}
    # A terminal, and whoever reads the lines one by one.
    assert "\x1b" not in plain_of(notification)
    for line in (notification.title, notification.sentence, notification.who):
        assert line.splitlines() in ([], [line])
        assert "://" not in line


@pytest.mark.parametrize("cause", IncidentCause)
@pytest.mark.parametrize("severity", Severity)
def test_every_cause_and_severity_has_a_form(cause: IncidentCause, severity: Severity) -> None:
    notification = told("opened", cause=cause, severity=severity)
    check_card(card_of(notification))
    check("webhook", webhook_of(notification))
    assert check("pagerduty-alert", event_of(notification, ROUTING_KEY))["payload"]["severity"] == severity.value


@pytest.mark.parametrize("name", ALL)
def test_no_format_holds_a_key_but_where_it_belongs(name: str) -> None:
    notification = told(name)
    body = webhook_of(notification)
    headers = signed(notification, body, SECRETS, NOW)
    for form in (card_of(notification), mail_bytes(notification), body, str(headers).encode()):
        assert ROUTING_KEY.encode() not in form
        assert all(whsec(secret).removeprefix("whsec_").encode() not in form for secret in SECRETS)
    assert event_of(notification, ROUTING_KEY).count(ROUTING_KEY.encode()) == 1
