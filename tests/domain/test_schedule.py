from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.schedule import next_turn, share, spread
from tests.domain.world import NOW, modest

PERIODS = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=2))
MOMENTS = st.timedeltas(min_value=timedelta(days=-9000), max_value=timedelta(days=9000)).map(lambda gap: NOW + gap)


def test_a_fleet_is_spread_evenly_over_the_period() -> None:
    counts = [0] * 60
    for number in range(6000):
        counts[int(share(UUID(int=number)) * 60)] += 1
    assert min(counts) > 60
    assert max(counts) < 150


@given(st.uuids(), MOMENTS, PERIODS)
@modest
def test_the_next_turn_is_after_now_and_within_a_period(tenant_id: UUID, now: datetime, period: timedelta) -> None:
    turn = next_turn(tenant_id, now, period)
    assert now < turn <= now + period


@given(st.uuids(), PERIODS)
@modest
def test_turns_are_a_period_apart(tenant_id: UUID, period: timedelta) -> None:
    first = next_turn(tenant_id, NOW, period)
    assert next_turn(tenant_id, first, period) == first + period
    assert next_turn(tenant_id, first - timedelta(microseconds=1), period) == first


@given(st.uuids())
@modest
def test_a_share_is_fixed_and_less_than_the_whole(tenant_id: UUID) -> None:
    assert share(tenant_id) == share(UUID(str(tenant_id)))
    assert 0 <= share(tenant_id) < 1


@given(st.uuids(), st.timedeltas(min_value=timedelta(days=-9), max_value=timedelta(days=9)), PERIODS)
@modest
def test_an_overdue_tenant_waits_at_most_as_long_as_the_silence_and_at_most_a_period(
    tenant_id: UUID, silence: timedelta, period: timedelta
) -> None:
    wait = spread(tenant_id, NOW - silence, NOW, period)
    assert timedelta(0) <= wait <= min(max(silence, timedelta(0)), period)


def test_a_tenant_that_is_not_overdue_does_not_wait() -> None:
    assert spread(UUID(int=1), NOW, NOW, timedelta(hours=1)) == timedelta(0)


def test_after_a_long_silence_a_fleet_comes_back_over_the_whole_period() -> None:
    period = timedelta(hours=1)
    waits = [spread(UUID(int=n), NOW - timedelta(days=2), NOW, period) for n in range(200)]
    assert min(waits) < period / 10
    assert max(waits) > period * 9 / 10
