"""An order is bound to the plan that a person read for it: whoever has moved since is refused, and nothing is done."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from shared.domain.tenants import Stage
from tests.cli.keeper import FROM, LOOP_CHECK, REDIRECT, Keeper
from tests.cli.ordered import ORDERS, tenant_at, words_of
from tests.in_process import Received


def moves(keeper: Keeper, *tenant_ids: UUID) -> Callable[[Received], None]:
    """Administrators change something between the plan that was shown and the order."""

    def move(received: Received) -> None:
        for each in tenant_ids:
            if received.method == "POST" and str(each) in received.path:
                keeper.administrator(each, "Set-InboundConnector", Identity=FROM, RequireTls=False)

    return move


def bodies(keeper: Keeper) -> list[dict[str, str]]:
    """What every order is sent with, from now on."""
    found: list[dict[str, str]] = []

    def note(received: Received) -> None:
        if received.method == "POST":
            found.append(json.loads(received.body))

    keeper.hooks.append(note)
    return found


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_shows_its_plan_asks_and_is_bound_to_what_was_shown(keeper: Keeper, name: str) -> None:
    before, after = ORDERS[name]
    tenant_id = tenant_at(keeper, 1, before)
    plan = keeper.api.get(f"/api/tenants/{tenant_id}/plan?for={name}").json
    sent = bodies(keeper)
    ran = keeper(*words_of(name, str(tenant_id)), typed="y\n")
    assert ran.code == 0, ran.err
    assert ran.err.index(REDIRECT) < ran.err.index("Plan: ") < ran.err.index("Go on? [y/N]")
    assert [body["plan_hash"] for body in sent] == [plan["plan_hash"]]
    assert keeper.record(tenant_id).stage is after


@pytest.mark.parametrize("name", ORDERS)
def test_a_tenant_that_has_moved_since_its_plan_was_shown_is_refused(keeper: Keeper, name: str) -> None:
    before, _ = ORDERS[name]
    tenant_id = tenant_at(keeper, 1, before)
    items = keeper.items(tenant_id)
    keeper.hooks.append(moves(keeper, tenant_id))
    ran = keeper(*words_of(name, str(tenant_id), "-o", "json"), typed="y\n")
    (row,) = json.loads(ran.out)["rows"]
    assert (ran.code, row["state"], row["code"]) == (1, "refused", "plan_moved")
    assert row["said"] == "the tenant has moved since the plan was made; nothing was done, make a new plan"
    assert row["then"] == f"keeper plan {tenant_id} --for {name}"
    assert keeper.record(tenant_id).stage is before
    keeper.work()
    assert (keeper.items(tenant_id)[LOOP_CHECK], keeper.items(tenant_id)[REDIRECT]) == (
        items[LOOP_CHECK],
        items[REDIRECT],
    )


def test_in_a_fleet_who_has_moved_is_refused_and_the_other_waves_go_on(keeper: Keeper) -> None:
    ids = [tenant_at(keeper, number, Stage.ACTIVE) for number in range(1, 5)]
    keeper.count()
    keeper.hooks.append(moves(keeper, ids[2]))
    sent = bodies(keeper)
    arguments = ("deactivate", "--all", "--canary", "2", "--max-change-pct", "100", "-o", "json")
    ran = keeper(*arguments, typed="y\n")
    rows = {row["tenant_id"]: row for row in json.loads(ran.out)["rows"]}
    assert ran.code == 1
    assert [rows[str(each)]["state"] for each in ids] == ["done", "done", "refused", "done"]
    assert [len(body["plan_hash"]) for body in sent] == [64] * 4
    assert "Plan: 8 to disable in 4 of 4 tenants." in ran.err
    assert ran.err.index("Go on?") < ran.err.index("wave 1: 2 tenants") < ran.err.index("wave 2: 2 tenants")
    assert [keeper.record(each).stage for each in ids] == [Stage.STAGED, Stage.STAGED, Stage.ACTIVE, Stage.STAGED]


@pytest.mark.parametrize("typed", [None, ""], ids=["script", "terminal"])
@pytest.mark.parametrize("name", ORDERS)
def test_where_nobody_reads_a_plan_none_is_made_and_none_binds(keeper: Keeper, name: str, typed: str | None) -> None:
    before, after = ORDERS[name]
    tenant_id = tenant_at(keeper, 1, before)
    keeper.asked.clear()
    sent = bodies(keeper)
    keeper.hooks.append(moves(keeper, tenant_id))
    assert keeper(*words_of(name, str(tenant_id), "--yes"), typed=typed).code == 0
    assert not [line for line in keeper.asked if "/plan" in line]
    assert "plan_hash" not in sent[0]
    assert keeper.record(tenant_id).stage is after


def test_nobody_is_looked_at_where_nobody_can_be_asked_or_too_many_would_change(keeper: Keeper) -> None:
    for number in range(1, 4):
        keeper.tenant(number)
    keeper.count()
    keeper.asked.clear()
    assert "error unconfirmed" in keeper("activate", "--all", "--max-change-pct", "100").err
    assert "error too_much_change" in keeper("activate", "--all", "--canary", "1", typed="y\n").err
    assert not [line for line in keeper.asked if "/plan" in line or line.startswith("POST")]


def test_who_cannot_be_looked_at_is_shown_and_leaves_all_the_same_once_a_person_says_so(keeper: Keeper) -> None:
    lost, still = tenant_at(keeper, 1, Stage.ACTIVE), tenant_at(keeper, 2, Stage.ACTIVE)
    keeper.turn(lost, consent=False)
    sent = bodies(keeper)
    ran = keeper("offboard", str(lost), str(still), typed="n\n")
    assert (ran.code, sent) == (1, [])
    ran = keeper("offboard", str(lost), str(still), typed="y\n")
    assert f"tenant1.onmicrosoft.com  {lost}  needs_consent: " in ran.err
    assert "1 could not be planned" in ran.err
    assert "whoever could not be planned is asked all the same, bound to no plan\n" in ran.err
    assert ["plan_hash" in body for body in sent] == [False, True]
    assert [keeper.record(each).stage for each in (lost, still)] == [Stage.OFFBOARDING] * 2


@pytest.mark.parametrize("is_saved", [False, True])
def test_an_activation_that_the_worker_refuses_is_not_called_done(
    keeper: Keeper, tmp_path: Path, *, is_saved: bool
) -> None:
    tenant_id = tenant_at(keeper, 1, Stage.STAGED)

    def move(received: Received) -> None:
        # The order has come, and no worker has begun.
        if received.method == "GET" and keeper.record(tenant_id).stage is Stage.ACTIVE:
            keeper.hooks[:] = [heal]
            keeper.administrator(tenant_id, "Set-InboundConnector", Identity=FROM, RequireTls=False)

    def heal(_: Received) -> None:
        # Once it is taken back, the tenant is well again as it was before.
        if keeper.record(tenant_id).stage is Stage.STAGED:
            keeper.hooks.clear()
            keeper.ask(tenant_id, "remediate")

    file = tmp_path / "x.plan"
    if is_saved:
        keeper("plan", str(tenant_id), "--for", "activate", "--out", str(file))
    keeper.hooks.append(move)
    arguments = ("apply", str(file)) if is_saved else ("activate", str(tenant_id))
    ran = keeper(*arguments, "--wait", "-o", "json", typed="y\n")
    (row,) = json.loads(ran.out)["rows"]
    assert keeper.record(tenant_id).stage is Stage.STAGED
    assert keeper.items(tenant_id)[REDIRECT] == "off"
    assert (ran.code, row["state"]) == (1, "unwell")
    assert row["said"].startswith("staged")
    assert row["then"] == f"keeper history {tenant_id}"
