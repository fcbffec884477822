"""The timer's turn: it only asks, once a tenant and period, however often it fires."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shared.application.health import health_problem
from shared.application.recheck import handle_recheck
from shared.domain.errors import Unavailable
from shared.domain.messages import Queue
from shared.domain.tenants import Record, Stage, Tenant
from tests.fakes import NOW, Clock, MemoryTenants, new_policy, new_tenant, new_world


def fleet(size: int, stage: Stage = Stage.ACTIVE) -> list[UUID]:
    return [UUID(int=number << 64 | 1) for number in range(1, size + 1)] if stage else []


def test_each_due_tenant_is_asked_for_once_however_often_the_timer_fires() -> None:
    world, policy = new_world(), new_policy()
    for tenant_id in fleet(50):
        world.tenants.add(new_tenant(Stage.ACTIVE, tenant_id))
    first = list(handle_recheck(world, policy))
    second = list(handle_recheck(world, policy))
    assert sorted(turn.message.tenant_id for turn in first) == fleet(50)
    assert second == []


def test_every_tenant_is_asked_for_once_in_each_period() -> None:
    clock = Clock()
    world, policy = new_world(clock=clock), new_policy()
    for tenant_id in fleet(40):
        world.tenants.add(new_tenant(Stage.ACTIVE, tenant_id))
    list(handle_recheck(world, policy))
    asked: list[UUID] = []
    for _ in range(60):  # one period, looked at every minute
        clock.advance(minutes=1)
        asked += [turn.message.tenant_id for turn in handle_recheck(world, policy)]
    assert sorted(asked) == fleet(40)


def test_a_tenant_that_somebody_is_writing_is_left_to_them() -> None:
    world, policy = new_world(), new_policy()
    record = world.tenants.add(new_tenant(Stage.ACTIVE))
    due = world.tenants.due(NOW)
    held = next(due)
    world.tenants.put(record, replace(record.tenant, reason="written meanwhile"))

    class Late(MemoryTenants):
        pass

    late = Late({held.tenant.tenant_id: (record.tenant, 2)})
    late.due = lambda _now: iter([held])  # type: ignore[method-assign,assignment]
    assert list(handle_recheck(replace(world, tenants=late), policy)) == []


def test_a_tenant_that_was_never_provisioned_is_asked_for_again_as_a_provision() -> None:
    world, policy = new_world(), new_policy()
    world.tenants.add(new_tenant(Stage.AWAITING_CONSENT))
    assert [turn.queue for turn in handle_recheck(world, policy)] == [Queue.PROVISION]


def test_after_a_long_silence_the_fleet_is_spread_over_a_period() -> None:
    world, policy = new_world(clock=Clock(NOW + timedelta(hours=10))), new_policy()
    for tenant_id in fleet(400):
        world.tenants.add(new_tenant(Stage.ACTIVE, tenant_id))
    minutes = [turn.delay // timedelta(minutes=1) for turn in handle_recheck(world, policy)]
    assert max(minutes.count(minute) for minute in range(60)) <= 20  # the mean is under 7
    assert max(minutes) < 60


def test_a_sweep_is_remembered_only_when_it_reached_the_end() -> None:
    world, policy = new_world(), new_policy()
    for tenant_id in fleet(3):
        world.tenants.add(new_tenant(Stage.ACTIVE, tenant_id))
    half = handle_recheck(world, policy)
    next(half)
    assert world.journal.last_sweep() is None
    assert len(list(half)) == 2
    assert world.journal.last_sweep() == NOW


def test_health_names_what_is_wrong_with_the_watch() -> None:
    period = timedelta(hours=1)
    assert "not been through" in health_problem(None, NOW, period)
    assert health_problem(NOW - timedelta(minutes=119), NOW, period) == ""
    assert "2026-11-23T09:59:00" in health_problem(NOW - timedelta(minutes=121), NOW, period)


@pytest.mark.parametrize("is_written", [True, False])
def test_a_claim_whose_answer_was_lost_costs_nobody_a_look(is_written: bool) -> None:  # noqa: FBT001 - a parameter
    class Lossy(MemoryTenants):
        lost = 0

        def put(self, record: Record, tenant: Tenant) -> Record:
            if tenant.tenant_id == fleet(5)[2] and not self.lost:
                self.lost += 1
                if is_written:
                    super().put(record, tenant)
                raise Unavailable("no answer")
            return super().put(record, tenant)

    tenants = Lossy()
    world, policy = replace(new_world(), tenants=tenants), new_policy()
    for tenant_id in fleet(5):
        tenants.add(new_tenant(Stage.ACTIVE, tenant_id))
    assert sorted(turn.message.tenant_id for turn in handle_recheck(world, policy)) == fleet(5)
    assert tenants.lost == 1
    assert list(handle_recheck(world, policy)) == []


def test_a_claim_that_storage_took_from_somebody_else_meanwhile_is_left_to_them() -> None:
    class Overtaken(MemoryTenants):
        def put(self, record: Record, _: Tenant) -> Record:
            super().put(record, replace(record.tenant, contact="changed meanwhile"))
            raise Unavailable("no answer")

    tenants = Overtaken()
    world, policy = replace(new_world(), tenants=tenants), new_policy()
    tenants.add(new_tenant(Stage.ACTIVE))
    assert list(handle_recheck(world, policy)) == []


def test_storage_that_is_away_ends_the_turn() -> None:
    class Away(MemoryTenants):
        def put(self, *_: object) -> Record:
            raise Unavailable("no answer")

    tenants = Away()
    world, policy = replace(new_world(), tenants=tenants), new_policy()
    tenants.add(new_tenant(Stage.ACTIVE))
    with pytest.raises(Unavailable):
        list(handle_recheck(world, policy))
