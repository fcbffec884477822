"""What time alone makes of a tenant."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Deviation, Suspension
from shared.domain.fleet import Fleet, FleetPause
from shared.domain.moments import is_drained, next_moment, passed, wanted_now, warned, warning_at
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Tenant, unseen
from tests.domain.world import NOW, modest, tenant_of

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
DRAINING = timedelta(minutes=30)
EU_PAUSE = FleetPause(Suspension("ada", "incident", NOW, NOW + HOUR))
FLEET = Fleet(pauses={"eu": EU_PAUSE})


def suspension(hours: int = 8) -> Suspension:
    return Suspension("ada", "why", NOW, NOW + hours * HOUR)


def paused(hours: int = 8) -> Tenant:
    return replace(tenant_of(Stage.PAUSED), pause=suspension(hours))


def moving(stage: Stage = Stage.ACTIVE, quiet_since: datetime | None = None) -> Tenant:
    return replace(tenant_of(stage, Region.US), moving_from=Region.EU, quiet_since=quiet_since)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_fleets_pause_takes_mail_from_active_tenants_of_its_scope_and_from_no_others(stage: Stage) -> None:
    for region in Region:
        tenant = tenant_of(stage, region)
        counts = wanted_now(tenant, FLEET, NOW, DRAINING)
        is_hit = stage is Stage.ACTIVE and region is Region.EU
        assert counts == (replace(tenant, stage=Stage.PAUSED) if is_hit else tenant)


def test_a_fleets_pause_is_over_at_its_end() -> None:
    tenant = tenant_of()
    assert wanted_now(tenant, FLEET, NOW + HOUR - SECOND, DRAINING).stage is Stage.PAUSED
    assert wanted_now(tenant, FLEET, NOW + HOUR, DRAINING) == tenant


@pytest.mark.parametrize(
    ("quiet_for", "region"),
    [
        (None, Region.EU),
        (timedelta(0), Region.EU),
        (DRAINING - SECOND, Region.EU),
        (DRAINING, Region.US),
        (DAY, Region.US),
    ],
)
def test_a_move_goes_off_over_the_old_region_and_changes_when_mail_has_passed(
    quiet_for: timedelta | None, region: Region
) -> None:
    tenant = moving(quiet_since=None if quiet_for is None else NOW - quiet_for)
    assert wanted_now(tenant, Fleet(), NOW, DRAINING) == replace(tenant, stage=Stage.PAUSED, region=region)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ACTIVE])
def test_a_move_of_a_tenant_without_mail_keeps_its_stage(stage: Stage) -> None:
    for quiet in (None, NOW - DAY):
        tenant = moving(stage, quiet)
        assert wanted_now(tenant, Fleet(), NOW, DRAINING).stage is stage


@given(
    st.sampled_from(Stage),
    st.sampled_from(Region),
    st.none() | st.sampled_from(Region),
    st.none() | st.integers(-90, 90).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from([Fleet(), FLEET]),
)
@modest
def test_no_half_of_a_move_has_redirect_on(
    stage: Stage, region: Region, origin: Region | None, quiet: datetime | None, fleet: Fleet
) -> None:
    tenant = replace(tenant_of(stage, region), moving_from=origin, quiet_since=quiet)
    counts = wanted_now(tenant, fleet, NOW, DRAINING)
    assert counts.stage is not Stage.ACTIVE or (origin is None and counts == tenant)
    assert counts.region in (region, origin)
    assert replace(counts, stage=stage, region=region) == tenant
    assert is_drained(tenant, NOW, DRAINING) is (quiet is not None and quiet <= NOW - DRAINING)


@pytest.mark.parametrize(("hours", "minutes_before"), [(1, 15), (2, 30), (4, 60), (8, 60), (700, 60)])
def test_the_warning_comes_an_hour_before_or_a_quarter_of_a_short_one(hours: int, minutes_before: int) -> None:
    assert warning_at(suspension(hours)) == NOW + hours * HOUR - timedelta(minutes=minutes_before)


def test_a_pause_is_warned_of_once_then_ends_and_mail_passes_again() -> None:
    tenant = paused()
    assert passed(tenant, NOW + 7 * HOUR - SECOND) == tenant
    near = passed(tenant, NOW + 7 * HOUR)
    assert near == replace(tenant, pause=replace(suspension(), is_warned=True))
    assert passed(near, NOW + 8 * HOUR - SECOND) == near
    over = passed(near, NOW + 8 * HOUR)
    assert over == unseen(replace(tenant, stage=Stage.ACTIVE, generation=2, pause=None), Stage.ACTIVE)
    assert passed(tenant, NOW + DAY) == over  # a timer that was silent skips the warning


@pytest.mark.parametrize("stage", [Stage.AWAITING_CONSENT, Stage.STAGED, Stage.ACTIVE])
def test_a_hold_is_warned_of_once_then_ends_and_the_stage_stays(stage: Stage) -> None:
    tenant = replace(tenant_of(stage), hold=suspension())
    assert passed(tenant, NOW + 6 * HOUR) == tenant
    near = passed(tenant, NOW + 7 * HOUR)
    assert near == replace(tenant, hold=replace(suspension(), is_warned=True))
    assert passed(near, NOW + 8 * HOUR) == tenant_of(stage)


def test_a_hold_outlives_a_pause_that_ends_first() -> None:
    tenant = replace(paused(2), hold=suspension(8))
    over = passed(tenant, NOW + 2 * HOUR)
    assert (over.stage, over.pause, over.hold) == (Stage.ACTIVE, None, suspension(8))


def test_an_accepted_deviation_ends_alone() -> None:
    short, long = (Deviation("x", "ada", "why", NOW + days * DAY) for days in (1, 2))
    tenant = replace(tenant_of(), deviations={"a/b": short, "c/d": long})
    assert passed(tenant, NOW + DAY - SECOND) == tenant
    assert passed(tenant, NOW + DAY).deviations == {"c/d": long}
    assert passed(tenant, NOW + 2 * DAY) == tenant_of()


def test_a_tenant_is_thought_of_at_its_turn_or_earlier_where_something_ends() -> None:
    turn = NOW + 12 * HOUR
    assert next_moment(tenant_of(), turn) == turn
    assert next_moment(paused(8), turn) == NOW + 7 * HOUR
    assert next_moment(passed(paused(8), NOW + 7 * HOUR), turn) == NOW + 8 * HOUR
    assert next_moment(paused(48), turn) == turn
    assert next_moment(replace(tenant_of(), hold=suspension(8)), turn) == NOW + 7 * HOUR
    accepted = {"a/b": Deviation("x", "ada", "why", NOW + HOUR), "c/d": Deviation("x", "ada", "why", NOW + DAY)}
    assert next_moment(replace(paused(8), deviations=accepted), turn) == NOW + HOUR


spans = st.none() | st.integers(1, 60 * 24 * 30).map(lambda minutes: timedelta(minutes=minutes))


@given(spans, spans, st.lists(spans.filter(bool), max_size=2), st.integers(0, 60 * 24 * 31))
@modest
def test_nothing_begins_or_ends_before_the_moment_that_was_named_and_something_does_then(
    pause: timedelta | None, hold: timedelta | None, accepted: list[timedelta], silent: int
) -> None:
    def of(span: timedelta | None) -> Suspension | None:
        return None if span is None else Suspension("ada", "why", NOW, NOW + span)

    tenant = replace(
        tenant_of(Stage.PAUSED if pause else Stage.ACTIVE),
        pause=of(pause),
        hold=of(hold),
        deviations={str(place): Deviation("x", "ada", "why", NOW + span) for place, span in enumerate(accepted)},
    )
    tenant = passed(tenant, NOW + timedelta(minutes=silent))
    turn = NOW + 1000 * DAY
    moment = next_moment(tenant, turn)
    assert passed(tenant, moment - timedelta(microseconds=1)) == tenant
    assert passed(tenant, moment) != tenant or moment == turn
    assert next_moment(passed(tenant, moment), turn) > moment or moment == turn
    ended = replace(tenant, stage=Stage.ACTIVE, generation=1 + bool(pause), pause=None, hold=None, deviations={})
    assert passed(tenant, turn) == (unseen(ended, Stage.ACTIVE) if pause else ended)


@given(st.integers(1, 10**6), st.integers(-10, 10**6))
@modest
def test_a_warning_is_given_in_the_last_quarter_and_changes_nothing_else(minutes: int, later: int) -> None:
    given_for = Suspension("ada", "why", NOW, NOW + timedelta(minutes=minutes))
    now = NOW + timedelta(minutes=later)
    is_near = given_for.until - now <= min(HOUR, timedelta(minutes=minutes) / 4)
    assert warned(given_for, now) == replace(given_for, is_warned=is_near)
    assert warned(warned(given_for, now), now) == warned(given_for, now)
