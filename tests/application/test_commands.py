"""Signups and operators' commands: durable first, one effect."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.commands import Order, command
from shared.application.signups import sign_up
from shared.domain.errors import NotAllowed, RecordChanged, UnknownTenant
from shared.domain.messages import Cause, Queue
from shared.domain.regions import Region
from shared.domain.signup import Signup
from shared.domain.tenants import Record, Stage, Tenant
from shared.domain.values import Secret
from tests.fakes import CANARY, NOW, TENANT_ID, MemoryTenants, new_policy, new_tenant, new_world

POLICY = new_policy()
SIGNUP = Signup("acme", TENANT_ID, Region.EU, "contoso.onmicrosoft.com")


def test_a_signup_makes_a_record_and_asks_for_a_provision() -> None:
    world = new_world()
    outcome = sign_up(SIGNUP, "msg_1", world)
    tenant = world.tenants.get(TENANT_ID).tenant
    assert (tenant.stage, tenant.generation) == (Stage.AWAITING_CONSENT, 1)
    assert [(d.queue, d.message.cause) for d in outcome.deliveries] == [(Queue.PROVISION, Cause.SIGNUP)]


def test_the_vendors_guid_is_kept_and_one_is_made_where_there_is_none() -> None:
    world = new_world()
    sign_up(replace(SIGNUP, loop_check=Secret(CANARY)), "msg_1", world)
    assert world.tenants.get(TENANT_ID).tenant.loop_check.reveal == CANARY
    other = new_world()
    sign_up(SIGNUP, "msg_1", other)
    assert len(other.tenants.get(TENANT_ID).tenant.loop_check.reveal) == 36


def test_the_same_webhook_again_has_no_effect() -> None:
    world = new_world()
    sign_up(SIGNUP, "msg_1", world)
    before = world.tenants.get(TENANT_ID)
    assert sign_up(SIGNUP, "msg_1", world).deliveries == ()
    assert world.tenants.get(TENANT_ID) == before


def test_a_second_signup_never_makes_the_guid_anew() -> None:
    world = new_world()
    sign_up(SIGNUP, "msg_1", world)
    before = world.tenants.get(TENANT_ID).tenant.loop_check
    sign_up(SIGNUP, "msg_2", world)
    assert world.tenants.get(TENANT_ID).tenant.loop_check == before


def test_another_account_cannot_touch_a_tenant() -> None:
    world = new_world()
    sign_up(SIGNUP, "msg_1", world)
    before = world.tenants.get(TENANT_ID)
    with pytest.raises(NotAllowed):
        sign_up(replace(SIGNUP, account_id="mallory"), "msg_2", world)
    assert world.tenants.get(TENANT_ID) == before


def test_activation_changes_what_is_wanted_and_asks_for_the_work() -> None:
    world = new_world()
    world.tenants.add(new_tenant(Stage.STAGED))
    outcome = command(Order("activate", "jane"), TENANT_ID, world, POLICY)
    tenant = world.tenants.get(TENANT_ID).tenant
    assert (tenant.stage, tenant.generation) == (Stage.ACTIVE, 2)
    assert [(d.queue, d.message.generation) for d in outcome.deliveries] == [(Queue.REMEDIATE, 2)]


def test_an_order_whose_message_is_lost_is_the_timers_within_minutes() -> None:
    world = new_world()
    world.tenants.add(new_tenant(Stage.STAGED, next_check_at=NOW + timedelta(hours=1)))
    command(Order("activate", "jane"), TENANT_ID, world, POLICY)
    assert world.tenants.get(TENANT_ID).tenant.next_check_at == NOW + timedelta(minutes=2)


def test_an_activation_that_is_asked_for_twice_changes_what_is_wanted_once() -> None:
    world = new_world()
    world.tenants.add(new_tenant(Stage.STAGED))
    command(Order("activate", "jane"), TENANT_ID, world, POLICY)
    command(Order("activate", "jane"), TENANT_ID, world, POLICY)
    assert world.tenants.get(TENANT_ID).tenant.generation == 2


def test_a_tenant_that_was_never_provisioned_cannot_be_activated() -> None:
    world = new_world()
    world.tenants.add(new_tenant(Stage.AWAITING_CONSENT))
    with pytest.raises(NotAllowed):
        command(Order("activate", "jane"), TENANT_ID, world, POLICY)
    assert world.tenants.get(TENANT_ID).tenant.stage is Stage.AWAITING_CONSENT


@pytest.mark.parametrize(("name", "queue"), [("verify", Queue.VERIFY), ("remediate", Queue.REMEDIATE)])
def test_a_command_that_wants_nothing_new_only_asks(name: str, queue: Queue) -> None:
    world = new_world()
    before = world.tenants.add(new_tenant(Stage.STAGED))
    assert [d.queue for d in command(Order(name, "jane"), TENANT_ID, world, POLICY).deliveries] == [queue]
    assert world.tenants.get(TENANT_ID) == before


def test_an_unknown_command_or_tenant_is_refused() -> None:
    world = new_world()
    with pytest.raises(UnknownTenant):
        command(Order("verify", "jane"), TENANT_ID, world, POLICY)
    with pytest.raises(NotAllowed):
        command(Order("explode", "jane"), TENANT_ID, world, POLICY)


class Busy(MemoryTenants):
    """Records that a worker writes just before the next so many writes of somebody else."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def put(self, record: Record, tenant: Tenant) -> Record:
        if self.times > 0:
            self.times -= 1
            super().put(self.get(tenant.tenant_id), replace(self.get(tenant.tenant_id).tenant, reason="seen"))
        return super().put(record, tenant)


@pytest.mark.parametrize("times", [0, 1, 4])
def test_a_command_is_taken_while_a_worker_writes_the_same_record(times: int) -> None:
    world = replace(new_world(), tenants=Busy(0))
    world.tenants.add(new_tenant(Stage.ACTIVE))
    world.tenants.times = times  # type: ignore[attr-defined]
    command(Order("deactivate", "jane"), TENANT_ID, world, POLICY)
    assert world.tenants.get(TENANT_ID).tenant.stage is Stage.STAGED


def test_a_command_that_never_finds_the_record_still_is_refused() -> None:
    world = replace(new_world(), tenants=Busy(0))
    world.tenants.add(new_tenant(Stage.ACTIVE))
    world.tenants.times = 99  # type: ignore[attr-defined]
    with pytest.raises(RecordChanged):
        command(Order("deactivate", "jane"), TENANT_ID, world, POLICY)
    assert world.tenants.get(TENANT_ID).tenant.stage is Stage.ACTIVE


def test_two_operators_at_once_are_told_apart() -> None:
    world = new_world()
    record = world.tenants.add(new_tenant(Stage.STAGED))
    world.tenants.put(record, record.tenant)
    with pytest.raises(RecordChanged):
        world.tenants.put(record, replace(record.tenant, stage=Stage.ACTIVE))
