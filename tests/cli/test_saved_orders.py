"""A plan of any order may be saved, and is carried out as it was read, or not at all."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.answers_plans import Step
from cli.plan_file import new_head, saving, spool
from cli.planning import asked
from cli.plans import TenantPlan, Totals
from cli.words import BOUND, Purpose
from functions.routes_commands import BODIES
from shared.domain.tenants import Stage
from tests.cli.keeper import FROM, REDIRECT, Keeper
from tests.cli.ordered import ORDERS, UNTIL, tenant_at
from tests.fakes import NOW


def saved(keeper: Keeper, file: Path, name: str, *whom: str) -> tuple[str, ...]:
    """Save a plan; gives what carries it out."""
    assert keeper("plan", *whom, "--for", name, "--out", str(file)).code in (0, 2)
    return ("apply", str(file), *(UNTIL if name == "pause" else ()), "--yes")


@pytest.mark.parametrize("name", ORDERS)
def test_a_saved_plan_of_any_order_is_carried_out_and_refused_where_the_tenant_has_moved(
    keeper: Keeper, tmp_path: Path, name: str
) -> None:
    before, after = ORDERS[name]
    moved, still = tenant_at(keeper, 1, before), tenant_at(keeper, 2, before)
    apply = saved(keeper, tmp_path / "x.plan", name, str(moved), str(still))
    keeper.administrator(moved, "Set-InboundConnector", Identity=FROM, RequireTls=False)
    ran = keeper(*apply, "-o", "json")
    rows = json.loads(ran.out)["rows"]
    assert (ran.code, [(row["state"], row["code"]) for row in rows]) == (1, [("refused", "plan_moved"), ("asked", "")])
    assert rows[0]["then"] == f"keeper plan {moved} --for {name}"
    assert [keeper.record(each).stage for each in (moved, still)] == [before, after]


def test_a_saved_plan_means_whom_its_order_means_and_goes_in_waves(keeper: Keeper, tmp_path: Path) -> None:
    ids = [tenant_at(keeper, number, Stage.ACTIVE) for number in range(1, 4)]
    staged = tenant_at(keeper, 4, Stage.STAGED)
    keeper("hold", str(ids[0]), "--reason", "a migration", "--until", "1d")
    keeper.count()
    apply = saved(keeper, tmp_path / "x.plan", "pause", "--all")
    ran = keeper(*apply, "--canary", "2")
    assert (ran.code, "too_much_change: 3 of 4 tenants" in ran.err) == (1, True)
    ran = keeper(*apply, "--canary", "2", "--max-change-pct", "75")
    assert (ran.code, "wave 2: 1 tenant\n" in ran.err) == (0, True)
    assert [keeper.record(each).stage for each in (*ids, staged)] == [*[Stage.PAUSED] * 3, Stage.STAGED]


def test_an_order_is_given_where_its_plan_writes_nothing(keeper: Keeper, tmp_path: Path) -> None:
    tenant_id = tenant_at(keeper, 1, Stage.ACTIVE)
    keeper("hold", str(tenant_id), "--reason", "a migration", "--until", "1d")
    apply = saved(keeper, tmp_path / "x.plan", "resume", "--all")
    assert keeper(*apply, "--wait").code == 0
    assert keeper.record(tenant_id).hold is None


def test_a_pause_by_a_saved_plan_needs_its_reason_and_its_end_and_nothing_else_takes_one(
    keeper: Keeper, tmp_path: Path
) -> None:
    tenant_id = tenant_at(keeper, 1, Stage.ACTIVE)
    pause, leave = tmp_path / "pause.plan", tmp_path / "leave.plan"
    saved(keeper, pause, "pause", str(tenant_id))
    saved(keeper, leave, "offboard", str(tenant_id))
    keeper.asked.clear()
    for said in ((), ("--reason", "x"), ("--until", "4h"), ("--reason", " ", "--until", "4h")):
        ran = keeper("apply", str(pause), *said, "--yes")
        assert (ran.code, "error usage: a plan for a pause needs --reason and --until" in ran.err) == (1, True)
    for other in (str(leave), str(tenant_id)):
        ran = keeper("apply", other, "--until", "4h", "--yes")
        assert (ran.code, "error usage: --until: only a pause ends by itself" in ran.err) == (1, True)
    assert keeper.asked == []
    assert keeper("apply", str(pause), "--dry-run").code == 2
    assert keeper("apply", str(pause), *UNTIL, "--yes", "--wait").code == 0
    suspension = keeper.record(tenant_id).pause
    assert suspension is not None
    assert (suspension.reason, suspension.until - suspension.since) == ("their filter is down", timedelta(hours=4))


def test_a_plan_for_a_look_is_not_saved(keeper: Keeper, tmp_path: Path) -> None:
    ran = keeper("plan", "--all", "--for", "verify", "--out", str(tmp_path / "x"))
    assert (ran.code, ran.err.startswith("error usage: --out: verify writes nothing")) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_the_orders_that_are_bound_are_those_that_the_api_binds() -> None:
    assert {str(name) for name in BOUND} == {name for name, body in BODIES.items() if "plan_hash" in body.model_fields}


STEPS = st.just((Step("disable", "TransportRule", REDIRECT, "1", (), "mail passes by"),))
PLANS = st.builds(TenantPlan, st.text(max_size=4), st.just("a.b"), st.just("0" * 64), st.sampled_from(["healthy", "x"]))
ANY_PLANS = st.lists(
    PLANS
    | st.builds(lambda plan, steps: replace(plan, steps=steps), PLANS, STEPS)
    | st.builds(TenantPlan, st.text(max_size=4), st.just("a.b"), code=st.just("needs_consent")),
    max_size=6,
)


@given(ANY_PLANS, st.sampled_from(sorted(BOUND)))
def test_as_many_are_asked_as_were_counted_and_nobody_without_a_plan(plans: list[TenantPlan], purpose: Purpose) -> None:
    totals = Totals()
    with spool() as place:
        with saving(place, new_head(purpose, "https://keeper.example", NOW)) as save:
            for each in plans:
                totals.add(each)
                save(each)
        targets = list(asked(place, purpose))
    assert len(targets) == totals.asked(purpose)
    assert all(target.plan_hash for target in targets)
    assert (len(targets) == totals.planned) or purpose is Purpose.REMEDIATE
