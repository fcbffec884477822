"""The signup webhook at its edges: who is refused how, what is one effect, and what a 202 stands on."""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.settings import from_environment
from shared.domain.errors import InvalidSettings, KeeperError, RecordChanged, Unavailable
from shared.domain.messages import Cause, Queue
from shared.domain.tenants import Stage, Verdict
from tests.crashes import Crash, Fuse
from tests.fakes import TENANT_ID
from tests.functions.site import (
    OLD_SECRET,
    SECRET,
    SIGNUP,
    Answer,
    Hooked,
    Site,
    environment,
    hooked,
    new_site,
    signed,
    whsec,
)

SEEDS = range(20)
BODY = json.dumps(SIGNUP).encode()
STRANGE = b"\x07" * 32
MOST_CALLS = 30


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return new_site(monkeypatch)


def is_untouched(site: Site) -> bool:
    """Nothing was stored, sent or asked."""
    world: Any = site.world
    stored = [world.tenants.rows, world.journal.seen, world.journal.guids, world.journal.kept, world.history.events]
    return not any(stored) and not site.queues.waiting and not site.queues.parked and not site.scene.seen


def signups(site: Site) -> list[str]:
    """The signups in the tenant's history."""
    events, _ = site.world.history.page(TENANT_ID, None, 1000)
    return [event.after for event in events if event.kind == "signup"]


def is_provisioned(site: Site) -> bool:
    """One tenant, taken in once, with everything in place once."""
    record = site.scene.record()
    world: Any = site.world
    assert (record.stage, record.verdict, record.generation) == (Stage.STAGED, Verdict.HEALTHY, 1)
    assert list(world.tenants.rows) == [TENANT_ID]
    assert list(world.journal.guids.values()) == [TENANT_ID]
    assert site.scene.is_untouched()
    creations = [cmdlet for cmdlet in site.scene.writes() if cmdlet.startswith("New-")]
    assert len(creations) == len(set(creations)) + 1, "two rules, and one of everything else"
    return True


def without(name: str) -> Callable[[Site], Mapping[str, str]]:
    return lambda site: {k: v for k, v in signed(BODY, "msg_1", site.clock()).items() if k != name}


def having(**changes: str) -> Callable[[Site], Mapping[str, str]]:
    headers = {name.replace("_", "-"): value for name, value in changes.items()}
    return lambda site: {**signed(BODY, "msg_1", site.clock()), **headers}


def at(seconds: int) -> Callable[[Site], Mapping[str, str]]:
    return lambda site: signed(BODY, "msg_1", site.clock() + timedelta(seconds=seconds))


INAUTHENTIC: dict[str, Callable[[Site], Mapping[str, str]]] = {
    "no signature": without("webhook-signature"),
    "no id": without("webhook-id"),
    "no timestamp": without("webhook-timestamp"),
    "wrong signature": having(webhook_signature="v1,AAAA"),
    "empty signature": having(webhook_signature=""),
    "signature without a version": having(webhook_signature="AAAA"),
    "signature that is no base64": having(webhook_signature="v1,!!"),
    "signature that is no ASCII": having(webhook_signature="v1,ä"),
    "another key": lambda site: signed(BODY, "msg_1", site.clock(), STRANGE),
    "nine signatures": lambda site: signed(BODY, "msg_1", site.clock(), *[STRANGE] * 8, SECRET),
    "another body": lambda site: signed(json.dumps(SIGNUP, indent=1).encode(), "msg_1", site.clock()),
    "another id": having(webhook_id="msg_2"),
    "an id with a dot": lambda site: signed(BODY, "msg.1", site.clock()),
    "an id that is too long": lambda site: signed(BODY, "m" * 129, site.clock()),
    "301 s old": at(-301),
    "301 s ahead": at(301),
    "timestamp that is no number": having(webhook_timestamp="soon"),
    "timestamp in digits of another script": having(webhook_timestamp="١٧٩٥"),
    "timestamp with an exponent": having(webhook_timestamp="1e9"),
    "timestamp with a sign": having(webhook_timestamp="+1795521600"),
    "timestamp with a space": having(webhook_timestamp=" 1795521600"),
    "timestamp that is huge": having(webhook_timestamp="9" * 400),
}


