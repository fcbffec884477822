"""What a tenant needs, one line each, and what mends it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cli.diagnosis import clock_line
from shared.domain.decisions import Suspension
from tests.cli.keeper import FROM, Keeper, unreachable
from tests.fakes import NOW


def lines(keeper: Keeper, name: str) -> dict[str, dict[str, str]]:
    return {row["subject"]: row for row in json.loads(keeper("doctor", name, "-o", "json").out)["rows"]}


def test_of_a_healthy_tenant_everything_is_in_order(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    ran = keeper("doctor", str(tenant.tenant_id))
    assert ran.code == 0
    found = lines(keeper, str(tenant.tenant_id))
    needed = ("reachability", "clock", "brake", "look", "consent", "permission", "role", "hydration", "restriction")
    assert {found[each]["state"] for each in (*needed, "exchange", "items")} == {"ok"}
    assert keeper.orders() == []


def test_a_warning_is_for_a_person_to_look_at_and_mends_nothing(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    assert lines(keeper, str(tenant.tenant_id))["rules_skip_the_filter"]["state"] == "look"


@pytest.mark.parametrize(
    ("switches", "wrong", "after"),
    [
        ({"consent": False}, "consent", ["permission", "role"]),
        ({"app_permission": False}, "permission", ["role"]),
        ({"role": "none"}, "role", []),
    ],
)
def test_what_access_lacks_is_named_with_what_to_send_to_the_customer(
    keeper: Keeper, switches: dict[str, object], wrong: str, after: list[str]
) -> None:
    tenant = keeper.tenant(1)
    keeper.turn(tenant.tenant_id, **switches)
    keeper.ask(tenant.tenant_id, "verify")
    found = lines(keeper, "tenant1.onmicrosoft.com")
    assert found[wrong]["state"] == "fix"
    assert "Our application" in found[wrong]["fix"]
    assert [found[each]["state"] for each in after] == ["unknown"] * len(after)
    assert "items" not in found
    assert keeper("doctor", str(tenant.tenant_id)).code == 2


def test_drift_a_hold_and_the_brake_are_named_with_the_next_command(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.administrator(tenant.tenant_id, "Set-InboundConnector", Identity=FROM, RequireTls=False)
    keeper.api.post("/api/fleet/freeze", reason="bad data")
    assert lines(keeper, str(tenant.tenant_id))["items"]["fix"] == f"keeper plan {tenant.tenant_id}"
    record = keeper.on.world.tenants.get(tenant.tenant_id)
    hold = Suspension("ann", "a migration", NOW, NOW + timedelta(days=1))
    changed = replace(record.tenant, hold=hold, refused={FROM: "Microsoft refuses it"}, checked_at=None)
    keeper.on.world.tenants.put(record, changed)
    found = lines(keeper, str(tenant.tenant_id))
    assert found["hold"]["fix"] == f"keeper resume {tenant.tenant_id}"
    assert "by ann: a migration" in found["hold"]["said"]
    assert (found["brake"]["state"], found["look"]["state"]) == ("fix", "fix")
    assert found["restriction"]["said"] == f"{FROM}: Microsoft refuses it"


def test_an_api_that_does_not_answer_is_the_only_line(keeper: Keeper) -> None:
    keeper.hooks.append(unreachable)
    ran = keeper("doctor", "tenant1.onmicrosoft.com", "-o", "json")
    (row,) = json.loads(ran.out)["rows"]
    assert (ran.code, row["subject"], row["state"]) == (2, "reachability", "fix")


def test_a_clock_that_is_off_is_named() -> None:
    assert clock_line(NOW, NOW + timedelta(seconds=90)).state == "ok"
    wrong = clock_line(NOW, NOW - timedelta(minutes=10))
    assert (wrong.state, wrong.said) == ("fix", "this machine and the API are 600 s apart")
    assert clock_line(NOW, None).state == "unknown"
