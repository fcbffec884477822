"""What Exchange and Entra may answer, and what is in the queues: cases P10 to P12, and P15 to P17."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest

from local.twin.faults import Fault as Answer
from local.twin.wire import Delivery as Way
from shared.application.handlers import Outcome
from shared.application.poison import decide, replay
from shared.application.ports import Policy, World
from shared.domain.messages import Delivery, Fate, Message, Queue
from shared.domain.tenants import Stage, Verdict
from tests.fakes import CANARY, new_message
from tests.simulation.damage import REDIRECT
from tests.simulation.faults import Fault
from tests.simulation.garbage import garbage
from tests.simulation.parts import at, begin
from tests.simulation.settling import settled
from tests.simulation.sim import HANDLERS, Setting, Sim
from tests.simulation.written import SEEDS, asked, mark, spoken, writes

WAITS: dict[str, Callable[[datetime], dict[str, str]]] = {
    "seconds": lambda _: {"Retry-After": "120"},
    "date": lambda now: {"Retry-After": format_datetime(now.astimezone(UTC) + timedelta(seconds=120), usegmt=True)},
    "nothing": lambda _: {},
}


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("part", ["provision", "repair"])
def test_p10_who_is_throttled_asks_nothing_before_the_time_and_loses_no_attempt(part: str, wait: str) -> None:
    plain = at(part, 0, Setting())
    plain.run()
    for number in [count for count, (port, _) in enumerate(plain.trace, 1) if port == "exchange"]:
        sim = at(part, number, Setting(faults={number: Fault.THROTTLED}, workers=2))
        moment = sim.clock.now
        sim.answers[Fault.THROTTLED] = {"status": 429, "headers": WAITS[wait](moment)}
        sim.run()
        times = [datetime.fromisoformat(entry["time"]) for entry in asked(sim)]
        refused = [time for time, entry in zip(times, asked(sim), strict=True) if entry["status"] == 429]
        assert refused, number
        if wait != "nothing":
            earliest = (refused[-1] if wait == "seconds" else moment) + timedelta(seconds=119)
            assert not [time for time in times if refused[-1] < time < earliest], number
        assert sim.queues.most_deliveries == 1, number
        assert sim.queues.poison == []
        assert settled(sim) == [], number


READS = ("Get-InboundConnector", "Get-OutboundConnector", "Get-TransportRule", "Get-ArcConfig")
BAD: dict[str, dict[str, object]] = {
    **{str(status): {"status": status} for status in (401, 403, 404, 500)},
    "reset": {"delivery": Way.RESET},
    "cut": {"delivery": Way.DRIP},
    "empty": {"empty": True},
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("read", READS)
def test_p11_a_read_that_fails_is_unknown_and_never_absent(read: str, bad: str) -> None:
    for seed in SEEDS:
        sim = Sim(seed, begin=begin("active"))
        before, start = sim.scene.state(), mark(sim)
        sim.scene.directory.faults.append(Answer(read, times=10**6, **BAD[bad]))  # type: ignore[arg-type]
        sim.later(2)
        sim.run(sim.clock.now + timedelta(minutes=20))
        tenant = sim.tenant()
        assert writes(sim, start) == [], seed
        assert sim.scene.state() == before
        assert "missing" not in " ".join(tenant.items.values()), seed
        assert tenant.verdict is not Verdict.HEALTHY, (seed, tenant.reason)
        sim.scene.directory.faults.clear()
        assert settled(sim) == [], seed


@pytest.mark.parametrize("part", ["provision", "activate", "repair"])
def test_p12_a_token_that_ends_in_the_middle_is_asked_for_once_more_and_the_call_repeated(part: str) -> None:
    plain = at(part, 0, Setting())
    start = mark(plain)
    plain.run()
    done = [spoken(entry) for entry in writes(plain, start)]
    for number in [count for count, (port, _) in enumerate(plain.trace, 1) if port == "exchange"]:
        sim = at(part, 0, Setting(faults={number: Fault.REFUSED}))
        sim.answers[Fault.REFUSED] = {"status": 401, "times": 1}
        sim.run()
        assert tokens(sim) == tokens(plain) + 1, number
        assert len(sim.trace) == len(plain.trace), number
        assert [spoken(entry) for entry in writes(sim, start) if entry["committed"]] == done, number
        assert settled(sim) == [], number


def tokens(sim: Sim) -> int:
    """How many tokens were asked for."""
    return len([received for received in sim.scene.seen if received.path.endswith("/token")])


MISSING: dict[str, tuple[dict[str, object], Verdict]] = {
    "consent": ({"consent": False}, Verdict.NEEDS_CONSENT),
    "permission": ({"app_permission": False}, Verdict.NEEDS_CONSENT),
    "role": ({"role": "none"}, Verdict.NEEDS_ROLE),
}
_AGAIN = {"consent": True, "app_permission": True, "role": "exchange_administrator"}


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize("part", ["provision", "repair", "activate"])
def test_p12_a_permission_that_goes_at_any_moment_parks_nothing_and_is_noticed_when_it_is_back(
    part: str, what: str
) -> None:
    positions, verdict = MISSING[what]
    for seed in SEEDS:
        sim = at(part, seed, Setting())
        sim.happenings[1 + seed * 2] = lambda sim=sim: sim.scene.directory.switches.turn(positions)  # type: ignore[misc]
        sim.run()
        for _ in range(3):
            sim.later()
            sim.run()
        assert sim.tenant().verdict in (verdict, Verdict.NEEDS_HUMAN, Verdict.UNKNOWN), seed
        assert sim.queues.poison == []
        start = tokens(sim)
        sim.later()
        sim.run()
        assert tokens(sim) - start <= 3
        sim.scene.directory.switches.turn(_AGAIN)
        assert settled(sim) == [], seed


def test_p12_a_tenant_that_is_gone_is_said_to_be_gone() -> None:
    sim = Sim(begin=begin("active"))
    sim.scene.twin._tenants.clear()
    sim.later()
    sim.run()
    assert sim.tenant().verdict is Verdict.TENANT_GONE
    assert sim.queues.poison == []


@pytest.mark.parametrize("part", ["provision", "activate", "repair", "move", "offboard"])
def test_p15_three_deliveries_to_two_workers_do_what_one_does(part: str) -> None:
    plain = at(part, 0, Setting())
    start = mark(plain)
    plain.run()
    settled(plain)
    wanted = sorted(entry["cmdlet"] for entry in writes(plain, start))
    for seed in SEEDS:
        sim = at(part, seed, Setting(workers=2))
        for letter in list(sim.queues.letters):
            for _ in range(2):
                sim.queues.put(letter.queue, letter.body)
        sim.run()
        assert settled(sim) == [], seed
        assert sorted(entry["cmdlet"] for entry in writes(sim, start)) == wanted, seed
        assert sim.queues.most_deliveries == 1, seed


def test_p16_garbage_is_kept_with_its_reason_and_the_next_message_is_worked_on() -> None:
    for seed in SEEDS:
        sim = Sim(seed, Setting(workers=2))
        bodies = garbage()
        Random(seed).shuffle(bodies)
        for body in bodies:
            sim.queues.put(Queue.VERIFY, body)
        sim.sign_up()
        sim.run()
        assert (sim.tenant().stage, sim.tenant().verdict) == (Stage.STAGED, Verdict.HEALTHY), seed
        assert len(sim.queues.poison) == len(bodies), seed
        sim.keep_poison()
        kept = list(sim.raw.journal.kept.values())  # type: ignore[attr-defined]
        assert len(kept) == len(bodies), seed
        assert all(parked.reason.startswith("invalid_message") for parked in kept)
        assert max(len(parked.body) for parked in kept) <= 50 * 1024
        assert sim.bugs == []


def test_p17_what_fails_five_times_is_kept_for_a_person_who_can_send_it_once_more() -> None:
    def buggy(_message: Message, _world: World, _policy: Policy) -> Outcome:
        raise RuntimeError(f"a bug that shows {CANARY}")

    for seed in SEEDS:
        sim = Sim(seed, Setting(workers=2, handlers=dict.fromkeys(Queue, buggy)), begin("active"))
        sim.send([Delivery(Queue.VERIFY, replace(new_message(), generation=2))])
        sim.run()
        assert len(sim.bugs) == 5, seed
        (letter,) = sim.queues.poison
        sim.queues.poison.append(letter)  # copy and delete are two steps: it may be there twice
        sim.keep_poison()
        ((parked),) = sim.raw.journal.kept.values()  # type: ignore[attr-defined]
        assert parked.reason.startswith("delivered_too_often"), seed
        assert CANARY not in repr(parked)
        sim.setting.handlers.update(HANDLERS)
        sim.bugs.clear()
        sim.administrator(("Remove-TransportRule", {"Identity": REDIRECT}))
        sim.send(replay(parked.parked_id, "jane", sim.raw).deliveries)
        decide(parked.parked_id, Fate.REPLAYED, "jane", sim.raw)
        sim.run()
        assert sim.scene.items()[REDIRECT] == "on", seed
        assert settled(sim) == [], seed
