"""What an operator wants of the whole fleet: at once, for whom it is meant, and over by itself."""

from dataclasses import replace
from uuid import UUID

import pytest

from shared.application.fleet import fleet_turn
from shared.application.handlers import handle_reconcile, handle_verify
from shared.application.wishing import FLEET, freeze, pause_fleet, release, resume_fleet
from shared.domain.decisions import Suspension
from shared.domain.errors import InvalidRequest
from shared.domain.messages import Cause
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict
from tests.application.life import HOUR, LOOP_CHECK, POLICY, REDIRECT, Life
from tests.fakes import Clock, new_message, new_policy, new_tenant, new_world


@pytest.fixture
def life() -> Life:
    return Life(rules=1).active()


def suspension(life: Life, hours: int = 4) -> Suspension:
    return Suspension("jane", "their filter is down", life.clock.now, life.clock.now + hours * HOUR)


@pytest.mark.parametrize("scope", ["all", "eu"])
def test_a_pause_of_the_fleet_switches_redirect_off_and_ends_by_itself(life: Life, scope: str) -> None:
    pause_fleet(scope, suspension(life), life.world)
    life.run(fleet_turn(life.world, POLICY))
    assert (life.items()[REDIRECT], life.items()[LOOP_CHECK]) == ("off", "on")
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    life.later(hours=2)
    assert life.items()[REDIRECT] == "off"
    life.later(hours=3)
    assert life.items()[REDIRECT] == "on"
    assert life.world.wishes.get().fleet.pauses == {}
    told = [(event.subject, event.after, event.actor) for event in life.world.history.page(FLEET, None, 9)[0]][::-1]
    assert (told[0][0], told[0][2], told[-1]) == (f"pause {scope}", "jane", (f"pause {scope}", "is over", "keeper"))


def test_the_end_of_a_pause_of_the_fleet_is_told_before_it_comes_and_when_it_is_there(life: Life) -> None:
    pause_fleet("eu", suspension(life), life.world)
    life.run(fleet_turn(life.world, POLICY))
    assert life.later(hours=2) == []
    assert life.later(hours=1.5) == ["pause eu ends soon"]
    assert life.later(hours=1) == ["pause eu is over"]
    assert life.later(hours=1) == []


def test_a_pause_of_another_region_touches_nobody_here(life: Life) -> None:
    writes = life.scene.writes()
    pause_fleet("us", suspension(life), life.world)
    life.run(fleet_turn(life.world, POLICY))
    life.later(hours=1)
    assert life.scene.writes() == writes


def test_a_pause_counts_at_once_even_where_no_message_has_come_yet(life: Life) -> None:
    life.scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    pause_fleet("all", suspension(life), life.world)
    message = new_message(Cause.DRIFT, life.scene.record().generation)
    handle_reconcile(message, life.world, POLICY)
    assert life.items()[REDIRECT] == "off"


def test_a_pause_that_comes_in_the_middle_of_a_repair_keeps_redirect_off(life: Life) -> None:
    life.scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    exchange = life.world.exchange

    class Paused:
        """Exchange, and somebody who pauses the fleet after the first look."""

        def observe(self, tenant: object) -> object:
            seen = exchange.observe(tenant)  # type: ignore[arg-type]
            pause_fleet("all", suspension(life), life.world)
            return seen

        apply = exchange.apply

    world = replace(life.world, exchange=Paused())  # type: ignore[arg-type]
    life.clock.advance(hours=1)
    with pytest.raises(Exception, match="paused by now"):
        handle_reconcile(new_message(Cause.DRIFT, life.scene.record().generation), world, POLICY)
    assert life.items()[REDIRECT] == "off"


def test_who_paused_it_can_end_it_before_its_time(life: Life) -> None:
    pause_fleet("all", suspension(life), life.world)
    life.run(fleet_turn(life.world, POLICY))
    resume_fleet("all", "joe", life.world)
    life.later(seconds=1)
    assert life.items()[REDIRECT] == "on"


def test_two_pauses_hold_until_the_later_one_ends(life: Life) -> None:
    pause_fleet("all", suspension(life, hours=2), life.world)
    pause_fleet("eu", suspension(life, hours=6), life.world)
    life.run(fleet_turn(life.world, POLICY))
    life.later(hours=3)
    assert life.items()[REDIRECT] == "off"
    life.later(hours=4)
    assert life.items()[REDIRECT] == "on"


