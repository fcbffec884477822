"""People are told: from damage in a tenant to "resolved" at the receiver, and through whatever fails on the way."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, time, timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest

from functions import telling
from functions.keeping import keep
from local.twin.faults import Fault
from shared.adapters import notify_http
from shared.application import poison
from shared.application.delivering import MOST_ATTEMPTS, later
from shared.application.wishing import freeze, release
from shared.application.witness import KEEPER
from shared.domain.errors import Rejected, SinkGone, Throttled, TransientError, Unavailable
from shared.domain.incidents import Incident, IncidentCause, News, Phase, Severity, Subject
from shared.domain.letters import Letter, Outbox, encode_letter
from shared.domain.messages import Fate, Parked
from shared.domain.quiet_hours import QuietHours
from shared.domain.tenants import Stage
from tests.application.life import LOOP_CHECK, REDIRECT, TO
from tests.fakes import CANARY, TENANT_ID, MemoryIncidents
from tests.functions.desk import Desk, desk, entries

HOUR = timedelta(hours=1)


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk(monkeypatch) as running:
        yield running


def rows(one: Desk) -> list[Incident]:
    return [each.incident for each in one.life.world.incidents.all()]


def frozen(one: Desk) -> Desk:
    """Nothing is repaired: what is damaged stays so."""
    freeze("jane", "a change window", one.life.world)
    return one


def unscanned(one: Desk) -> Desk:
    """An administrator switches Redirect off, and the timer's look finds it."""
    frozen(one).life.scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    one.life.later(hours=1)
    return one


def misled(one: Desk) -> Desk:
    """An administrator sends mail to a stranger."""
    frozen(one).life.scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=["evil.example"])
    one.life.later(hours=1)
    return one


def well_again(one: Desk) -> Desk:
    release("jane", one.life.world)
    one.life.later(hours=1)
    return one


def test_from_the_damage_of_an_administrator_to_resolved_at_every_receiver(one: Desk) -> None:
    misled(one).told()
    assert one.receiver.told == [], "most is repaired by itself: nobody is told at once"
    one.told(minutes=10)
    assert one.causes() == ["outage"]
    assert one.receiver.kinds("pagerduty") == ["trigger"]
    assert len(one.receiver.kinds("teams")) == 1
    for _ in range(3):
        one.life.later(hours=1)
        one.told()
    assert len(one.receiver.told) == 3, "looking again tells nothing new"
    well_again(one).told()
    assert one.receiver.kinds("pagerduty") == ["trigger", "resolve"]
    assert one.receiver.open == set()
    assert one.life.now() == (Stage.ACTIVE, "healthy")
    # What we wrote to heal it is told where changes are told.
    assert "update To MailMarshal" in json.dumps([event for form, event in one.receiver.told if form == "changes"])
    one.told()
    assert rows(one) == []


def test_what_is_healed_at_once_is_told_to_nobody_but_the_change(one: Desk) -> None:
    one.life.scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    one.life.later(hours=1)
    one.told().told(minutes=20)
    assert [form for form, _ in one.receiver.told] == ["changes"]


def test_the_notification_says_where_to_go_and_what_to_run(one: Desk) -> None:
    misled(one).told(minutes=10)
    (webhook,) = [document["data"] for form, document in one.receiver.told if form == "webhook"]
    assert webhook["run_first"] == f"keeper plan {TENANT_ID}"
    assert webhook["runbook"].endswith("/mail-outage.md")
    assert webhook["console"].endswith(f"/api/console/tenants/{TENANT_ID}")
    assert (webhook["severity"], webhook["item"]) == ("critical", TO)


def test_the_loop_check_guid_reaches_nobody(one: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host = f"{CANARY}.evil.example"
    frozen(one).life.scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=[host])
    one.life.scene.administrator("Set-TransportRule", Identity=LOOP_CHECK, HeaderContainsWords=["another"])
    one.life.later(hours=1)
    one.told(minutes=10)
    assert len(one.causes()) == 2
    said = json.dumps([document for _, document in one.receiver.told]) + caplog.text + repr(rows(one))
    assert "evil.example" in said
    assert CANARY not in said