@pytest.mark.parametrize("cause", INAUTHENTIC)
def test_p21_every_cause_of_doubt_has_the_same_answer_and_no_effect(site: Site, cause: str) -> None:
    answer = site.post(BODY, INAUTHENTIC[cause](site))
    assert answer == site.post(b"anything", {"content-type": "application/json"})
    assert (answer.status, answer.document["code"]) == (401, "unauthentic")
    assert is_untouched(site)


TYPES = ["", "text/plain", "application/jsonp", "application/json; charset=latin-1", "application/json, text/html"]


@pytest.mark.parametrize("content_type", TYPES)
def test_p21_another_type_is_415(site: Site, content_type: str) -> None:
    answer = site.post(BODY, signed(BODY, "msg_1", site.clock(), content_type=content_type))
    assert (answer.status, answer.document["code"]) == (415, "unsupported_media")
    assert is_untouched(site)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON ; Charset=UTF-8"])
def test_p21_json_in_utf_8_is_read(site: Site, content_type: str) -> None:
    assert site.post(BODY, signed(BODY, "msg_1", site.clock(), content_type=content_type)).status == 202


def test_p21_a_body_of_64_kib_is_read_and_one_byte_more_is_413(site: Site) -> None:
    whole = BODY + b" " * (64 * 1024 - len(BODY))
    answer = site.post(whole + b" ", signed(whole + b" ", "msg_1", site.clock()))
    assert (answer.status, answer.document["code"]) == (413, "too_large")
    assert is_untouched(site)
    assert site.post(whole, signed(whole, "msg_1", site.clock())).status == 202


def test_p21_a_head_that_is_too_large_is_400(site: Site) -> None:
    headers = signed(BODY, "msg_1", site.clock())
    many = {f"x-{number}": "" for number in range(97)}
    for too_much in (many, {"x-long": "x" * 17_000}):
        answer = site.post(BODY, {**headers, **too_much})
        assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert is_untouched(site)
    assert site.post(BODY, {**headers, **dict(list(many.items())[:80])}).status == 202


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(["body", "webhook-id", "webhook-timestamp", "webhook-signature"]), data=st.data())
def test_p21_one_byte_changed_anywhere_is_401(site: Site, part: str, data: st.DataObject) -> None:
    headers = signed(BODY, "msg_1", site.clock())
    value = BODY if part == "body" else headers[part].encode()
    place = data.draw(st.integers(0, len(value) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda number: number != value[place]))
    changed = value[:place] + bytes([byte]) + value[place + 1 :]
    body = changed if part == "body" else BODY
    if part != "body":
        headers[part] = changed.decode("latin-1")
    assert site.post(body, headers).status == 401
    assert is_untouched(site)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.dictionaries(st.text(), st.text() | st.integers()).map(json.dumps).map(str.encode))
def test_p21_whatever_an_authentic_sender_sends_is_no_fault_of_ours(site: Site, body: bytes) -> None:
    answer = site.post(body, signed(body, "msg_1", site.clock()))
    assert (answer.status, answer.document["code"]) == (400, "invalid_signup")
    assert is_untouched(site)


def test_p21_a_refusal_is_quick(site: Site) -> None:
    body = b"x" * 64 * 1024
    headers = signed(body, "msg_1", site.clock(), *[STRANGE] * 8)
    durations = []
    for _ in range(5):
        begin = time.perf_counter()
        assert site.post(body, headers).status == 401
        durations.append(time.perf_counter() - begin)
    assert min(durations) < 0.05


def test_p21_while_keys_change_both_count_until_the_old_one_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime(2026, 11, 24, tzinfo=UTC)
    keys = [
        {"id": "old", "secret": whsec(OLD_SECRET), "not_after": end.isoformat()},
        {"id": "new", "secret": whsec(SECRET)},
    ]
    site = new_site(monkeypatch, keys)

    def asked(*secrets: bytes) -> int:
        return site.post(BODY, signed(BODY, "msg_1", site.clock(), *secrets)).status

    assert [asked(OLD_SECRET), asked(SECRET), asked(OLD_SECRET, SECRET), asked(STRANGE)] == [202, 202, 202, 401]
    site.clock.now = end - timedelta(seconds=1)
    assert asked(OLD_SECRET) == 202
    site.clock.now = end
    assert [asked(OLD_SECRET), asked(SECRET)] == [401, 202]


