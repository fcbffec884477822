"""``plan`` and ``apply``: what would be done, and doing just that."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.desk import Desk, desk
from cli.errands import ERRANDS
from cli.errors import InvalidPlan, Usage
from cli.moments import until
from cli.options import Looking, Manner, Said, Selection, Shown, command
from cli.ordering import Order, allowed, carry
from cli.outside import Outside
from cli.plan_file import head_of, plans_in, spool
from cli.planning import asked, keep, show
from cli.plans import Totals, concerned, plan_sheet
from cli.reading import moment_text
from cli.selecting import check, selected
from cli.sheets import write
from cli.words import BOUND, Purpose

_WHOLE = Selection(everybody=True)


@dataclass(frozen=True, slots=True)
class Planning:
    """What is planned, and whether it is kept."""

    purpose: Annotated[Purpose, typer.Option("--for", help="The order to plan.")] = Purpose.REMEDIATE
    out: Annotated[Path | None, typer.Option(help="Save the plan, for keeper apply FILE.", show_default=False)] = None


@dataclass(frozen=True, slots=True)
class Applying:
    """How tenants are planned for that are named in place of a saved plan."""

    looking: Looking
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False
    until: Annotated[
        str,
        typer.Option(help="When a saved pause ends: 90m, 4h, 7d, or 2030-01-31T18:00Z.", show_default=False),
    ] = ""


def register(app: typer.Typer) -> None:
    """Put the commands in their place."""
    for name, function in (("plan", plan), ("apply", apply)):
        command(app, name)(function)


def plan(
    outside: Outside,
    selection: Selection,
    shown: Shown,
    looking: Looking,
    planning: Planning,
) -> int:
    """Look at tenants now, and show what an order would write to each. Nothing is changed.

    The exit code is 2 where a tenant is not as it is wanted.
    """
    purpose, out = planning.purpose, planning.out
    if out is not None and purpose not in BOUND:
        raise Usage(f"--out: {purpose} writes nothing; only {', '.join(sorted(BOUND))} can be bound to a plan")
    at = desk(outside)
    with spool() as kept:
        place = out or kept
        totals = save(at, selection, planning.purpose, place, looking)
        write(at.screen, shown.output, plan_sheet(totals), plans_in(place))
    if out is not None and totals.asked(purpose):
        more = " --reason WHY --until 4h" if purpose is Purpose.PAUSE else ""
        at.screen.say(f"next: keeper apply {out}{more}")
    return _code(totals)


def save(at: Desk, selection: Selection, purpose: Purpose, place: Path, looking: Looking) -> Totals:
    """Plan for every selected tenant, straight into a file."""
    check(selection)
    lines = concerned(selected(at.api, selection), selection, purpose)
    return keep(at, lines, purpose, place, looking.concurrency)


def _code(totals: Totals) -> int:
    changes = exits.CHANGES if totals.changing or totals.waiting else exits.NOTHING
    return exits.worst(changes, exits.ERROR if totals.unplanned else exits.NOTHING)


def apply(outside: Outside, selection: Selection, manner: Manner, said: Said, applying: Applying) -> int:
    """Carry out a saved plan (keeper apply FILE), or plan for tenants now and carry that out.

    Each order is bound to its tenant's plan: where the tenant has moved since, it is refused and nothing is written.
    """
    at = desk(outside)
    saved = _saved(selection)
    purpose = _purpose_of(at, saved) if saved else Purpose.REMEDIATE
    body = {} if applying.dry_run else _body(purpose, said.reason.strip(), applying.until, at.now())
    with spool() as kept:
        place = saved or kept
        totals = _totals(saved) if saved else save(at, selection, purpose, place, applying.looking)
        if applying.dry_run:
            write(at.screen, manner.shown.output, plan_sheet(totals), plans_in(place))
            return _code(totals)
        count = totals.asked(purpose)
        is_fleet = selection.is_fleet or count > manner.waves.canary
        order = Order(replace(ERRANDS[purpose], body=body), manner.waves, manner.shown.output, is_fleet=is_fleet)
        allowed(at, order, _WHOLE if saved else selection, count)
        if not manner.agreed.yes:
            show(at, place, totals)
        at.screen.say(totals.sentence())
        code = carry(at, order, asked(place, purpose), count, yes=manner.agreed.yes)
    return exits.worst(code, exits.ERROR if totals.unplanned else exits.NOTHING)


def _body(purpose: Purpose, reason: str, end: str, now: datetime) -> dict[str, object]:
    """What an order is sent with beside its plan."""
    if purpose is not Purpose.PAUSE:
        if end:
            raise Usage("--until: only a pause ends by itself")
        return {"reason": reason}
    if not (reason and end):
        raise Usage("a plan for a pause needs --reason and --until")
    return {"reason": reason, "until": moment_text(until(end, now))}


def _saved(selection: Selection) -> Path | None:
    """The saved plan, where one is named in place of tenants."""
    names = selection.tenants or []
    files = [Path(name) for name in names if Path(name).is_file()]
    if files and len(names) > 1:
        raise Usage("one saved plan and nothing beside it, or tenants")
    return files[0] if files else None


def _purpose_of(at: Desk, place: Path) -> Purpose:
    head = head_of(place)
    if head.url != at.url:
        raise InvalidPlan(f"{place}: it was made of {head.url}, and this is {at.url}")
    if head.purpose not in BOUND:
        raise InvalidPlan(f"{place}: a plan for {head.purpose} cannot be carried out")
    return Purpose(head.purpose)


def _totals(place: Path) -> Totals:
    totals = Totals()
    for each in plans_in(place):
        totals.add(each)
    return totals