def test_a_pause_or_a_hold_ends_what_was_told_and_nothing_more_is(one: Desk) -> None:
    misled(one).told(minutes=10)
    one.life.ask("pause", reason="their filter is down", until=one.life.clock() + HOUR)
    one.told(minutes=5)
    assert one.causes() == []
    one.life.scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=["evil.example"])
    one.life.later(minutes=30)
    one.told(minutes=20)
    assert one.causes() == []


def unread(one: Desk) -> Desk:
    """The timer's look meets an Exchange that answers nobody."""
    one.life.scene.directory.faults.append(Fault("*", 503, 50))
    with suppress(TransientError):
        one.life.later(hours=1)
    return one


def test_a_tenant_that_cannot_be_read_for_two_periods_is_told_and_its_drift_stays_open(one: Desk) -> None:
    misled(one).told(minutes=10)
    for _ in range(2):
        unread(one).told()
        assert one.causes() == ["outage"]
    unread(one).told()
    assert one.causes() == ["outage", "unknown"]
    one.life.scene.directory.faults.clear()
    one.life.later(hours=1)
    one.told()
    assert one.causes() == ["outage"]


def test_lost_consent_is_told_at_once_and_ends_when_it_is_back(one: Desk) -> None:
    one.life.scene.directory.switches.turn({"consent": False})
    one.life.later(hours=1)
    one.told()
    assert one.causes() == ["needs_consent"]
    one.life.scene.directory.switches.turn({"consent": True})
    one.life.later(hours=1)
    one.told()
    assert one.causes() == []
    assert one.receiver.kinds("webhook") == ["incident.opened", "incident.resolved"]


def test_the_brake_is_told_and_a_persons_freeze_is_not(one: Desk) -> None:
    frozen(one).told()
    assert one.receiver.told == []
    release("jane", one.life.world)
    freeze(KEEPER, "12 of 40 tenants were found broken within an hour", one.life.world)
    one.told()
    assert one.causes() == ["brake_engaged"]
    release("jane", one.life.world)
    one.told()
    assert one.causes() == []


def test_parked_messages_are_told_once_for_a_tenant_and_end_with_the_last(one: Desk) -> None:
    kept = [
        Parked(f"id-{n}", "verify", "rejected: no", "{}", one.life.clock(), tenant_id=str(TENANT_ID)) for n in range(2)
    ]
    for parked in kept:
        one.life.world.journal.park(parked)
    one.told().told()
    assert (one.causes(), one.receiver.kinds("pagerduty")) == (["parked"], ["trigger"])
    for parked in kept:
        poison.decide(parked.parked_id, Fate.DROPPED, "jane", one.life.world)
    one.told()
    assert one.causes() == []


def parked(one: Desk, number: int, tenant_id: str = "") -> None:
    at = one.life.clock() + timedelta(seconds=number)
    one.life.world.journal.park(Parked(f"id-{number}", "verify", "rejected: no", "{}", at, tenant_id=tenant_id))


def test_a_list_that_is_not_whole_ends_nothing(one: Desk) -> None:
    parked(one, 0, str(TENANT_ID))
    one.told()
    for number in range(1, 1001):
        parked(one, number)
    one.told().told()
    assert one.causes() == ["parked", "parked"]
    assert one.receiver.kinds("pagerduty") == ["trigger", "trigger"]


def test_a_turn_without_news_writes_nothing(one: Desk) -> None:
    parked(one, 0)
    misled(one).told(minutes=10).told()
    before = {each.incident.incident_id: each.etag for each in one.life.world.incidents.all()}
    one.told(minutes=5).told(minutes=5)
    assert {each.incident.incident_id: each.etag for each in one.life.world.incidents.all()} == before


class Crash(Exception):
    """The process is gone."""


class Mortal(MemoryIncidents):
    """A table at whose calls the process dies once: before the call's effect, or after it."""

    def die(self, at: int, *, after: bool) -> None:
        self.left, self.after = at, after

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever the table has
        found = super().__getattribute__(name)
        if name not in ("all", "find", "add", "put", "forget", "gone_sinks"):
            return found

        def called(*arguments: object) -> object:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Crash
            answer = found(*arguments)
            if self.left == 0:
                raise Crash
            return answer

        return called


