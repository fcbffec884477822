"""Every combination of what can be wrong: the plan mends it all, safely, and leaves what is not ours alone.

The end is judged by `judge`, not by the comparison that the plan was derived from.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, product

import pytest

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift
from shared.domain.observation import Complete, Observation
from shared.domain.plan import plan
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import FailPolicy, Stage, Tenant
from tests.domain.judge import complaints, foreign, is_broken, is_on
from tests.domain.world import (
    CANARY,
    FROM,
    KINDS,
    LOOP,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    carry_out,
    edited,
    healthy,
    moved,
    row_of,
    rows,
    tenant_of,
    unread,
    without,
)

Change = Callable[[Observation], Observation]
ACTIVE = tenant_of(Stage.ACTIVE)
STAGED = tenant_of(Stage.STAGED)
PAUSED = tenant_of(Stage.PAUSED)

_FROM: tuple[Change, ...] = (
    lambda world: world,
    lambda world: without(world, FROM),
    lambda world: edited(world, FROM, Enabled=False),
    lambda world: edited(world, FROM, TlsSenderCertificateName="*.evil.example", EFSkipLastIP=True),
)
_TO: tuple[Change, ...] = (
    lambda world: world,
    lambda world: without(world, TO),
    lambda world: edited(world, TO, Enabled=False),
    lambda world: edited(world, TO, SmartHosts=[], UseMXRecord=True),
)
_ARC: tuple[Change, ...] = (
    lambda world: world,
    lambda world: {**world, Kind.ARC_CONFIG: Complete(())},
)
_LOOP: tuple[Change, ...] = (
    lambda world: edited(world, LOOP, State="Enabled"),
    lambda world: without(world, LOOP),
    lambda world: edited(world, LOOP, State="Disabled"),
    lambda world: edited(world, LOOP, State="Enabled", HeaderContainsWords=[CANARY, "x"], From=["a@contoso.example"]),
    lambda world: moved(edited(world, LOOP, State="Enabled"), LOOP, 7),
    lambda world: moved(edited(world, LOOP, State="Enabled"), LOOP, 2),
)
_REDIRECT: tuple[Change, ...] = (
    lambda world: edited(world, REDIRECT, State="Enabled"),
    lambda world: edited(world, REDIRECT, State="Disabled"),
    lambda world: edited(world, REDIRECT, State="Enabled", RouteMessageOutboundConnector="Foreign Fax"),
    lambda world: without(world, REDIRECT),
)
_SETTINGS = (
    (ACTIVE, FailPolicy.OPEN),
    (ACTIVE, FailPolicy.CLOSED),
    (STAGED, FailPolicy.OPEN),
    (STAGED, FailPolicy.CLOSED),
    (PAUSED, FailPolicy.OPEN),
    (PAUSED, FailPolicy.CLOSED),
)
_TABLES = {stage: desired_state(tenant_of(stage), SPEC) for stage in Stage}


def worlds() -> Iterator[Observation]:
    """Every combination of the states of the five resources."""
    for changes in product(_FROM, _TO, _ARC, _LOOP, _REDIRECT):
        world = healthy(ACTIVE)
        for change in changes:
            world = change(world)
        yield world


WORLDS = tuple(worlds())
_OF_THE_PROMISE = [kind for kind in Kind if kind is not Kind.ORGANIZATION_CONFIG]


def compared(world: Observation, stage: Stage) -> tuple[Drift, ...]:
    return diff(_TABLES[stage], world, OWNED, active=stage is Stage.ACTIVE)


@cache
def compared_at_first(number: int, stage: Stage) -> tuple[Drift, ...]:
    """Compare each world once for each stage: the policy is no matter of comparing."""
    return compared(WORLDS[number], stage)


def next_steps(world: Observation, stage: Stage, policy: FailPolicy) -> tuple[Step, ...]:
    return plan(_TABLES[stage], world, compared(world, stage), policy)


@pytest.mark.parametrize(("tenant", "policy"), _SETTINGS)
def test_every_state_is_mended_safely_in_one_round(tenant: Tenant, policy: FailPolicy) -> None:
    stage = tenant.stage
    ends: list[Observation] = []
    others = foreign(WORLDS[0])
    for number, start in enumerate(WORLDS):
        world, broken_before = start, is_on(start, REDIRECT) and is_broken(start, ACTIVE)
        for step in plan(_TABLES[stage], start, compared_at_first(number, stage), policy):
            assert step.verb is not Verb.REMOVE
            world = carry_out(step, world)
            danger = is_on(world, REDIRECT) and is_broken(world, ACTIVE)
            excused = policy is FailPolicy.CLOSED and broken_before and stage is Stage.ACTIVE
            assert not danger or excused, (number, step)
        if world not in ends:
            ends.append(world)
            assert complaints(world, tenant) == [], number
            assert foreign(world)[0] == others[0], number
            assert compared(world, stage) == (), number
            assert next_steps(world, stage, policy) == (), number
    assert len(WORLDS) == 768
    assert len(ends) < 200


@pytest.mark.parametrize("policy", list(FailPolicy))
def test_a_staged_tenant_is_never_switched_on(policy: FailPolicy) -> None:
    for world in WORLDS[::5]:
        steps = next_steps(world, Stage.STAGED, policy)
        assert not any(step.verb is Verb.ENABLE for step in steps)
        on = [name for name in (REDIRECT, LOOP) if is_on(world, name)]
        assert [step.name for step in steps if step.verb is Verb.DISABLE] == on
        assert [step.verb for step in steps[: len(on)]] == [Verb.DISABLE] * len(on)


@pytest.mark.parametrize("stage", list(Stage))
def test_no_ordinary_plan_ever_removes_anything(stage: Stage) -> None:
    for number, world in enumerate(WORLDS[::3]):
        halves = (world, unread(world, _OF_THE_PROMISE[number % len(_OF_THE_PROMISE)]))
        steps = [step for half in halves for policy in FailPolicy for step in next_steps(half, stage, policy)]
        assert not [step for step in steps if step.verb is Verb.REMOVE]


@pytest.mark.parametrize("kinds", [k for n in range(1, 5) for k in combinations(_OF_THE_PROMISE, n)])
def test_nothing_is_written_to_what_could_not_be_read_and_redirect_stays_as_off_as_it_was(
    kinds: tuple[Kind, ...],
) -> None:
    for world in WORLDS[::47]:
        for stage in (Stage.ACTIVE, Stage.STAGED):
            steps = next_steps(unread(world, *kinds), stage, FailPolicy.OPEN)
            assert not [step for step in steps if step.kind in kinds]
            assert (Verb.ENABLE, REDIRECT) not in [(step.verb, step.name) for step in steps]


@pytest.mark.parametrize("name", list(OWNED))
def test_an_object_half_read_is_left_alone_while_the_others_are_mended(name: str) -> None:
    for world in WORLDS[::23]:
        row = row_of(world, name)
        if row is None:
            continue
        odd = edited(world, name, **{"State" if KINDS[name] is Kind.TRANSPORT_RULE else "Enabled": 7})
        after, before = odd, foreign(odd)
        steps = next_steps(odd, Stage.ACTIVE, FailPolicy.OPEN)
        for step in steps:
            after = carry_out(step, after)
        assert not [step for step in steps if step.name == name]
        assert foreign(after)[0] == before[0]
        assert {d.resource.name for d in compared(after, Stage.ACTIVE)} <= {name, REDIRECT}


def test_a_plan_cut_short_anywhere_is_finished_by_the_next_one() -> None:
    for number, start in enumerate(WORLDS[::37]):
        steps = next_steps(start, Stage.ACTIVE, FailPolicy.OPEN)
        world = start
        for step in steps[: number % (len(steps) + 1)]:
            world = carry_out(step, world)
        for step in next_steps(world, Stage.ACTIVE, FailPolicy.OPEN):
            world = carry_out(step, world)
            assert not (is_on(world, REDIRECT) and is_broken(world, ACTIVE))
        assert complaints(world, ACTIVE) == []


def test_our_new_rules_stand_below_every_foreign_one() -> None:
    world = without(without(healthy(STAGED), LOOP), REDIRECT)
    for step in next_steps(world, Stage.STAGED, FailPolicy.OPEN):
        world = carry_out(step, world)
    assert [row["Name"] for row in rows(world, Kind.TRANSPORT_RULE)][-2:] == [LOOP, REDIRECT]