KEY = {"id": "one", "secret": whsec(SECRET)}
MALFORMED = [[{**KEY, "secret": "whsec_canary"}], [{**KEY, "not_after": "tomorrow"}], [KEY, KEY], [{**KEY, "id": ""}]]
MALFORMED.append([{"id": f"k{n}", "secret": whsec(bytes([n]) * 32)} for n in range(4)])


@pytest.mark.parametrize("keys", MALFORMED)
def test_p21_a_malformed_key_stops_the_start_and_is_named_without_its_value(keys: list[dict[str, object]]) -> None:
    with pytest.raises(InvalidSettings, match=r"^KEEPER_WEBHOOK_KEYS: ") as caught:
        from_environment(environment(keys))
    said = str(caught.value)
    assert not any(str(key["secret"]) in said for key in keys)


def test_p21_another_accounts_tenant_is_409_and_stays_as_it_is(site: Site) -> None:
    assert site.sign_up("msg_1").status == 202
    before = site.scene.record()
    answer = site.sign_up("msg_2", account_id="mallory", region="us")
    assert (answer.status, answer.document["code"]) == (409, "not_allowed")
    assert site.scene.record() == before
    assert len(site.queues.waiting) == 1


def test_p21_a_key_of_one_account_says_nothing_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    site = new_site(monkeypatch, [{**KEY, "accounts": ["fabrikam"]}])
    assert site.sign_up() == site.post(b"", {"content-type": "application/json"})
    assert is_untouched(site)