@pytest.mark.parametrize("after", [False, True])
def test_a_timer_that_dies_at_any_call_tells_once_all_the_same(one: Desk, *, after: bool) -> None:
    incidents, at, died = Mortal(), 0, True
    one.app.world = replace(one.life.world, incidents=incidents)
    while died:
        incidents.die(0, after=after)
        incidents.rows.clear()
        one.receiver.told.clear()
        now = one.life.clock()
        for number in range(1, 13):
            concern = (TO, IncidentCause.OUTAGE, Severity.CRITICAL, "it is gone", now, now)
            incidents.add(Incident(Subject(UUID(int=number), "", "eu"), *concern))
        at += 1
        one.life.clock.advance(minutes=10)
        incidents.die(at, after=after)
        died = False
        try:
            one.turn()
        except Crash:
            died = True
        incidents.die(0, after=after)
        one.told().told()
        assert one.receiver.kinds("pagerduty") == ["trigger"], f"died at call {at}"
        assert len(one.receiver.kinds("teams")) == 1
    assert at > 12


def test_an_off_boarding_that_does_not_end_is_told(one: Desk) -> None:
    one.life.scene.directory.switches.turn({"consent": False})
    one.life.ask("offboard")
    one.told()
    assert one.causes() == []
    one.told(hours=6)
    assert one.causes() == ["off_boarding_stuck"]


NIGHT = QuietHours(time(22), time(6), UTC)


def at_night(one: Desk) -> Desk:
    one.life.clock.now = one.life.clock.now.replace(hour=22, minute=0)
    return one.use(*entries(one.receiver.url).values(), quiet=NIGHT)


def test_what_can_wait_waits_for_the_morning_and_what_is_critical_does_not(one: Desk) -> None:
    unscanned(at_night(one)).told(minutes=10)
    assert one.causes() == []
    one.life.scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=["evil.example"])
    one.life.later(hours=1)
    one.told(minutes=10)
    assert one.causes() == ["outage"]
    while one.life.clock().hour != 6:
        one.told(hours=1)
    assert one.causes() == ["outage", "bypass"]


def test_what_begins_and_ends_in_the_night_is_told_to_nobody(one: Desk) -> None:
    unscanned(at_night(one)).told(minutes=10)
    well_again(one).told()
    while one.life.clock().hour != 7:
        one.told(hours=1)
    assert [form for form, _ in one.receiver.told if form != "changes"] == []
    assert rows(one) == []


def test_a_receiver_that_is_away_is_tried_later_and_keeps_nothing_from_the_others(one: Desk) -> None:
    misled(one).turn(minutes=10)
    for status, headers in ((503, {}), (503, {}), (503, {}), (429, {"Retry-After": "40"}), (429, {}), (500, {})):
        one.receiver.answer(status, headers)
    one.deliver(timedelta(minutes=20))
    assert one.receiver.kinds("pagerduty") == ["trigger"]
    assert (len(one.receiver.kinds("teams")), one.causes()) == (1, ["outage"])
    assert one.receiver.tries == 9


def test_what_was_never_told_is_not_said_to_be_over(one: Desk) -> None:
    misled(one).use(entries(one.receiver.url)["webhook"]).turn(minutes=10)
    one.receiver.answer(503)
    one.deliver()
    well_again(one).turn()
    one.deliver(timedelta(hours=1))
    assert one.receiver.told == []
    one.turn(minutes=5)
    assert rows(one) == []


