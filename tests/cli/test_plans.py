"""Plans: shown, saved, and carried out just as they were read."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from shared.domain.tenants import Stage
from tests.cli.keeper import FROM, REDIRECT, Keeper
from tests.fakes import CANARY


def damaged(keeper: Keeper, *numbers: int) -> list[UUID]:
    """Active tenants whose administrators have switched TLS off at our connector."""
    ids = []
    for number in numbers:
        tenant = keeper.tenant(number, Stage.ACTIVE)
        keeper.administrator(tenant.tenant_id, "Set-InboundConnector", Identity=FROM, RequireTls=False)
        ids.append(tenant.tenant_id)
    return ids


def requires_tls(keeper: Keeper, tenant_id: UUID) -> bool:
    (row,) = [row for row in keeper.state(tenant_id)["inbound_connectors"] if row["Name"] == FROM]
    return row["RequireTls"] is True


def test_a_plan_shows_each_setting_and_writes_nothing(keeper: Keeper) -> None:
    (tenant_id,) = damaged(keeper, 1)
    keeper.tenant(2)
    before = keeper.state(tenant_id)
    ran = keeper("plan", "--all")
    assert ran.code == 2
    assert ran.out.splitlines() == [
        f"tenant1.onmicrosoft.com  {tenant_id}  drifted: {FROM}: altered, RequireTls is False",
        f"  ~ update {FROM}",
        "      RequireTls: False → True",
        "      Mail keeps its way and is protected again as it should be.",
        "Plan: 1 to update in 1 of 2 tenants; 1 as they should be.",
    ]
    assert keeper.state(tenant_id) == before
    assert keeper.orders() == []


def test_nothing_to_do_ends_with_0_and_something_with_2(keeper: Keeper) -> None:
    healthy = keeper.tenant(2)
    (tenant_id,) = damaged(keeper, 1)
    for command in ("plan", "diff"):
        assert keeper(command, str(healthy.tenant_id)).code == 0
        assert keeper(command, str(tenant_id)).code == 2
    assert keeper("apply", str(healthy.tenant_id), "--dry-run").code == 0
    assert keeper("apply", str(tenant_id), "--dry-run").code == 2
    assert not requires_tls(keeper, tenant_id)


def test_a_difference_shows_what_is_seen_and_what_is_wanted(keeper: Keeper) -> None:
    (tenant_id,) = damaged(keeper, 1)
    (row,) = json.loads(keeper("diff", str(tenant_id), "-o", "json").out)["rows"]
    assert (row["item"], row["fault"], row["setting"]) == (FROM, "altered", "RequireTls")
    assert (row["observed"], row["desired"], row["effect"]) == ("False", "True", "degraded")


def test_an_accepted_difference_is_nothing_to_do(keeper: Keeper) -> None:
    (tenant_id,) = damaged(keeper, 1)
    ran = keeper("accept", str(tenant_id), f"{FROM}/RequireTls", "--reason", "agreed", "--until", "7d")
    assert (ran.code, ran.out.startswith("accept was asked for (")) == (0, True)
    assert keeper("diff", str(tenant_id)).code == 0
    assert keeper("plan", str(tenant_id)).code == 0
    assert keeper("revoke", str(tenant_id), f"{FROM}/RequireTls").code == 0
    assert keeper("diff", str(tenant_id)).code == 2


def test_what_is_applied_is_healed(keeper: Keeper) -> None:
    (tenant_id,) = damaged(keeper, 1)
    ran = keeper("apply", str(tenant_id), "--wait", typed="y\n")
    assert ran.code == 0
    assert "tenant1.onmicrosoft.com  done  active, healthy" in ran.out
    assert "Go on? [y/N]" in ran.err
    assert requires_tls(keeper, tenant_id)
    assert set(keeper.items(tenant_id).values()) == {"on"}


def test_a_saved_plan_is_carried_out_as_it_was_read(keeper: Keeper, tmp_path: Path) -> None:
    ids = damaged(keeper, 1, 2)
    file = tmp_path / "heal.plan"
    ran = keeper("plan", "--all", "--out", str(file))
    assert (ran.code, ran.err) == (2, f"next: keeper apply {file}\n")
    ran = keeper("apply", str(file), "--yes", "--wait")
    assert ran.code == 0, ran.err
    assert all(requires_tls(keeper, tenant_id) for tenant_id in ids)


def test_whoever_has_moved_since_the_plan_is_refused_and_the_others_are_healed(keeper: Keeper, tmp_path: Path) -> None:
    moved, still = damaged(keeper, 1, 2)
    file = tmp_path / "heal.plan"
    keeper("plan", "--all", "--out", str(file))
    keeper.administrator(moved, "Disable-TransportRule", Identity=REDIRECT)
    ran = keeper("apply", str(file), "--yes", "--wait", "-o", "json")
    assert ran.code == 1
    outcomes = {row["initial_domain"]: row for row in json.loads(ran.out)["rows"]}
    refused = outcomes["tenant1.onmicrosoft.com"]
    assert (refused["state"], refused["code"], refused["then"]) == ("refused", "plan_moved", f"keeper plan {moved}")
    assert outcomes["tenant2.onmicrosoft.com"]["state"] == "done"
    assert not requires_tls(keeper, moved)
    assert keeper.items(moved)[REDIRECT] == "off"
    assert requires_tls(keeper, still)


def test_an_activation_is_planned_and_bound_too(keeper: Keeper, tmp_path: Path) -> None:
    tenant = keeper.tenant(1)
    file = tmp_path / "activate.plan"
    assert keeper("plan", str(tenant.tenant_id), "--for", "activate", "--out", str(file)).code == 2
    assert keeper("apply", str(file), "--yes", "--wait").code == 0
    assert keeper.record(tenant.tenant_id).stage is Stage.ACTIVE
    assert keeper.items(tenant.tenant_id)[REDIRECT] == "on"


def lines_of(file: Path) -> list[str]:
    return file.read_text().splitlines(keepends=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines[:1], *lines[2:]],
        lambda lines: [*lines, lines[-2]],
        lambda lines: lines[1:],
        lambda _: ["nonsense"],
        lambda _: ["[" * 100_000],
        lambda _: [],
        lambda lines: [lines[0].replace('"schema_version": 1', '"schema_version": 2'), *lines[1:]],
        lambda lines: [lines[0].replace("keeper.example", "other.example"), *lines[1:]],
        lambda lines: [lines[0].replace("remediate", "verify"), *lines[1:]],
        lambda lines: [lines[0], lines[1].replace('"tenant_id"', '"tenant"'), *lines[2:]],
    ],
)
def test_a_file_that_is_no_whole_plan_of_this_deployment_is_refused(
    keeper: Keeper, tmp_path: Path, spoil: object
) -> None:
    (tenant_id,) = damaged(keeper, 1)
    file = tmp_path / "heal.plan"
    keeper("plan", str(tenant_id), "--out", str(file))
    file.write_text("".join(spoil(lines_of(file))))  # type: ignore[operator]
    ran = keeper("apply", str(file), "--yes")
    assert ran.code == 1
    assert ran.err.splitlines()[-2].startswith("error invalid_plan: ")
    assert keeper.orders() == []


def test_an_interrupted_plan_leaves_the_old_one_in_its_place(keeper: Keeper, tmp_path: Path) -> None:
    (tenant_id,) = damaged(keeper, 1)
    file = tmp_path / "heal.plan"
    file.write_text("the old one")

    def interrupt(request: object) -> None:
        if "/plan" in str(request):
            raise KeyboardInterrupt

    keeper.hooks.append(interrupt)
    assert keeper("plan", str(tenant_id), "--out", str(file)).code == 130
    assert file.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["heal.plan"]


def test_who_cannot_be_looked_at_is_told_and_the_others_are_planned(keeper: Keeper) -> None:
    (tenant_id,) = damaged(keeper, 1)
    lost = keeper.tenant(2)
    keeper.turn(lost.tenant_id, consent=False)
    ran = keeper("plan", "--all")
    assert ran.code == 1
    assert "tenant2.onmicrosoft.com" in ran.out
    assert "needs_consent" in ran.out
    assert str(tenant_id) in ran.out
    assert "1 could not be planned" in ran.out


def test_the_loop_check_guid_is_in_no_plan(keeper: Keeper, tmp_path: Path) -> None:
    tenant = keeper.tenant(1)
    keeper.administrator(tenant.tenant_id, "Remove-TransportRule", Identity="MailMarshal Cloud Integrated Loop Check")
    file = tmp_path / "x.plan"
    for form in ("table", "json", "jsonl", "md"):
        ran = keeper("plan", str(tenant.tenant_id), "--out", str(file), "-o", form)
        assert "create MailMarshal Cloud Integrated Loop Check" in ran.out or "json" in form
        assert CANARY not in ran.out + ran.err + file.read_text()


def test_what_only_settles_is_not_called_well(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.ask(tenant.tenant_id, "activate")
    keeper.administrator(tenant.tenant_id, "Disable-TransportRule", Identity=REDIRECT)
    ran = keeper("plan", str(tenant.tenant_id))
    assert ran.code == 2
    assert "settling" in ran.out
    assert "1 with nothing to write and not healthy" in ran.out


def test_a_selector_passes_over_who_is_held_or_leaves_and_a_name_does_not(keeper: Keeper) -> None:
    held, left = keeper.tenant(1), keeper.tenant(2)
    keeper.tenant(3)
    keeper("hold", str(held.tenant_id), "--reason", "a migration", "--until", "1d")
    keeper("offboard", str(left.tenant_id), "--yes", "--wait", "--timeout", "1d")
    ran = keeper("plan", "--all")
    assert (ran.code, ran.out) == (0, "Plan: nothing to do in 0 of 1 tenant; 1 as they should be.\n")
    assert keeper("plan", str(held.tenant_id)).code == 1
    assert "not_allowed" in keeper("plan", str(left.tenant_id)).out