def test_only_active_tenants_of_the_scope_are_asked_and_each_once() -> None:
    clock = Clock()
    world, policy = new_world(clock=clock), new_policy()
    for number in range(1, 2001):
        stage = Stage.ACTIVE if number % 2 else Stage.STAGED
        region = Region.EU if number % 4 == 1 else Region.AU
        world.tenants.add(new_tenant(stage, UUID(int=number), region=region))
    pause_fleet("eu", Suspension("jane", "x", clock.now, clock.now + HOUR), world)
    asked = [delivery.message for delivery in fleet_turn(world, policy)]
    assert {message.tenant_id.int % 4 for message in asked} == {1}
    assert len({message.tenant_id for message in asked}) == len(asked) == 500
    assert list(fleet_turn(world, policy)) == []


def test_a_fan_out_that_dies_half_way_begins_again() -> None:
    clock = Clock()
    world, policy = new_world(clock=clock), new_policy()
    for number in range(1, 101):
        world.tenants.add(new_tenant(Stage.ACTIVE, UUID(int=number)))
    pause_fleet("all", Suspension("jane", "x", clock.now, clock.now + HOUR), world)
    half = fleet_turn(world, policy)
    for _ in range(50):
        next(half)
    half.close()  # type: ignore[attr-defined]
    assert len(list(fleet_turn(world, policy))) == 100


def test_tenants_come_back_one_after_another() -> None:
    clock = Clock()
    world, policy = new_world(clock=clock), new_policy()
    for number in range(1, 301):
        world.tenants.add(new_tenant(Stage.ACTIVE, UUID(int=number << 64 | 1)))
    pause_fleet("all", Suspension("jane", "x", clock.now, clock.now + HOUR), world)
    list(fleet_turn(world, policy))
    clock.advance(hours=2)
    delays = [delivery.delay for delivery in fleet_turn(world, policy)]
    assert len(delays) == 300
    assert max(delays) < policy.period
    minutes = [delay.total_seconds() // 60 for delay in delays]
    assert max(minutes.count(minute) for minute in set(minutes)) < 20


def test_frozen_repairs_write_nothing_and_everything_is_still_watched(life: Life) -> None:
    freeze("jane", "too many at once", life.world)
    life.scene.administrator("Remove-TransportRule", Identity=REDIRECT)
    writes = life.scene.writes()
    life.later(hours=1)
    assert life.now() == (Stage.ACTIVE, Verdict.DRIFTED)
    outcome = handle_verify(new_message(Cause.RECHECK, life.scene.record().generation), life.world, POLICY)
    assert (outcome.note, outcome.deliveries) == ("repairs of the fleet are frozen", ())
    assert life.scene.writes() == writes
    release("joe", life.world)
    life.later(hours=1)
    assert life.items()[REDIRECT] == "on"


def test_a_person_may_repair_one_tenant_of_a_frozen_fleet_and_new_ones_come_in() -> None:
    life = Life(rules=1)
    freeze("jane", "too many at once", life.world)
    life.active().scene.administrator("Remove-TransportRule", Identity=REDIRECT)
    life.ask("remediate")
    assert life.items()[REDIRECT] == "on"


def test_too_many_broken_at_once_freeze_the_repairs_of_all_until_a_person_releases_them() -> None:
    life = Life(rules=1).active()
    for number in range(1, 20):
        life.world.tenants.add(new_tenant(Stage.STAGED, UUID(int=number), next_check_at=life.clock.now + 99 * HOUR))
    life.later(hours=2)
    for number in range(1, 11):
        life.world.journal.broke(UUID(int=number), life.clock.now)
    assert life.world.wishes.get().fleet.freeze is None
    life.scene.administrator("Remove-TransportRule", Identity=REDIRECT)
    writes = life.scene.writes()
    life.later(minutes=59)
    frozen = life.world.wishes.get().fleet.freeze
    assert frozen is not None
    assert (frozen.by, frozen.reason) == ("keeper", "11 of 20 tenants were found broken within an hour")
    assert life.scene.writes() == writes
    life.later(hours=9)
    assert life.scene.writes() == writes
    release("jane", life.world)
    life.later(hours=1)
    assert life.items()[REDIRECT] == "on"


def test_the_first_who_freezes_is_remembered_and_unknown_scopes_are_refused(life: Life) -> None:
    freeze("jane", "first", life.world)
    freeze("joe", "second", life.world)
    frozen = life.world.wishes.get().fleet.freeze
    assert frozen is not None
    assert (frozen.by, frozen.reason) == ("jane", "first")
    for wrong in ("mars", "", "EU"):
        with pytest.raises(InvalidRequest):
            pause_fleet(wrong, suspension(life), life.world)
        with pytest.raises(InvalidRequest):
            resume_fleet(wrong, "joe", life.world)
