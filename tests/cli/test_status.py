"""What is known, as people and programs read it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.decisions import Suspension
from shared.domain.tenants import Stage, Verdict
from tests.cli.keeper import REDIRECT, Keeper, unreachable
from tests.fakes import NOW
from tests.functions.calling import READER


def test_the_fleet_is_shown_by_one_request(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.tenant(2, Stage.ACTIVE)
    keeper.count()
    ran = keeper("status")
    assert ran.code == 0
    assert ran.out.startswith("2 tenants, counted 2026-11-23 12:")
    assert "healthy       2" in ran.out
    assert f"{REDIRECT}    1 off, 1 on" in ran.out
    assert "released: repairs are made" in ran.out
    assert keeper.asked == ["GET /api/fleet"]


def test_a_fleet_that_is_not_well_is_shown_with_the_next_command(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.administrator(
        tenant.tenant_id, "Set-InboundConnector", Identity="From MailMarshal Cloud Integrated", RequireTls=False
    )
    keeper.api.post("/api/fleet/freeze", reason="looked at")
    keeper.ask(tenant.tenant_id, "verify")
    keeper.count()
    ran = keeper("status")
    assert "drifted       1" in ran.out
    assert "FROZEN since" in ran.out
    assert "by admin: looked at" in ran.out
    assert ran.err == "next: keeper plan --verdict drifted, then keeper release\n"


def test_a_fleet_that_nobody_has_counted_yet_is_not_taken_for_an_empty_one(keeper: Keeper) -> None:
    keeper.tenant(1)
    assert keeper("status").out.startswith("0 tenants, not counted yet")


def test_json_is_one_document_with_its_version(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.count()
    fleet = json.loads(keeper("status", "-o", "json").out)
    assert (fleet["schema_version"], fleet["type"], fleet["tenants"]) == (1, "fleet", 1)
    tenants = json.loads(keeper("status", "--all", "-o", "json").out)
    assert (tenants["schema_version"], tenants["type"]) == (1, "tenants")
    assert [row["initial_domain"] for row in tenants["rows"]] == ["tenant1.onmicrosoft.com"]
    assert json.loads(keeper("status", "--region", "au", "-o", "json").out)["rows"] == []


def test_json_lines_are_one_object_a_row(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.tenant(2)
    lines = [json.loads(line) for line in keeper("status", "--all", "-o", "jsonl").out.splitlines()]
    assert [(line["type"], line["initial_domain"][:7]) for line in lines] == [
        ("tenants", "tenant1"),
        ("tenants", "tenant2"),
    ]


def test_one_tenant_is_shown_by_its_id_and_by_its_domain(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    by_id, by_domain = keeper("status", str(tenant.tenant_id)), keeper("status", "Tenant1.onmicrosoft.com")
    assert by_id.out == by_domain.out
    assert "wanted: staged   seen: healthy" in by_id.out
    assert f"{REDIRECT}    off     off" in by_id.out


def test_a_domain_is_meant_whole(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.tenant(11)
    ran = keeper("status", "tenant1.onmicrosoft.co")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(
        "error unknown_name: there is no tenant tenant1.onmicrosoft.co\nnext: keeper status --all"
    )
    assert "initial_domain" in keeper("status", "tenant1.onmicrosoft.com", "-o", "json").out


def test_two_tenants_of_one_domain_are_told_apart_by_their_ids(keeper: Keeper) -> None:
    keeper.tenant(1)
    other = keeper.tenant(2)
    record = keeper.on.world.tenants.get(other.tenant_id)
    keeper.on.world.tenants.put(record, replace(record.tenant, initial_domain="tenant1.onmicrosoft.com"))
    ran = keeper("status", "tenant1.onmicrosoft.com")
    assert ran.code == 1
    assert "error ambiguous_name: 2 tenants have the domain" in ran.err
    assert str(other.tenant_id) in ran.err


def test_nobody_knows_a_tenant_that_is_not_there(keeper: Keeper) -> None:
    ran = keeper("status", "00000000-0000-4000-8000-000000000001")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "error unknown_name: there is no tenant 00000000-0000-4000-8000-000000000001",
    )


@pytest.mark.parametrize(
    "arguments",
    [("verify",), ("verify", "a.b", "--all"), ("verify", "no name"), ("status", "--region", "mars"), ("nothing",)],
)
def test_a_command_line_that_says_nothing_possible_ends_with_1_and_never_with_2(
    keeper: Keeper, arguments: tuple[str, ...]
) -> None:
    ran = keeper(*arguments)
    assert ran.code == 1
    assert ran.err.startswith("error usage: ")
    assert keeper.asked == []


def test_watching_looks_again_until_it_is_interrupted(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.count()

    def enough(_: object) -> None:
        if len(keeper.asked) == 2:
            raise KeyboardInterrupt

    keeper.hooks.append(enough)
    ran = keeper("status", "--watch", "--every", "1s")
    assert ran.code == 130
    assert ran.out.count("1 tenants, counted") == 2


def test_there_is_colour_on_a_terminal_alone_and_never_with_no_color(keeper: Keeper) -> None:
    keeper.tenant(1)
    keeper.count()
    assert "\x1b[" in keeper("status", terminal=True).out
    assert "\x1b[" not in keeper("status").out
    keeper.environment["NO_COLOR"] = "1"
    assert "\x1b[" not in keeper("status", terminal=True).out


def test_text_from_outside_gives_a_terminal_no_orders(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    record = keeper.on.world.tenants.get(tenant.tenant_id)
    hostile = "\x1b]0;owned\x07 \u202etxt.exe [red]x[/red] | <b>&</b>"
    hold = Suspension("ann", hostile, NOW, NOW + timedelta(hours=1))
    changed = replace(record.tenant, reason=hostile, findings={"odd": f"warning: {hostile}"}, hold=hold)
    keeper.on.world.tenants.put(record, changed)
    for form in ("table", "json", "jsonl", "md"):
        for arguments in (("status", str(tenant.tenant_id)), ("status", "--all"), ("doctor", str(tenant.tenant_id))):
            ran = keeper(*arguments, "-o", form)
            assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err), (form, arguments)
            assert "[red]" in ran.out.replace("\\", "")
    assert "\\| &lt;b&gt;" in keeper("status", "--all", "-o", "md").out


def test_what_happened_is_shown_newest_first_of_a_tenant_and_of_the_fleet(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.tenant(2)
    keeper("freeze", "--reason", "looked at", "--yes")
    lines = keeper("history", str(tenant.tenant_id), "--limit", "1000").out.splitlines()
    assert "operator  remediate" in lines[-1]
    newest = [json.loads(line) for line in keeper("history", "-o", "jsonl", "--limit", "3").out.splitlines()]
    assert [event["at"] for event in newest] == sorted((event["at"] for event in newest), reverse=True)
    assert len({event["tenant_id"] for event in map(json.loads, keeper("history", "-o", "jsonl").out.splitlines())}) > 1
    decided = json.loads(keeper("history", "--decisions", "-o", "json").out)["rows"]
    assert [(event["subject"], event["after"], event["actor"]) for event in decided] == [
        ("freeze", "looked at", "admin")
    ]


def test_an_api_that_is_not_there_is_one_declared_error(keeper: Keeper) -> None:
    keeper.hooks.append(unreachable)
    ran = keeper("status")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error no_answer: https://keeper.example does not answer (ConnectionError)\n"
        "next: Look at KEEPER_URL; then ask $KEEPER_URL/api/health\n"
    )


def test_a_refusal_has_the_apis_code_and_the_next_command(keeper: Keeper) -> None:
    keeper.environment["KEEPER_TOKEN"] = READER
    tenant = keeper.tenant(1)
    ran = keeper("verify", str(tenant.tenant_id))
    assert ran.code == 1
    assert ran.err.startswith("error forbidden: the caller's role does not allow it")
    assert "next: Ask who assigns" in ran.err
    keeper.environment["KEEPER_TOKEN"] = "t.stranger.t"
    assert keeper("status").err.startswith("error unauthentic: ")


def test_an_unhealthy_fleet_is_listed_by_its_verdict(keeper: Keeper) -> None:
    keeper.tenant(1)
    two = keeper.tenant(2)
    record = keeper.on.world.tenants.get(two.tenant_id)
    keeper.on.world.tenants.put(record, replace(record.tenant, verdict=Verdict.BLOCKED))
    keeper.count()
    assert keeper("status").err == "next: keeper status --verdict blocked\n"
    rows = json.loads(keeper("status", "--verdict", "blocked", "-o", "json").out)["rows"]
    assert [row["tenant_id"] for row in rows] == [str(two.tenant_id)]
