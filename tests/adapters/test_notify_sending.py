"""Each receiver over loopback: away, slow, throttling, gone; and a mail server that is asked for privacy first."""

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import trustme

from shared.adapters import notify_http, notify_smtp
from shared.adapters.notify_http import meaning
from shared.adapters.notify_settings import parse_sinks
from shared.adapters.notify_sinks import Sink, open_sink
from shared.adapters.sessions import Sessions
from shared.domain.errors import Ambiguous, KeeperError, Rejected, SinkGone, Throttled, Unavailable
from tests.adapters.mail_server import Mailbox, mailbox
from tests.adapters.receivers import Receiver, receiving
from tests.adapters.told import ROUTING_KEY, SECRETS, parts, told
from tests.fakes import NOW
from tests.functions.site import whsec

CANARY = "canary-of-the-url"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def entry(kind: str, url: str) -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {
        "teams": {"url": f"{url}/teams?sig={CANARY}"},
        "pagerduty": {"url": url, "routing_key": ROUTING_KEY},
        "webhook": {"url": f"{url}/hook?key={CANARY}", "secrets": [whsec(secret) for secret in SECRETS]},
    }
    return {"sink": kind, **entries[kind]}


def sink(kind: str, url: str) -> Sink:
    (setting,) = parse_sinks(json.dumps([entry(kind, url)]))
    return open_sink(setting, Sessions(requests.Session))


KINDS = ("teams", "pagerduty", "webhook")


@pytest.mark.parametrize("kind", KINDS)
def test_each_receiver_gets_what_it_publishes_and_knows_what_is_open(receiver: Receiver, kind: str) -> None:
    now = datetime.now(UTC)
    sink(kind, receiver.url).send(told("opened"), now)
    assert len(receiver.open) == (0 if kind == "teams" else 1)
    sink(kind, receiver.url).send(told("resolved"), now)
    assert (receiver.wrong, receiver.open, receiver.tries) == ([], set(), 2)


