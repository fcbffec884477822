"""The lease on a tenant: one worker at a time, and whoever slept too long writes nothing."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Lease
from shared.domain.errors import Busy
from shared.domain.leases import is_held, kept, leased, released
from shared.domain.tenants import Stage
from tests.fakes import NOW, new_tenant

LENGTH = timedelta(seconds=180)
ME, OTHER = UUID(int=1), UUID(int=2)
FREE = new_tenant(Stage.ACTIVE)


def lease(tenant: object) -> Lease:
    found = getattr(tenant, "lease", None)
    assert isinstance(found, Lease)
    return found


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_free_tenant_is_taken_and_a_taken_one_is_not() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    assert lease(mine) == Lease(ME, 1, NOW + LENGTH)
    for moment in (0, 179):
        with pytest.raises(Busy):
            leased(mine, OTHER, at(moment), LENGTH)


def test_a_lease_ends_by_itself_and_the_next_one_has_a_higher_fence() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    theirs = leased(mine, OTHER, at(180), LENGTH)
    assert lease(theirs).fence == 2
    assert is_held(theirs, lease(theirs))
    assert not is_held(theirs, lease(mine))


def test_whoever_slept_past_the_lease_writes_nothing_even_where_nobody_else_came() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    with pytest.raises(Busy):
        kept(mine, lease(mine), at(180), LENGTH)


def test_whose_tenant_was_taken_over_writes_nothing_and_gives_nothing_back() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    theirs = leased(mine, OTHER, at(200), LENGTH)
    with pytest.raises(Busy):
        kept(theirs, lease(mine), at(201), LENGTH)
    assert released(theirs, lease(mine), at(201)) == theirs


def test_a_lease_is_renewed_past_its_half_and_keeps_its_fence() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    assert kept(mine, lease(mine), at(89), LENGTH) == mine
    renewed = kept(mine, lease(mine), at(91), LENGTH)
    assert lease(renewed) == Lease(ME, 1, at(91) + LENGTH)


def test_what_is_given_back_can_be_taken_at_once() -> None:
    mine = leased(FREE, ME, NOW, LENGTH)
    free = released(mine, lease(mine), at(5))
    assert lease(leased(free, OTHER, at(5), LENGTH)) == Lease(OTHER, 2, at(5) + LENGTH)


@given(st.lists(st.tuples(st.sampled_from(["take", "keep", "give"]), st.integers(0, 3), st.integers(0, 120))))
def test_at_no_moment_may_two_workers_write(acts: list[tuple[str, int, int]]) -> None:
    tenant, now, held = FREE, NOW, dict[int, Lease]()
    for act, worker, passed in acts:
        now += timedelta(seconds=passed)
        try:
            if act == "take":
                tenant = leased(tenant, UUID(int=worker + 1), now, LENGTH)
                held[worker] = lease(tenant)
            elif act == "keep" and worker in held:
                tenant = kept(tenant, held[worker], now, LENGTH)
            elif worker in held:
                tenant = released(tenant, held.pop(worker), now)
        except Busy:
            pass
        may = [each for each, mine in held.items() if _may_write(tenant, mine, now)]
        assert len(may) <= 1


def _may_write(tenant: object, mine: Lease, now: datetime) -> bool:
    try:
        kept(tenant, mine, now, LENGTH)  # type: ignore[arg-type]
    except Busy:
        return False
    return True


def test_the_fence_never_goes_back() -> None:
    tenant, fences = FREE, []
    for turn in range(5):
        tenant = leased(tenant, UUID(int=turn + 1), at(turn * 200), LENGTH)
        fences.append(lease(tenant).fence)
        if turn % 2:
            tenant = released(tenant, lease(tenant), at(turn * 200 + 1))
    assert fences == [1, 2, 3, 4, 5]
    assert replace(tenant, lease=None) == FREE
