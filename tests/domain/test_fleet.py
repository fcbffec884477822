"""Wishes for the whole fleet: whom they cover, and which of several counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Suspension
from shared.domain.fleet import EVERYWHERE, SCOPES, Fleet, FleetPause, Freeze, covers, is_paused, pause_of, with_pause
from shared.domain.regions import Region
from shared.domain.tenants import Stage
from tests.domain.world import NOW, modest, tenant_of

MINUTE = timedelta(minutes=1)


def pause(minutes: int, by: str = "ada") -> FleetPause:
    return FleetPause(Suspension(by, "incident", NOW - MINUTE, NOW + minutes * MINUTE))


fleets = st.dictionaries(st.sampled_from(sorted(SCOPES)), st.integers(-5, 5).map(pause)).map(
    lambda pauses: Fleet(pauses=pauses)
)


def test_the_scopes_are_everywhere_and_each_region() -> None:
    assert {"all", "au", "eu", "us"} == SCOPES
    assert EVERYWHERE == "all"


@pytest.mark.parametrize("region", list(Region))
def test_a_tenant_is_covered_by_its_own_region_and_by_everywhere(region: Region) -> None:
    assert {scope for scope in SCOPES if covers(scope, tenant_of(region=region))} == {"all", region.value}


def test_of_several_pauses_the_one_that_ends_last_counts() -> None:
    fleet = Fleet(pauses={"eu": pause(10, "eu"), "all": pause(20, "all"), "us": pause(30, "us")})
    for region, minutes, by in ((Region.EU, 0, "all"), (Region.US, 0, "us"), (Region.US, 29, "us")):
        found = pause_of(tenant_of(region=region), fleet, NOW + minutes * MINUTE)
        assert found is not None
        assert found.by == by
    assert pause_of(tenant_of(region=Region.EU), fleet, NOW + 20 * MINUTE) is None
    assert pause_of(tenant_of(), Fleet(), NOW) is None


@given(fleets, st.sampled_from(Region), st.sampled_from(Stage))
@modest
def test_an_active_tenant_is_paused_exactly_while_a_pause_that_covers_it_runs(
    fleet: Fleet, region: Region, stage: Stage
) -> None:
    tenant = tenant_of(stage, region)
    ends = [pause.suspension.until for scope, pause in fleet.pauses.items() if scope in ("all", region.value)]
    running = [until for until in ends if until > NOW]
    found = pause_of(tenant, fleet, NOW)
    assert (found.until if found else None) == max(running, default=None)
    assert is_paused(tenant, fleet, NOW) is (stage is Stage.ACTIVE and bool(running))


@given(fleets, st.sampled_from(sorted(SCOPES)))
@modest
def test_a_pause_of_one_scope_replaces_its_own_and_leaves_the_others_and_the_freeze(fleet: Fleet, scope: str) -> None:
    fleet = replace(fleet, freeze=Freeze("ada", "why", NOW))
    other = pause(99)
    after, without = with_pause(fleet, scope, other), with_pause(fleet, scope, None)
    assert after == replace(fleet, pauses={**fleet.pauses, scope: other})
    assert without == replace(fleet, pauses={name: kept for name, kept in fleet.pauses.items() if name != scope})
    assert with_pause(without, scope, other) == after
