"""Which decision is allowed in which stage, and what it leaves of earlier ones."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Suspension
from shared.domain.errors import NotAllowed
from shared.domain.lifecycle import (
    activated,
    approved,
    deactivated,
    held,
    offboarding,
    paused,
    rearmed,
    repairable,
    resumed,
    watchable,
    withdrawn,
)
from shared.domain.tenants import LEAVING, Approval, Stage, Tenant, Verdict
from tests.domain.world import NOW, modest, tenant_of

AWAITING, STAGED, ACTIVE, PAUSED, OFFBOARDING, OFFBOARDED = Stage
PAUSE = Suspension("ada", "maintenance", NOW, NOW + timedelta(hours=2))
HOLD = Suspension("bob", "under investigation", NOW, NOW + timedelta(days=1))
OTHER = Suspension("eve", "longer", NOW, NOW + timedelta(days=3))
APPROVAL = Approval(UUID(int=5), "hash")

Move = Callable[[Tenant], Tenant]
MOVES: Mapping[str, Move] = {
    "activate": activated,
    "deactivate": deactivated,
    "pause": lambda tenant: paused(tenant, OTHER),
    "hold": lambda tenant: held(tenant, OTHER),
    "resume": resumed,
    "rearm": rearmed,
    "offboard": offboarding,
    "repair": repairable,
    "watch": watchable,
}
ENDS: Mapping[str, Mapping[Stage, Stage]] = {
    "activate": {STAGED: ACTIVE, ACTIVE: ACTIVE},
    "deactivate": {STAGED: STAGED, ACTIVE: STAGED, PAUSED: STAGED},
    "pause": {ACTIVE: PAUSED, PAUSED: PAUSED},
    "hold": {stage: stage for stage in Stage if stage not in LEAVING},
    "resume": {AWAITING: AWAITING, STAGED: STAGED, ACTIVE: ACTIVE, PAUSED: ACTIVE},
    "rearm": {PAUSED: ACTIVE},
    "offboard": {
        **{stage: OFFBOARDING for stage in Stage if stage is not OFFBOARDED},
        OFFBOARDED: OFFBOARDED,
    },
    "repair": {stage: stage for stage in Stage if stage not in LEAVING},
    "watch": {stage: stage for stage in Stage if stage not in LEAVING},
}
"""Where each decision leads from each stage; what is not here is refused."""


def before(stage: Stage) -> Tenant:
    """A tenant on which somebody has decided before."""
    pause = PAUSE if stage is PAUSED else None
    return replace(tenant_of(stage), generation=7, pause=pause, approval=APPROVAL)


def differing(one: Tenant, other: Tenant) -> set[str]:
    return {field.name for field in fields(Tenant) if getattr(one, field.name) != getattr(other, field.name)}


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("name", list(MOVES))
def test_each_decision_is_allowed_in_exactly_its_stages(name: str, stage: Stage) -> None:
    tenant = before(stage)
    if stage in ENDS[name]:
        assert MOVES[name](tenant).stage is ENDS[name][stage]
    else:
        with pytest.raises(NotAllowed, match=stage.value):
            MOVES[name](tenant)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("name", list(MOVES))
def test_the_generation_grows_exactly_when_the_stage_changes(name: str, stage: Stage) -> None:
    if stage in ENDS[name]:
        changes = ENDS[name][stage] is not stage
        assert MOVES[name](before(stage)).generation == 7 + changes


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("name", list(MOVES))
def test_another_stage_ends_the_pause_and_the_approval_of_the_one_before(name: str, stage: Stage) -> None:
    if ENDS[name].get(stage, stage) is stage:
        return
    after = MOVES[name](before(stage))
    assert after.approval is None
    assert after.pause == (OTHER if name == "pause" else None)
    assert differing(before(stage), after) <= {"stage", "generation", "pause", "hold", "approval", "verdict", "reason"}
    assert (after.verdict, after.reason) == (Verdict.SETTLING, f"{after.stage} is wanted, and not seen yet")


@pytest.mark.parametrize("name", ["deactivate", "pause", "resume", "offboard"])
def test_a_hold_ends_by_a_persons_other_decision(name: str) -> None:
    for stage in ENDS[name]:
        if stage is not OFFBOARDED:
            after = MOVES[name](replace(before(stage), hold=HOLD))
            assert after.hold is None or stage is OFFBOARDING


@pytest.mark.parametrize("name", ["activate", "repair"])
def test_a_held_tenant_is_neither_activated_nor_repaired(name: str) -> None:
    for stage in Stage:
        with pytest.raises(NotAllowed):
            MOVES[name](replace(before(stage), hold=HOLD))


def test_a_held_tenant_is_still_watched() -> None:
    tenant = replace(before(ACTIVE), hold=HOLD)
    assert watchable(tenant) == tenant


def test_a_hold_and_a_pause_are_the_newest_persons() -> None:
    for stage in ENDS["hold"]:
        assert held(replace(before(stage), hold=HOLD), OTHER) == replace(before(stage), hold=OTHER)
    assert paused(before(PAUSED), OTHER) == replace(before(PAUSED), pause=OTHER)


def test_the_end_of_a_pause_leaves_a_hold() -> None:
    after = rearmed(replace(before(PAUSED), hold=HOLD))
    assert (after.stage, after.pause, after.hold, after.generation) == (ACTIVE, None, HOLD, 8)


def test_resuming_what_is_neither_paused_nor_held_changes_nothing() -> None:
    for stage in (AWAITING, STAGED, ACTIVE):
        assert resumed(before(stage)) == before(stage)


@pytest.mark.parametrize("stage", sorted(LEAVING))
def test_off_boarding_again_changes_nothing_at_all(stage: Stage) -> None:
    assert offboarding(before(stage)) == before(stage)


@given(st.sampled_from(Stage), st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
@modest
def test_nothing_leads_back_from_a_tenant_that_leaves(start: Stage, names: list[str]) -> None:
    tenant = before(start)
    for name in names:
        was = tenant
        try:
            tenant = MOVES[name](was)
        except NotAllowed:
            assert tenant == was
        assert was.stage not in LEAVING or tenant == was
        assert tenant.generation - was.generation == (tenant.stage is not was.stage)
        assert (tenant.pause is not None) is (tenant.stage is PAUSED)


OPERATION, OTHERS = UUID(int=9), UUID(int=8)


def test_an_approval_binds_one_operation_to_one_plan_and_knows_what_to_restore() -> None:
    tenant = before(ACTIVE)
    assert approved(tenant, tenant, OPERATION, "other").approval == Approval(OPERATION, "other", None)
    assert approved(tenant, before(STAGED), OPERATION, "other").approval == Approval(OPERATION, "other", STAGED)
    assert approved(tenant, tenant, OPERATION, "").approval is None


def test_a_refused_plan_takes_back_the_activation_that_it_was_for_and_no_other() -> None:
    staged, active = before(STAGED), before(ACTIVE)
    by_it = approved(active, staged, OPERATION, "plan")
    assert withdrawn(by_it, OPERATION).stage is STAGED
    running = approved(active, active, OPERATION, "plan")
    assert (withdrawn(running, OPERATION).stage, withdrawn(running, OPERATION).approval) == (ACTIVE, None)
    overtaken = approved(active, active, OTHERS, "another plan")
    assert withdrawn(overtaken, OPERATION) == overtaken


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not ACTIVE])
def test_a_refused_plan_leaves_every_other_stage_as_it_is(stage: Stage) -> None:
    tenant = replace(before(stage), approval=Approval(OPERATION, "plan", STAGED))
    after = withdrawn(tenant, OPERATION)
    assert (after.stage, after.generation, after.approval) == (stage, 7, None)
