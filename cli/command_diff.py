"""``diff``: each setting that is not as desired."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import typer

from cli import exits
from cli.answers_plans import Drift
from cli.desk import desk
from cli.options import Looking, Selection, Shown, command
from cli.outside import Outside
from cli.plans import TenantPlan, concerned, planned
from cli.selecting import check, selected
from cli.sheets import Column, Sheet, write
from cli.side_by_side import side_by_side
from cli.words import Purpose


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a tenant; ``code`` and ``reason`` where it could not be read."""

    tenant_id: str
    initial_domain: str
    item: str
    fault: str
    object: str = ""
    setting: str = ""
    observed: str = ""
    desired: str = ""
    effect: str = ""
    reason: str = ""


_DIFFERENCES = (
    Column[Difference]("tenant", lambda each: each.initial_domain),
    Column[Difference]("item", lambda each: each.item),
    Column[Difference]("fault", lambda each: each.fault),
    Column[Difference]("setting", lambda each: each.setting),
    Column[Difference]("seen", lambda each: each.observed),
    Column[Difference]("wanted", lambda each: each.desired),
    Column[Difference]("effect", lambda each: each.effect),
    Column[Difference]("reason", lambda each: each.reason),
)


def register(app: typer.Typer) -> None:
    """Put the command in its place."""
    command(app, "diff")(diff)


def diff(outside: Outside, selection: Selection, shown: Shown, looking: Looking) -> int:
    """Look at tenants now, and show each setting that is not as desired. The exit code is 2 where there is one."""
    at = desk(outside)
    check(selection)
    codes: set[int] = set()

    def differences() -> Iterator[Difference]:
        lines = concerned(selected(at.api, selection), selection, Purpose.REMEDIATE)
        for each in side_by_side(partial(planned, at.api, Purpose.REMEDIATE), lines, looking.concurrency):
            if each.code:
                codes.add(exits.ERROR)
                yield Difference(each.tenant_id, each.initial_domain, "", each.code, reason=each.cause)
            for drift in each.drifts:
                codes.add(exits.NOTHING if drift.fault == "accepted" else exits.CHANGES)
                yield _difference(each, drift)

    write(at.screen, shown.output, Sheet("differences", _DIFFERENCES), differences())
    return exits.worst(*codes)


def _difference(plan: TenantPlan, drift: Drift) -> Difference:
    changes = [change for step in plan.steps if step.object == drift.object for change in step.changes]
    desired = next((change.new for change in changes if change.setting == drift.setting), "")
    return Difference(
        plan.tenant_id,
        plan.initial_domain,
        drift.item,
        drift.fault,
        drift.object,
        drift.setting or "",
        drift.observed or "",
        desired,
        drift.effect,
        drift.reason,
    )
