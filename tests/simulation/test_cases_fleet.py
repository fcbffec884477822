"""Many tenants at once: cases P14 and P18 to P20."""

import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shared.application.wishing import release
from shared.domain.messages import Queue, decode, encode
from shared.domain.tenants import Stage, Verdict
from tests.fakes import NoExchange, new_message
from tests.simulation.faults import Fault
from tests.simulation.fleets import fleet
from tests.simulation.sim import Setting, Sim
from tests.simulation.written import SEEDS

MINUTE = timedelta(minutes=1)


def an_hour(sim: Sim, minutes: int = 61) -> None:
    """Let the timer fire every minute."""
    for _ in range(minutes):
        sim.tick()
        sim.run(sim.clock.now + MINUTE)


def waits_of(sim: Sim, but: set[UUID]) -> list[float]:
    return sorted(seconds for body, seconds, _ in sim.queues.waits if decode(body).tenant_id not in but)


@pytest.mark.parametrize("seed", SEEDS)
def test_p14_a_tenant_that_hangs_keeps_nobody_waiting_and_is_soon_left_alone(seed: int) -> None:
    waits = []
    for hangs in (False, True):
        sim, stub, ids = fleet(seed, 60 if seed else 201, Setting(workers=4))
        hung = min(ids, key=lambda tenant_id: sim.raw.tenants.get(tenant_id).tenant.next_check_at)
        if hangs:
            stub.hanging.add(hung)
        an_hour(sim)
        waits.append(waits_of(sim, {hung}))
        assert all(1 <= stub.looks[tenant_id] <= 2 for tenant_id in ids if tenant_id != hung), seed
        assert sim.bugs == []
        assert sim.queues.most_deliveries == 1
        if hangs:
            record = sim.raw.tenants.get(hung).tenant
            assert record.failures >= 5, seed
            assert record.not_before is not None, seed
            assert stub.looks[hung] <= 14, stub.looks[hung]
    before, after = (each[len(each) * 95 // 100] for each in waits)
    assert after <= before * 1.1 + 5, (seed, before, after)


def asked_for(sim: Sim) -> Counter[UUID]:
    return Counter(decode(letter.body).tenant_id for letter in sim.queues.letters)


@pytest.mark.parametrize("seed", SEEDS)
def test_p18_a_timer_that_fires_twice_late_or_dies_asks_for_nobody_twice(seed: int) -> None:
    sim, stub, ids = fleet(seed, 20, Setting(workers=0))
    sim.live_in(replace(sim.raw, exchange=NoExchange()))
    sim.clock.advance(hours=10)
    if seed % 2:
        sim.faults[1 + seed * 2] = Fault.CRASH_AFTER
    sim.tick()
    sim.tick()
    sim.run(sim.clock.now + MINUTE)
    assert set(asked_for(sim).values()) == {1}, seed
    sim.tick()
    sim.run(sim.clock.now + MINUTE)
    # One whose turn was claimed by the timer that died comes at its next turn, which is at most a period away.
    assert len(asked_for(sim)) >= len(ids) - 1, seed
    sim.run(sim.clock.now + timedelta(hours=1))
    sim.tick()
    sim.run(sim.clock.now + MINUTE)
    assert set(asked_for(sim)) == set(ids), seed
    assert stub.looks == {}
    last = sim.raw.journal.last_sweep()
    assert last is not None
    assert sim.clock.now - last < timedelta(minutes=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_p10_tenants_that_are_throttled_keep_nobody_else_waiting(seed: int) -> None:
    waits = []
    for busy in (0, 3):
        sim, stub, ids = fleet(seed, 60, Setting(workers=2))
        stub.throttled = set(ids[:busy])
        an_hour(sim)
        waits.append(waits_of(sim, set(ids[:3])))
        assert all(1 <= stub.looks[tenant_id] <= 2 for tenant_id in ids[3:]), seed
        assert sim.queues.most_deliveries == 1
        assert sim.queues.poison == []
    before, after = (each[len(each) * 95 // 100] for each in waits)
    assert after <= before * 1.1 + 5, (seed, before, after)


def sign_ups(sim: Sim, ids: list[UUID]) -> set[bytes]:
    """Let sign-ups come at any moment of the next hour; gives their messages."""
    bodies = set()
    for tenant_id in ids:
        body = encode(replace(new_message(), tenant_id=tenant_id, generation=2))
        sim.queues.put(Queue.PROVISION, body, timedelta(seconds=sim.dice.randrange(3600)))
        bodies.add(body)
    return bodies


# The first is the case itself; the others are its shape, many times.
@pytest.mark.parametrize(("seed", "count"), [(0, 5000), *((seed, 300) for seed in SEEDS[1:])])
def test_p19_a_fleet_is_looked_at_once_an_hour_evenly_and_in_little_memory_and_sign_ups_do_not_wait(
    seed: int, count: int
) -> None:
    sim, stub, ids = fleet(seed, count, Setting(slowness=0.02))
    stub.broken = set(ids[: count // 100])
    stub.throttled = set(ids[-10:])
    new = sign_ups(sim, ids[count // 2 :][:20])
    well = set(ids) - stub.broken - stub.throttled
    an_hour(sim, minutes=57)
    tracemalloc.start()
    an_hour(sim, minutes=3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * 2**20
    # The hour's last turns are a minute late at most, and the first ones of the next hour may be among these.
    assert sum(1 <= stub.looks[tenant_id] <= 3 for tenant_id in well) > 0.95 * len(well)
    assert max(stub.looks[tenant_id] for tenant_id in well) <= 4
    minutes = Counter(
        moment.replace(second=0, microsecond=0) for body, _, moment in sim.queues.waits if body not in new
    )
    assert max(minutes.values()) < 2 * count / 60 + 20
    waits = waits_of(sim, stub.throttled)
    assert waits[len(waits) * 99 // 100] < 60
    assert max(seconds for body, seconds, _ in sim.queues.waits if body in new) < 60
    assert max(stub.looks[tenant_id] for tenant_id in stub.throttled) <= 31
    assert sim.bugs == []
    seen = [tenant_id for tenant_id in well if stub.looks[tenant_id]]
    assert {sim.raw.tenants.get(tenant_id).tenant.verdict for tenant_id in seen} == {Verdict.HEALTHY}


@pytest.mark.parametrize("seed", SEEDS)
def test_p20_a_fleet_that_breaks_at_once_is_not_repaired_before_a_person_says_so(seed: int) -> None:
    sim, stub, ids = fleet(seed, 40, Setting(workers=3))
    an_hour(sim, minutes=2)
    stub.broken = set(ids[:16])
    an_hour(sim)
    frozen = sim.raw.wishes.get().fleet.freeze
    assert frozen is not None, seed
    assert len(set(stub.repairs)) <= 10 + sim.setting.workers, seed
    repaired, looked = len(stub.repairs), stub.looks.total()
    an_hour(sim)
    assert len(stub.repairs) == repaired, seed
    assert stub.looks.total() >= looked + len(ids), seed
    drifted = [t for t in ids if sim.raw.tenants.get(t).tenant.verdict is Verdict.DRIFTED]
    assert set(drifted) == stub.broken, seed
    release("jane", sim.raw)
    an_hour(sim)
    an_hour(sim, minutes=5)
    assert stub.broken == set(), seed
    assert {sim.raw.tenants.get(t).tenant.stage for t in ids} == {Stage.ACTIVE}