def test_what_we_wrote_goes_where_changes_go(receiver: Receiver) -> None:
    sink("pagerduty", receiver.url).send(told("changed"), NOW)
    assert ([form for form, _ in receiver.told], receiver.wrong) == (["changes"], [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error", "wait"),
    [
        ((429, {"Retry-After": "7"}), Throttled, timedelta(seconds=7)),
        ((429, {}), Throttled, None),
        ((503, {"Retry-After": "120"}), Unavailable, timedelta(minutes=2)),
        ((500, {}), Unavailable, None),
        ((502, {}), Ambiguous, None),
        ((504, {}), Ambiguous, None),
        ((404, {}), Unavailable, None),
        ((302, {"Location": "https://evil.example/"}), Unavailable, None),
        ((400, {}), Rejected, None),
        ((413, {}), Rejected, None),
        ((410, {}), SinkGone, None),
    ],
)
def test_each_answer_has_its_meaning(
    receiver: Receiver,
    kind: str,
    answer: tuple[int, dict[str, str]],
    error: type[KeeperError],
    wait: timedelta | None,
) -> None:
    receiver.answer(*answer)
    with pytest.raises(error) as caught:
        sink(kind, receiver.url).send(told("opened"), NOW)
    assert getattr(caught.value, "retry_after", None) == wait
    assert receiver.tries == 1, "nothing is tried again, and no redirect is followed"
    assert CANARY not in str(caught.value)


def test_every_status_has_a_meaning_and_only_success_is_success() -> None:
    assert [status for status in range(100, 600) if meaning(status, "nonsense", NOW) is None] == list(range(200, 300))


@pytest.mark.parametrize("kind", KINDS)
def test_a_receiver_that_is_slow_or_away_keeps_nobody_and_is_not_quoted(
    receiver: Receiver, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="keeper")
    monkeypatch.setattr(notify_http, "_TIMEOUT", (0.5, 0.2))
    receiver.answer(202, wait=0.6)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{held.getsockname()[1]}"
        for url, error in ((receiver.url, Ambiguous), (away, Unavailable)):
            with pytest.raises(error) as caught:
                sink(kind, url).send(told("opened"), NOW)
            assert caught.value.__cause__ is None
            assert CANARY not in str(caught.value) + caplog.text


AUTHORITY = trustme.CA()


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def to_mailbox(box: Mailbox, tls: str = "starttls", **more: object) -> Sink:
    mail = {"sink": "mail", "host": "127.0.0.1", "port": box.port, "tls": tls, "sender": "keeper@example.com"}
    (setting,) = parse_sinks(json.dumps([{**mail, "recipients": ["sre@example.com", "b@example.com"], **more}]))
    return open_sink(setting, Sessions(requests.Session), trusting)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_mail_goes_the_private_way_and_arrives_whole(tls: str) -> None:
    with mailbox(server_context(), starttls=tls == "starttls") as box:
        to_mailbox(box, tls, user="user", password="pass").send(told("opened"), NOW)
    ((is_private, user, recipients, mail),) = box.mails
    assert (is_private, user, recipients) == (True, "user", ["sre@example.com", "b@example.com"])
    plain, _ = parts(mail)
    assert told("opened").sentence in plain
    assert [word.split(" ")[0].upper() for word in box.words] == (["EHLO", "STARTTLS"] if tls == "starttls" else [])


def test_nothing_is_said_to_a_server_that_offers_no_privacy() -> None:
    with mailbox(None) as box, pytest.raises(Unavailable, match="SMTPNotSupportedError"):
        to_mailbox(box, user="user", password="pass").send(told("opened"), NOW)
    assert box.mails == []
    assert [word.split(" ")[0].upper() for word in box.words] in (["EHLO"], ["EHLO", "QUIT"])


def test_a_server_with_a_strangers_certificate_gets_nothing() -> None:
    with mailbox(server_context()) as box:
        mail = {"sink": "mail", "host": "127.0.0.1", "port": box.port, "sender": "a@example.com"}
        (setting,) = parse_sinks(json.dumps([{**mail, "recipients": ["b@example.com"]}]))
        with pytest.raises(Unavailable, match="SSLCertVerificationError"):
            open_sink(setting, Sessions(requests.Session)).send(told("opened"), NOW)
    assert box.mails == []


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("MAIL", "451 later", Unavailable),
        ("MAIL", "550 never", Rejected),
        ("RCPT", "450 later", Unavailable),
        ("RCPT", "550 nobody", Rejected),
        ("DATA", "452 full", Unavailable),
        ("AUTH", "535 no", Rejected),
        ("AUTH", "454 later", Unavailable),
    ],
)
def test_what_a_mail_server_refuses_has_its_meaning(command: str, answer: str, error: type[KeeperError]) -> None:
    password = "canary" if command == "AUTH" else "pass"
    with mailbox(server_context()) as box:
        box.refusals[command] = answer
        with pytest.raises(error) as caught:
            to_mailbox(box, user="user", password=password).send(told("opened"), NOW)
    assert box.mails == []
    assert "canary" not in str(caught.value)
    assert "example.com" not in str(caught.value)


def test_a_mail_server_that_is_away_is_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify_smtp, "_TIMEOUT_S", 0.5)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            to_mailbox(Mailbox(held.getsockname()[1])).send(told("opened"), NOW)


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(caplog: pytest.LogCaptureFixture) -> None:
    with mailbox(server_context()) as box:
        box.refusals["b@example.com"] = "550 nobody"
        to_mailbox(box).send(told("opened"), NOW)
    assert [recipients for _, _, recipients, _ in box.mails] == [["sre@example.com"]]
    assert "recipients refused" in caplog.text
    assert "b@example.com" not in caplog.text


def test_a_mail_that_was_taken_is_not_sent_again_because_of_a_bad_goodbye() -> None:
    with mailbox(server_context()) as box:
        box.refusals["QUIT"] = "421 whatever"
        to_mailbox(box).send(told("opened"), NOW)
    assert len(box.mails) == 1


def test_a_mark_tells_places_apart_and_says_nothing_of_them() -> None:
    one, other = sink("teams", "https://a.example"), sink("teams", "https://b.example")
    assert one.mark != other.mark
    assert CANARY not in repr(one)
    assert all(secret.hex() not in repr(sink("webhook", "https://a.example")) for secret in SECRETS)
    assert ROUTING_KEY not in repr(sink("pagerduty", "https://a.example"))
