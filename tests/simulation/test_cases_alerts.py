"""What people are told in the cases P04, P06, P08, P10 to P13, P16 to P18 and P20: once, in time, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from local.twin.faults import Fault as Answer
from local.twin.positions import Replicas
from shared.application.handlers import Outcome
from shared.application.ports import Policy, World
from shared.domain.messages import Delivery, Message, Queue
from shared.domain.tenants import Verdict
from tests.fakes import TENANT_ID, new_message
from tests.simulation.damage import LOOP_CHECK
from tests.simulation.fleets import fleet
from tests.simulation.garbage import garbage
from tests.simulation.parts import begin
from tests.simulation.sim import Setting, Sim
from tests.simulation.told import alerts, all_alerts
from tests.simulation.written import SEEDS

HEARD = Setting(is_heard=True)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
US = (str(TENANT_ID),)


def active(seed: int) -> tuple[Sim, datetime]:
    """A healthy active tenant whose telemetry is heard, and the moment."""
    sim = Sim(seed, HEARD, begin("active"))
    return sim, sim.clock.now


def hours(sim: Sim, count: int) -> None:
    """Let the timer fire four times an hour."""
    sim.later(count, ticks=4 * count)
    sim.run(sim.clock.now + timedelta(minutes=5))


def test_p04_copies_that_lag_alarm_nobody_while_a_tenant_is_made_ready_and_activated() -> None:
    for seed in SEEDS:
        sim = Sim(seed, HEARD)
        start = sim.clock.now
        sim.scene.directory.switches.replicas = Replicas.LAGGING
        sim.scene.directory.reads = seed
        sim.sign_up()
        sim.run()
        sim.ask("activate")
        sim.run()
        assert sim.tenant().verdict is Verdict.HEALTHY, seed
        assert all_alerts(sim.told, start, sim.clock.now + HOUR) == {}, seed


def test_p08_a_healthy_tenant_alarms_nobody() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        hours(sim, 4)
        assert len([row for row in sim.told.rows if row["Name"] == "tenant.verified"]) >= 4
        assert all_alerts(sim.told, start, sim.clock.now) == {}, seed


def test_p06_a_lost_loop_check_is_told_once_and_at_once_with_the_tenant_though_it_is_mended() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        sim.administrator(("Remove-TransportRule", {"Identity": LOOP_CHECK}))
        hours(sim, 2)
        found = next(row for row in sim.told.rows if row["Name"] == "drift.detected")
        assert sim.tenant().verdict is Verdict.HEALTHY, seed
        assert found["Properties"]["item"] == LOOP_CHECK
        ((moment, series),) = alerts(sim.told, "mail-outage", start, sim.clock.now)
        assert series == US
        assert found["TimeGenerated"] < moment <= found["TimeGenerated"] + timedelta(minutes=5), seed


@pytest.mark.parametrize("long", [False, True])
def test_p10_throttling_is_told_after_an_hour_and_not_before(long: bool) -> None:  # noqa: FBT001 - the parameter
    for seed in SEEDS:
        sim, start = active(seed)
        busy = Answer("*", status=429, headers={"Retry-After": "120"}, times=10**6)
        sim.scene.directory.faults.append(busy)
        hours(sim, 1)
        if long:
            hours(sim, 2)
        sim.scene.directory.faults.clear()
        hours(sim, 1)
        told = alerts(sim.told, "throttled", start, sim.clock.now)
        assert [series for _, series in told] == ([()] if long else []), (seed, told)
        assert all(moment > start + HOUR for moment, _ in told)


def test_p11_two_periods_without_a_read_are_one_warning() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        sim.scene.directory.faults.append(Answer("Get-TransportRule", status=500, times=10**6))
        hours(sim, 6)
        ((moment, series),) = alerts(sim.told, "verify-unknown", start, sim.clock.now)
        assert series == ("eu",)
        assert moment - start > 2 * HOUR, seed
        assert alerts(sim.told, "mail-outage", start, sim.clock.now) == []


def test_p12_a_withdrawn_consent_is_told_once_a_day_until_it_is_back() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        sim.scene.directory.switches.turn({"consent": False})
        hours(sim, 24)
        assert [series for _, series in alerts(sim.told, "access-lost", start, sim.clock.now)] == [US], seed
    assert all_alerts(sim.told, start, sim.clock.now).keys() == {"access-lost"}


def test_p13_a_fight_is_told_once_by_its_object_its_times_and_who_fights() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        dice = Random(seed)
        for _ in range(4):
            sim.administrator(("Set-TransportRule", {"Identity": LOOP_CHECK, "StopRuleProcessing": False}))
            hours(sim, 1 + dice.randrange(2))
        assert sim.tenant().verdict is Verdict.CONTESTED, seed
        ((_, series),) = alerts(sim.told, "contested", start, sim.clock.now)
        assert series == US
        last = [row for row in sim.told.rows if row["Name"] == "tenant.verified"][-1]
        assert LOOP_CHECK in last["Properties"]["items"]
        rule = next(rule for rule in sim.scene.state()["transport_rules"] if rule["Name"] == LOOP_CHECK)
        assert f"last by {rule['LastModifiedBy']}" in sim.tenant().reason
        assert sim.tenant().reason.count(f"{start:%Y-%m-%dT}") >= 1, sim.tenant().reason


def test_p16_garbage_is_told_once_for_each_reason_in_an_hour() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        for _ in range(2):
            for body in garbage():
                sim.queues.put(Queue.VERIFY, body)
            sim.run(sim.clock.now + 20 * MINUTE)
            sim.keep_poison()
        hours(sim, 1)
        told = all_alerts(sim.told, start, sim.clock.now)
        assert [series for _, series in told.pop("parked-messages")] == [("verify", "invalid_message")], seed
        assert told == {}, seed


def test_p17_a_message_that_fails_five_times_is_told_once_and_soon() -> None:
    def buggy(_message: Message, _world: World, _policy: Policy) -> Outcome:
        raise RuntimeError("a bug")

    for seed in SEEDS:
        sim = Sim(seed, replace(HEARD, handlers=dict.fromkeys(Queue, buggy)), begin("active"))
        start = sim.clock.now
        sim.send([Delivery(Queue.VERIFY, replace(new_message(), generation=2))])
        sim.run(start + 10 * MINUTE)
        sim.keep_poison()
        kept = sim.clock.now
        sim.run(start + HOUR)
        ((moment, series),) = alerts(sim.told, "poison-moved", start, sim.clock.now)
        assert series == ("verify",)
        assert moment <= kept + 5 * MINUTE, seed


def test_p18_a_timer_that_stands_still_is_told_within_two_periods_and_resolved_when_it_is_back() -> None:
    for seed in SEEDS:
        sim, start = active(seed)
        for _ in range(24):
            sim.tick()
            sim.run(sim.clock.now + 5 * MINUTE)
        stopped = sim.clock.now
        sim.run(stopped + 3 * HOUR)
        missing = alerts(sim.told, "sweep-missing", start + 10 * MINUTE, sim.clock.now)
        assert [series for _, series in missing] == [()], seed
        assert missing[0][0] <= stopped + 2 * HOUR
        sim.tick()
        sim.run(sim.clock.now + MINUTE)
        # A second alert would need a resolved first one: it is silent from here on.
        assert alerts(sim.told, "sweep-missing", sim.clock.now, sim.clock.now + 20 * MINUTE) == [], seed


def test_p20_a_fleet_that_breaks_at_once_is_one_alert_for_the_brake_and_not_one_for_each_tenant() -> None:
    for seed in SEEDS:
        sim, stub, ids = fleet(seed, 40, Setting(workers=3, is_heard=True))
        start = sim.clock.now
        stub.broken = set(ids[:16])
        for _ in range(64):
            sim.tick()
            sim.run(sim.clock.now + MINUTE)
        told = all_alerts(sim.told, start, sim.clock.now)
        assert [series for _, series in told["brake-engaged"]] == [()], seed
        # Whose mail fails is told apart up to ten tenants, and as one from then on.
        assert len(told.pop("mail-outage")) <= 11, seed
        assert sum(map(len, told.values())) <= 2, (seed, told)
