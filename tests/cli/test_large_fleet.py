"""A fleet of 5,000: one request for the status, pages for the rest, and never more than a page in memory."""

import gc
import json
from pathlib import Path
from uuid import UUID

import pytest

from cli.answers_tenants import Tenant, TenantLine
from cli.api import PAGE
from shared.domain.tenants import Stage, Verdict
from tests.cli.keeper import Keeper
from tests.fakes import new_tenant

FLEET = 5_000


@pytest.fixture
def large(keeper: Keeper) -> Keeper:
    for number in range(1, FLEET + 1):
        verdict = Verdict.DRIFTED if number % 20 == 0 else Verdict.HEALTHY
        domain = f"t{number}.onmicrosoft.com"
        tenant = new_tenant(
            Stage.STAGED, UUID(int=number), initial_domain=domain, verdict=verdict, checked_at=keeper.on.clock()
        )
        keeper.on.world.tenants.add(tenant)
    keeper.count()
    return keeper


def alive(*kinds: type) -> int:
    return sum(isinstance(each, kinds) for each in gc.get_objects())


def test_its_status_is_one_request(large: Keeper) -> None:
    ran = large("status")
    assert ran.out.startswith("5000 tenants, counted ")
    assert "drifted     250" in ran.out
    assert large.asked == ["GET /api/fleet"]


def test_its_list_comes_in_pages_and_no_more_than_two_are_held(large: Keeper) -> None:
    most = 0

    def watch(_: object) -> None:
        nonlocal most
        if len(large.asked) % 6 == 0:
            most = max(most, alive(TenantLine))

    large.hooks.append(watch)
    ran = large("status", "--all", "-o", "jsonl")
    assert len(ran.out.splitlines()) == FLEET
    assert len(large.asked) == FLEET // PAGE
    assert all(f"limit={PAGE}" in line for line in large.asked)
    assert 0 < most <= 2 * PAGE


def test_a_table_of_it_is_written_before_it_is_read_to_the_end(large: Keeper) -> None:
    lines = large("status", "--verdict", "drifted").out.splitlines()
    assert len(lines) == 251
    assert len(large.asked) == 2


def test_its_evidence_holds_no_more_tenants_than_are_read_at_once(large: Keeper, tmp_path: Path) -> None:
    most = 0

    def watch(received: object) -> None:
        nonlocal most
        if "/api/tenants/" in str(received) and len(large.asked) % 100 == 0:
            most = max(most, alive(Tenant))

    large.hooks.append(watch)
    ran = large("evidence", "--verdict", "drifted", "--out", str(tmp_path), "-o", "json")
    assert json.loads(ran.out)["tenants"] == 250
    assert 0 < most <= 2 * 8


def test_an_order_to_it_is_refused_by_counting_alone(large: Keeper) -> None:
    ran = large("activate", "--all", "--yes")
    assert ran.err.startswith("error too_much_change: 5000 of 5000 tenants would change: 100 %")
    assert len(large.asked) == FLEET // PAGE + 1