def test_whoever_was_told_and_whose_answer_was_lost_is_told_that_it_is_over(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    misled(one).use(entries(one.receiver.url)["pagerduty"]).turn(minutes=10)
    monkeypatch.setattr(notify_http, "_TIMEOUT", (0.5, 0.2))
    one.receiver.answer(202, wait=0.6)
    one.deliver()
    while not one.receiver.told:  # it takes it after nobody listens any more
        sleep(0.02)
    well_again(one).turn()
    one.deliver(timedelta(hours=1))
    one.told()
    assert one.receiver.kinds("pagerduty") == ["trigger", "resolve"]
    assert one.receiver.open == set()
    assert rows(one) == []


def test_whoever_was_told_by_a_worker_that_died_is_told_that_it_is_over(one: Desk) -> None:
    misled(one).use(entries(one.receiver.url)["pagerduty"]).turn(minutes=10)
    incidents: Any = one.life.world.incidents
    incidents.__class__ = Mortal
    waiting = list(one.queues.waiting)
    incidents.die(3, after=False)  # it was found, and it was noted that it is tried: the next call is after the telling
    with pytest.raises(Crash):
        one.deliver()
    incidents.die(0, after=False)
    one.queues.waiting[:] = waiting  # the host's queue lets go of it again
    assert one.receiver.kinds("pagerduty") == ["trigger"]
    well_again(one).turn()
    one.deliver(timedelta(hours=1))
    one.told()
    assert one.receiver.open == set()


def test_a_receiver_that_is_gone_is_told_nothing_any_more_and_the_others_are_told_so(
    one: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    one.use(entries(one.receiver.url)["webhook"], {**entries(one.receiver.url)["teams"], "id": "ops"})
    misled(one).turn(minutes=10)
    one.receiver.answer(410)
    one.deliver()
    assert "told nothing any more" in caplog.text
    assert one.queues.parked == []
    one.told().told(minutes=5)
    assert one.receiver.kinds("webhook") == []
    cards = "\n".join(one.receiver.kinds("teams"))
    assert ("lost, refused or misled" in cards, "webhook: answered 410" in cards) == (True, True)
    moved = {**entries(one.receiver.url)["webhook"], "url": f"{one.receiver.url}/hook?new=1"}
    one.use(moved, {**entries(one.receiver.url)["teams"], "id": "ops"}).told()
    well_again(one).told().told()
    assert "Resolved: " in one.receiver.kinds("teams")[-1]


def test_what_cannot_be_delivered_for_a_day_is_set_aside_with_its_reason_and_can_be_replayed(one: Desk) -> None:
    misled(one).use(entries(one.receiver.url)["webhook"]).turn(minutes=10)
    for _ in range(MOST_ATTEMPTS):
        one.receiver.answer(500)
    one.deliver(timedelta(days=3))
    (envelope,) = one.queues.parked
    assert "unavailable: 500" in envelope
    keep(Outbox.NOTIFY, "id-1", envelope.encode())
    (parked,), _ = one.life.world.journal.parked(None, 10)
    assert (parked.queue, parked.reason) == (
        "notify",
        "unavailable: 500: the notification was not taken; try again later",
    )
    outcome = poison.replay(parked.parked_id, "jane", one.life.world)
    for posting in outcome.postings:
        one.queues.post(posting)
    one.deliver()
    assert one.causes() == ["outage"]


def test_an_end_that_was_set_aside_can_be_replayed(one: Desk) -> None:
    one.use(entries(one.receiver.url)["pagerduty"])
    misled(one).told(minutes=10)
    well_again(one).turn()
    for _ in one.queues.waiting:
        one.receiver.answer(400)
    one.deliver().told(hours=1)
    (envelope,) = [each for each in one.queues.parked if '\\"resolved\\"' in each]
    keep(Outbox.NOTIFY, "id-1", envelope.encode())
    (parked_one,), _ = one.life.world.journal.parked(None, 10)
    for posting in poison.replay(parked_one.parked_id, "jane", one.life.world).postings:
        one.queues.post(posting)
    one.deliver()
    assert one.receiver.kinds("pagerduty") == ["trigger", "resolve"]
    assert one.receiver.open == set()


def test_what_is_refused_for_what_it_is_goes_to_a_person_at_once(one: Desk) -> None:
    misled(one).use(entries(one.receiver.url)["webhook"]).turn(minutes=10)
    one.receiver.answer(400)
    one.deliver()
    assert "rejected: 400" in one.queues.parked[0]
    assert one.turn(minutes=5).queues.waiting == []


def test_a_queue_that_is_away_loses_nothing(one: Desk, caplog: pytest.LogCaptureFixture) -> None:
    misled(one)
    one.queues.is_away = True
    one.turn(minutes=10).turn(minutes=5)
    assert "telling left to the next turn" in caplog.text
    one.queues.is_away = False
    one.told(minutes=5)
    assert one.causes() == ["outage"]
    assert one.receiver.kinds("pagerduty") == ["trigger"]


class Away(MemoryIncidents):
    """A table that is away."""

    def about(self, tenant_id: UUID) -> Any:  # noqa: ANN401 - nothing comes
        raise Unavailable(f"storage: read from incidents about {tenant_id}")


def test_a_table_that_is_away_keeps_nobody_from_work_and_the_next_look_finds_it(one: Desk) -> None:
    world = one.life.world
    one.life.world = replace(world, incidents=Away())
    misled(one)
    assert one.life.scene.record().verdict == "drifted"
    one.life.world = world
    one.life.later(hours=1)
    one.told(minutes=10)
    assert one.causes() == ["outage"]


def test_who_dies_between_the_record_and_the_incident_leaves_it_to_the_timer(one: Desk) -> None:
    misled(one).told(minutes=10)
    world = one.life.world
    one.life.world = replace(world, incidents=Away())
    well_again(one)
    one.life.world = world
    one.told()
    assert one.causes() == ["outage"], "a look that could not note what it found has ended nothing yet"
    one.life.clock.advance(hours=2)
    one.told()
    assert one.causes() == []


def many(one: Desk, count: int) -> None:
    for number in range(1, count + 1):
        now = one.life.clock()
        subject = Subject(UUID(int=number), f"customer {number}", "eu")
        incident = Incident(subject, TO, IncidentCause.OUTAGE, Severity.CRITICAL, "it is gone", now, now)
        one.life.world.incidents.add(incident)


@pytest.mark.parametrize(("count", "told"), [(10, 10), (11, 1)])
def test_more_than_ten_tenants_are_one_incident(one: Desk, count: int, told: int) -> None:
    many(one, count)
    one.told(minutes=10).told(minutes=5)
    assert one.receiver.kinds("pagerduty") == ["trigger"] * told


def test_a_letter_that_nobody_can_read_is_set_aside(one: Desk) -> None:
    telling.tell(b"nonsense")
    assert "invalid_message" in one.queues.parked[0]


def test_a_letter_about_what_is_forgotten_or_to_nobody_tells_nothing(one: Desk) -> None:
    telling.tell(encode_letter(Letter(TENANT_ID, "a" * 32, "webhook", News.OPENED)))
    misled(one).turn(minutes=10)
    (incident,) = [each for each in rows(one) if each.phase is Phase.OPEN]
    telling.tell(encode_letter(Letter(TENANT_ID, incident.incident_id, "nobody", News.OPENED)))
    telling.tell(encode_letter(Letter(TENANT_ID, incident.incident_id, "webhook", News.RESOLVED)))
    assert (one.receiver.told, one.queues.parked) == ([], [])


def test_a_letter_delivered_twice_tells_once(one: Desk) -> None:
    misled(one).turn(minutes=10)
    one.queues.waiting *= 2
    one.deliver()
    assert one.receiver.kinds("pagerduty") == ["trigger"]
    assert len(one.receiver.kinds("teams")) == 1


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_waits_grow_with_jitter_and_keep_to_what_was_asked_for(chance: float) -> None:
    letter = Letter(TENANT_ID, "a" * 32, "ops", News.OPENED)
    waits = []
    for attempt in range(1, MOST_ATTEMPTS):
        posting = later(Unavailable("away"), replace(letter, attempt=attempt), chance)
        assert posting is not None
        assert posting.letter.attempt == attempt + 1
        waits.append(posting.delay)
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=7)
    assert timedelta(hours=12) <= sum(waits, timedelta(0)) <= timedelta(hours=36)
    asked = later(Throttled("slower", timedelta(minutes=3)), letter, chance)
    assert asked is not None
    assert timedelta(minutes=3) <= asked.delay <= timedelta(minutes=3, seconds=1)
    assert later(Unavailable("away"), replace(letter, attempt=MOST_ATTEMPTS), chance) is None
    assert later(Rejected("never"), letter, chance) is None
    assert later(SinkGone("gone"), letter, chance) is None
