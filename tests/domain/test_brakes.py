"""Three brakes: the repair budget, the fleet's own, and the disbelief in a tenant that lost everything at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.brake import has_broken, is_over
from shared.domain.budget import spent, with_contested
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.observation import Complete, Unread
from shared.domain.plan import plan
from shared.domain.regions import Region
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.suspicion import believed, foreigners
from shared.domain.tenants import FailPolicy, Stage, Verdict
from tests.domain.world import FROM, LOOP, OWNED, REDIRECT, SPEC, edited, fresh, healthy, tenant_of, without
from tests.fakes import NOW, new_tenant

ACTIVE = tenant_of(Stage.ACTIVE)
TABLE = desired_state(ACTIVE, SPEC)
HOUR = timedelta(hours=1)
DONE = (Step(Verb.ENABLE, Kind.TRANSPORT_RULE, REDIRECT), Step(Verb.UPDATE, Kind.INBOUND_CONNECTOR, FROM))


def drifts_of(world: object) -> tuple[Drift, ...]:
    return diff(TABLE, world, OWNED, active=True)  # type: ignore[arg-type]


DAMAGED = edited(edited(healthy(ACTIVE), REDIRECT, State="Disabled"), FROM, RequireTls=False)


def test_the_third_time_is_contested_and_nothing_more_is_planned_for_the_object() -> None:
    found, repairs = drifts_of(DAMAGED), dict[str, tuple[object, ...]]()
    for hour in (0, 1):
        assert with_contested(found, repairs, NOW + hour * HOUR) == found  # type: ignore[arg-type]
        repairs = spent(repairs, found, DONE, NOW + hour * HOUR)  # type: ignore[arg-type,assignment]
    contested = with_contested(found, repairs, NOW + 2 * HOUR)  # type: ignore[arg-type]
    assert {drift.fault for drift in contested} == {Fault.CONTESTED}
    assert plan(TABLE, DAMAGED, contested, FailPolicy.OPEN) == ()
    assert with_contested(found, repairs, NOW + 25 * HOUR)[0].fault is not Fault.CONTESTED  # type: ignore[arg-type]


def test_each_difference_has_its_own_budget() -> None:
    (_, redirect) = sorted(drifts_of(DAMAGED), key=lambda drift: drift.resource.name == REDIRECT)
    repairs = spent({}, [redirect], DONE, NOW)
    repairs = spent(repairs, [redirect], DONE, NOW + HOUR)
    marked = with_contested(drifts_of(DAMAGED), repairs, NOW + HOUR)
    assert {drift.resource.name for drift in marked if drift.fault is Fault.CONTESTED} == {REDIRECT}


def test_only_what_was_written_is_counted() -> None:
    assert spent({}, drifts_of(DAMAGED), (), NOW) == {}
    assert set(spent({}, drifts_of(DAMAGED), DONE[:1], NOW)) == {f"{REDIRECT}/disabled"}


def test_who_changed_a_rule_is_named_where_exchange_says_so() -> None:
    world = edited(healthy(ACTIVE), REDIRECT, State="Disabled", LastModifiedBy="Bob")
    found = drifts_of(world)
    repairs = spent(spent({}, found, DONE, NOW), found, DONE, NOW)
    (contested,) = with_contested(found, repairs, NOW)
    assert "last by Bob" in contested.reason


@given(st.lists(st.integers(0, 100), max_size=20))
def test_no_more_than_two_repairs_fit_into_any_day(gaps: list[int]) -> None:
    found, repairs, now, repaired = drifts_of(DAMAGED)[:1], dict[str, tuple[object, ...]](), NOW, []
    for gap in gaps:
        now += gap * HOUR / 4
        if with_contested(found, repairs, now)[0].fault is not Fault.CONTESTED:  # type: ignore[arg-type]
            repairs = spent(repairs, found, DONE, now)  # type: ignore[arg-type,assignment]
            repaired.append(now)
    assert all(later - earlier >= 24 * HOUR for earlier, later in zip(repaired, repaired[2:], strict=False))


@pytest.mark.parametrize(
    ("broken", "fleet", "too_many"),
    [(10, 20, False), (11, 20, True), (11, 0, True), (50, 1000, False), (51, 1000, True), (250, 5000, False)],
)
def test_the_fleet_stops_over_ten_and_over_five_in_a_hundred(broken: int, fleet: int, too_many: bool) -> None:  # noqa: FBT001
    assert is_over(broken, fleet) is too_many


WELL = new_tenant(Stage.ACTIVE, verdict=Verdict.HEALTHY)
BROKEN = replace(WELL, verdict=Verdict.DRIFTED)


def test_a_tenant_breaks_once_and_only_by_itself() -> None:
    assert has_broken(WELL, BROKEN, BROKEN)
    assert not has_broken(replace(WELL, verdict=Verdict.SETTLING), BROKEN, BROKEN)
    assert not has_broken(BROKEN, BROKEN, BROKEN)
    assert not has_broken(WELL, WELL, WELL)
    assert not has_broken(WELL, replace(BROKEN, generation=2), BROKEN)
    assert not has_broken(WELL, BROKEN, replace(BROKEN, stage=Stage.PAUSED))
    assert not has_broken(WELL, replace(BROKEN, moving_from=Region.AU), BROKEN)
    leaving = replace(BROKEN, stage=Stage.OFFBOARDING)
    assert not has_broken(replace(WELL, stage=Stage.OFFBOARDING), leaving, leaving)


EMPTY = {kind: Complete(()) for kind in Kind}


def test_an_empty_tenant_is_not_believed_where_others_had_objects_there() -> None:
    world = believed(EMPTY, OWNED, foreign_before=4)
    assert {drift.fault for drift in drifts_of(world)} == {Fault.UNKNOWN}
    assert all(isinstance(world[kind], Unread) for kind in (Kind.TRANSPORT_RULE, Kind.ARC_CONFIG))


@pytest.mark.parametrize(
    ("world", "owned", "before"),
    [
        (EMPTY, OWNED, 0),
        (EMPTY, {}, 4),
        (fresh(ACTIVE), OWNED, 4),
        (without(healthy(ACTIVE), LOOP), OWNED, 4),
        (healthy(ACTIVE), OWNED, 4),
    ],
    ids=["nobody-was-there", "nothing-of-ours", "others-are-there", "one-is-gone", "well"],
)
def test_every_other_look_is_believed(world: object, owned: dict[str, object], before: int) -> None:
    assert believed(world, owned, before) is world  # type: ignore[arg-type]


def test_foreign_objects_are_counted_only_where_all_was_read() -> None:
    assert foreigners(EMPTY) == 0
    count = foreigners(healthy(ACTIVE))
    assert count
    assert foreigners(without(healthy(ACTIVE), LOOP)) == count
    assert foreigners({**healthy(ACTIVE), Kind.TRANSPORT_RULE: Unread("away")}) is None