def at_call(site: Site, number: int, meanwhile: Callable[[], object]) -> None:
    """Let something happen before one call to storage of the next process."""
    calls = iter(range(1, 1000))

    def hook(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        if next(calls) == number:
            site.start()
            meanwhile()
        return call()

    site.start(hooked(site.world, hook))


def has_one_effect(site: Site) -> bool:
    """However often it came, it was taken in once and asked for once."""
    assert len(signups(site)) == 1
    asked = [delivery for _, delivery in site.queues.waiting if delivery.message.cause is Cause.SIGNUP]
    assert [delivery.queue for delivery in asked] == [Queue.PROVISION]
    site.work()
    return is_provisioned(site)


@pytest.mark.parametrize("number", range(1, 12))
def test_p22_the_same_webhook_on_two_instances_at_once_is_one_effect(site: Site, number: int) -> None:
    answers: list[Answer] = []
    at_call(site, number, lambda: answers.append(site.sign_up("msg_1")))
    answers.append(site.sign_up("msg_1"))
    assert {answer.status for answer in answers} == {202}
    assert has_one_effect(site)


@pytest.mark.parametrize("seed", SEEDS)
def test_p22_a_sender_that_tries_again_and_again_has_one_effect(site: Site, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    assert site.sign_up("msg_1").status == 202
    site.work()
    writes = site.scene.writes()
    for _ in range(8):
        what = dice.randrange(4)
        if what == 0:
            site.start()
        elif what == 1:
            site.clock.advance(hours=dice.choice([1, 7, 24, 75]))
            site.later()
            site.work()
        elif what == 2:
            at_call(site, dice.randrange(1, 6), lambda: site.sign_up("msg_1"))
        answer = site.sign_up("msg_1")
        assert (answer.status, answer.document["status"]) == (202, "known already")
        assert site.queues.waiting == []
    assert site.scene.writes() == writes
    assert len(signups(site)) == 1
    assert is_provisioned(site)


def test_p22_a_byte_exact_replay_counts_for_five_minutes_and_is_then_401(site: Site) -> None:
    headers = signed(BODY, "msg_1", site.clock())
    assert site.post(BODY, headers).status == 202
    site.clock.advance(minutes=4)
    assert site.post(BODY, headers).status == 202
    site.clock.advance(minutes=2)
    assert site.post(BODY, headers).status == 401
    assert has_one_effect(site)


def test_p22_a_webhook_is_remembered_for_a_month(site: Site) -> None:
    site.sign_up("msg_1")
    site.work()
    for _ in range(30):
        site.later(days=1)
        site.work()
    # The tenant has moved meanwhile: an old webhook must not bring it back.
    assert site.sign_up("msg_2", region="us").status == 202
    site.work()
    assert site.sign_up("msg_1", region="eu").document["status"] == "known already"
    assert site.scene.record().region == "us"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_p23a_storage_that_is_away_is_503_and_the_retry_is_taken_in(
    monkeypatch: pytest.MonkeyPatch,
    after: bool,  # noqa: FBT001 - a case
) -> None:
    for number in range(1, MOST_CALLS):
        site = new_site(monkeypatch)
        calls = iter(range(1, 1000))
        failed: list[int] = []

        def hook(call: Callable[[], Any], calls: Any = calls, failed: list[int] = failed, number: int = number) -> Any:  # noqa: ANN401
            if next(calls) != number:
                return call()
            failed.append(number)
            with suppress(KeeperError):
                if after:
                    call()
            raise Unavailable("storage: no answer")

        site.start(hooked(site.world, hook))
        answer = site.sign_up("msg_1")
        if not failed:
            assert answer.status == 202
            return
        assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (503, True)
        assert site.queues.waiting == []
        site.start()
        assert site.sign_up("msg_1").status == 202
        assert site.world.tenants.get(TENANT_ID)
        site.later(minutes=5)
        site.work()
        assert is_provisioned(site)
    raise AssertionError("it takes too many calls")


def test_p23b_a_queue_that_is_away_is_202_and_the_timer_asks_within_five_minutes(site: Site) -> None:
    site.queues.is_away = True
    assert site.sign_up().status == 202
    site.queues.is_away = False
    assert site.queues.waiting == []
    (delivery,) = site.later(minutes=5)
    assert (delivery.queue, delivery.message.tenant_id) == (Queue.PROVISION, TENANT_ID)
    assert delivery.delay <= timedelta(minutes=5)
    site.work()
    assert is_provisioned(site)


@pytest.mark.parametrize("again", [True, False], ids=["sent again", "never sent again"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_p23cd_a_worker_that_dies_at_any_call_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
    after: bool,  # noqa: FBT001 - a case
    again: bool,  # noqa: FBT001 - a case
) -> None:
    for number in range(1, MOST_CALLS):
        site = new_site(monkeypatch)
        fuse = Fuse(number, after=after)
        site.start(hooked(site.world, fuse.run))
        try:
            site.sign_up("msg_1")
        except Crash:
            pass
        else:
            return
        site.start()
        is_durable = TENANT_ID in {
            row.tenant.tenant_id for row in site.world.tenants.due(site.clock() + timedelta(days=1))
        }
        assert site.queues.waiting == []
        if again:
            assert site.sign_up("msg_1").status == 202
            assert site.sign_up("msg_1").document["status"] == "known already"
        site.later(minutes=5)
        site.work()
        if again or is_durable:
            assert is_provisioned(site)
        else:
            assert not site.scene.seen, "nobody was told that it was taken in"
    raise AssertionError("it takes too many calls")


def test_p23_a_webhook_that_meets_too_many_other_writers_is_503_and_may_come_again(site: Site) -> None:
    site.sign_up("msg_1")
    site.work()
    before = site.scene.record()

    class Contended(Hooked):
        def put(self, *_: object) -> None:
            raise RecordChanged("somebody else was first")

    world = replace(site.world, tenants=Contended(site.world.tenants, lambda call: call()))  # type: ignore[arg-type]
    site.start(world)
    assert site.sign_up("msg_2", region="us").status == 503
    assert site.scene.record() == before
    site.start()
    assert site.sign_up("msg_2", region="us").document["status"] == "signed up again"
    assert site.scene.record().region == "us"


@pytest.mark.parametrize("seed", SEEDS)
def test_p23_every_202_stands_on_a_row_whatever_fails(site: Site, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's dice

    def hook(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        fate = dice.random()
        if fate < 0.15:
            raise Unavailable("storage: no answer")
        result = call()
        if fate > 0.9:
            raise Unavailable("storage: no answer")
        return result

    for attempt in range(30):
        site.queues.is_away = dice.random() < 0.3
        site.start(hooked(site.world, hook))
        answer = site.sign_up("msg_1")
        site.start()
        assert answer.status in (202, 503), attempt
        if answer.status == 202:
            assert site.world.tenants.get(TENANT_ID)
            break
    assert not site.scene.seen, "a webhook asks neither Exchange nor Entra"
    site.queues.is_away = False
    site.later(minutes=5)
    site.work()
    assert is_provisioned(site)
