"""Orders: asked before mail moves, in waves, never more than allowed, and told as they ended."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from shared.domain.tenants import Stage
from tests.cli.keeper import FROM, LOOP_CHECK, REDIRECT, Keeper, unreachable
from tests.functions.calling import WORKER
from tests.in_process import Received


def rules(keeper: Keeper, tenant_id: UUID) -> tuple[str, str]:
    items = keeper.items(tenant_id)
    return items[LOOP_CHECK], items[REDIRECT]


def fleet(keeper: Keeper, size: int) -> list[UUID]:
    """Staged tenants that the timer has counted."""
    ids = [keeper.tenant(number).tenant_id for number in range(1, size + 1)]
    keeper.count()
    keeper.asked.clear()
    return ids


def test_one_tenant_through_its_orders(keeper: Keeper) -> None:
    (tenant_id,) = fleet(keeper, 1)
    name = "tenant1.onmicrosoft.com"
    assert keeper("activate", name, "--yes", "--wait").code == 0
    assert rules(keeper, tenant_id) == ("on", "on")
    assert keeper("pause", name, "--reason", "their filter is down", "--until", "4h", "--yes", "--wait").code == 0
    assert rules(keeper, tenant_id) == ("on", "off")
    pause = keeper.record(tenant_id).pause
    assert pause is not None
    assert (pause.reason, pause.until - pause.since) == ("their filter is down", timedelta(hours=4))
    assert keeper("resume", name, "--yes", "--wait").code == 0
    assert rules(keeper, tenant_id) == ("on", "on")
    assert keeper("hold", name, "--reason", "a migration", "--until", "1d").code == 0
    assert keeper.record(tenant_id).hold is not None
    assert keeper("resume", name, "--yes").code == 0
    assert keeper("deactivate", name, "--yes", "--wait").code == 0
    assert rules(keeper, tenant_id) == ("off", "off")
    ran = keeper("offboard", name, "--yes", "--wait", "--timeout", "12h")
    assert (ran.code, "offboarded" in ran.out) == (0, True)
    assert f"keeper proof {tenant_id}" in ran.out
    assert FROM not in {row["Name"] for row in keeper.state(tenant_id)["inbound_connectors"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ("activate", "T"),
        ("deactivate", "T"),
        ("pause", "T", "--reason", "x", "--until", "1h"),
        ("pause", "--scope", "all", "--reason", "x", "--until", "1h"),
        ("resume", "T"),
        ("resume", "--scope", "eu"),
        ("offboard", "T"),
        ("freeze", "--reason", "x"),
        ("release",),
        ("poison", "drop", "p1"),
        ("poison", "replay", "p1"),
    ],
)
def test_what_moves_mail_asks_first_and_refuses_where_nobody_can_be_asked(
    keeper: Keeper, arguments: tuple[str, ...]
) -> None:
    (tenant_id,) = fleet(keeper, 1)
    given = [str(tenant_id) if each == "T" else each for each in arguments]
    for typed in (None, "n\n", "\n", ""):
        ran = keeper(*given, typed=typed)
        assert ran.code == 1
        assert "error unconfirmed: " in ran.err
    assert keeper.orders() == []


def test_a_yes_that_nobody_typed_is_none(keeper: Keeper) -> None:
    (tenant_id,) = fleet(keeper, 1)
    ran = keeper("activate", str(tenant_id), piped="yes\n")
    assert (ran.code, "--yes says it beforehand" in ran.err) == (1, True)
    assert keeper.orders() == []


def test_applying_asks_first_too(keeper: Keeper) -> None:
    (tenant_id,) = fleet(keeper, 1)
    keeper.administrator(tenant_id, "Remove-TransportRule", Identity=REDIRECT)
    ran = keeper("apply", str(tenant_id))
    assert (ran.code, "error unconfirmed" in ran.err) == (1, True)
    assert keeper.orders() == []


def test_a_wave_begins_when_the_one_before_is_healthy(keeper: Keeper) -> None:
    ids = fleet(keeper, 7)
    healthy_at_order: list[int] = []

    def count(received: Received) -> None:
        if received.method == "POST":
            healthy_at_order.append(sum(rules(keeper, each) == ("on", "on") for each in ids))

    keeper.hooks.append(count)
    ran = keeper("activate", "--all", "--canary", "2", "--max-change-pct", "100", "--yes")
    assert ran.code == 0, ran.err
    assert [line for line in ran.err.splitlines() if "wave" in line] == [
        "wave 1: 2 tenants",
        "wave 2: 4 tenants",
        "wave 3: 1 tenant",
    ]
    assert healthy_at_order == [0, 0, 2, 2, 2, 2, 6]
    assert all(rules(keeper, each) == ("on", "on") for each in ids)


def test_after_a_wave_that_is_not_healthy_nobody_else_is_asked(keeper: Keeper) -> None:
    ids = fleet(keeper, 5)
    keeper.turn(ids[1], consent=False)
    ran = keeper("activate", "--all", "--canary", "2", "--max-change-pct", "100", "--yes", "-o", "json")
    assert ran.code == 1
    assert "error wave_unwell: activate: not every tenant became healthy (1 done, 1 unwell); 3 tenants" in ran.err
    rows = json.loads(ran.out)["rows"]
    assert [(row["state"], row["code"]) for row in rows] == [("done", ""), ("unwell", "needs_consent")]
    assert rows[1]["then"] == f"keeper doctor {ids[1]}"
    assert [keeper.record(each).stage for each in ids[2:]] == [Stage.STAGED] * 3


def test_a_wave_that_takes_too_long_stops_the_rest(keeper: Keeper) -> None:
    ids = fleet(keeper, 3)
    keeper.is_stopped = True
    before = keeper.on.clock()
    ran = keeper("activate", "--all", "--canary", "1", "--max-change-pct", "100", "--timeout", "10m", "--yes")
    assert ran.code == 1
    assert "error wave_unwell" in ran.err
    assert "late" in ran.out
    assert timedelta(minutes=10) <= keeper.on.clock() - before < timedelta(minutes=11)
    assert [keeper.record(each).stage for each in ids] == [Stage.ACTIVE, Stage.STAGED, Stage.STAGED]


def test_more_change_than_allowed_is_refused_before_the_first_order(keeper: Keeper) -> None:
    fleet(keeper, 6)
    ran = keeper("activate", "--all", "--canary", "2", "--yes")
    assert ran.code == 1
    assert ran.err.startswith("error too_much_change: 6 of 6 tenants would change: 100 % and not 30 % at most")
    assert keeper.orders() == []


def test_a_fleet_that_nobody_has_counted_is_not_changed(keeper: Keeper) -> None:
    for number in range(1, 4):
        keeper.tenant(number)
    ran = keeper("activate", "--all", "--canary", "2", "--max-change-pct", "100", "--yes")
    assert ran.err.startswith("error too_much_change: the fleet has not been counted yet")


def test_too_much_drift_is_not_applied_at_once(keeper: Keeper) -> None:
    ids = fleet(keeper, 4)
    for each in ids[:3]:
        keeper.administrator(each, "Set-InboundConnector", Identity=FROM, RequireTls=False)
    ran = keeper("apply", "--all", "--canary", "1", "--yes")
    assert (ran.code, "error too_much_change: 3 of 4 tenants" in ran.err) == (1, True)
    assert keeper.orders() == []
    assert keeper("apply", "--all", "--canary", "1", "--max-change-pct", "75", "--yes").code == 0
    assert keeper("plan", "--all").code == 0


def test_a_selector_means_only_those_that_an_order_would_change(keeper: Keeper) -> None:
    ids = fleet(keeper, 2)
    keeper.ask(ids[0], "activate")
    ran = keeper("activate", "--all", "--yes", "-o", "json")
    assert [row["tenant_id"] for row in json.loads(ran.out)["rows"]] == [str(ids[1])]
    ran = keeper("activate", "--all", "--yes")
    assert (ran.code, ran.err) == (0, "activate: nothing to do\n")


def test_what_a_stage_does_not_allow_is_refused_and_told(keeper: Keeper) -> None:
    (tenant_id,) = fleet(keeper, 1)
    ran = keeper("pause", str(tenant_id), "--reason", "x", "--until", "1h", "--yes", "-o", "json")
    (row,) = json.loads(ran.out)["rows"]
    assert (ran.code, row["state"], row["code"]) == (1, "refused", "not_allowed")
    assert row["then"] == "keeper explain not_allowed"


def test_a_role_that_is_not_enough_ends_it_at_once(keeper: Keeper) -> None:
    fleet(keeper, 3)
    keeper.environment["KEEPER_TOKEN"] = WORKER
    ran = keeper("offboard", "--all", "--max-change-pct", "100", "--yes")
    assert (ran.code, ran.err.splitlines()[-2][:16]) == (1, "error forbidden:")
    assert len(keeper.orders()) == 1


def test_a_verification_tells_who_is_not_healthy(keeper: Keeper) -> None:
    ids = fleet(keeper, 2)
    assert keeper("verify", "--all", "--wait").code == 0
    keeper.api.post("/api/fleet/freeze", reason="only look")
    keeper.administrator(ids[0], "Set-InboundConnector", Identity=FROM, RequireTls=False)
    ran = keeper("verify", "--all", "--wait", "-o", "json")
    assert ran.code == 2
    assert [row["code"] for row in json.loads(ran.out)["rows"]] == ["drifted", ""]
    ran = keeper("verify", "--all")
    assert (ran.code, "2 asked" in ran.err) == (0, True)


def test_a_region_is_paused_and_resumed_by_one_order(keeper: Keeper) -> None:
    (tenant_id,) = fleet(keeper, 1)
    keeper.ask(tenant_id, "activate")
    ran = keeper("pause", "--scope", "eu", "--reason", "outage", "--until", "2h", "--yes")
    assert (ran.code, ran.out) == (0, "pause of eu was asked for\n")
    keeper.work()
    assert rules(keeper, tenant_id)[1] == "off"
    assert "pause   eu: mail passes by until" in keeper("status").out
    assert keeper("resume", "--scope", "eu", "--yes").code == 0
    assert keeper("pause", "--scope", "eu", "--all", "--reason", "x", "--until", "1h", "--yes").code == 1


def test_repairs_are_frozen_and_released(keeper: Keeper) -> None:
    ran = keeper("freeze", "--reason", "bad data", typed="yes\n")
    assert (ran.code, ran.out) == (0, "repairs stand still\n")
    assert keeper.api.get("/api/fleet").json["freeze"]["reason"] == "bad data"
    assert keeper("release", "--yes").out == "repairs go on\n"
    assert keeper.api.get("/api/fleet").json["freeze"] is None


@pytest.mark.parametrize("until", ["soon", "0h", "2030-01-31", "2030-01-31T18:00", "1w", "99999999d", "400d"])
def test_an_end_that_is_none_is_refused(keeper: Keeper, until: str) -> None:
    (tenant_id,) = fleet(keeper, 1)
    ran = keeper("hold", str(tenant_id), "--reason", "x", "--until", until)
    assert ran.code == 1
    assert keeper.record(tenant_id).hold is None


def test_an_order_whose_answer_is_lost_is_not_sent_twice(keeper: Keeper) -> None:
    ids = fleet(keeper, 2)

    def lose(received: Received) -> None:
        if received.method == "POST":
            keeper.asked.append("POST")
            unreachable(received)

    keeper.hooks.append(lose)
    ran = keeper("activate", *map(str, ids), "--yes")
    assert ran.code == 1
    assert "error no_answer: " in ran.err
    assert "whether the order arrived is not known" in ran.err
    assert keeper.orders() == ["POST"]
