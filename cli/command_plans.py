"""``plan`` and ``apply``: what would be done, and doing just that."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.desk import Desk, desk
from cli.errands import ERRANDS
from cli.errors import InvalidPlan, Usage
from cli.options import Looking, Manner, Said, Selection, Shown, command
from cli.ordering import Order, allowed, carry
from cli.outcomes import Target
from cli.outside import Outside
from cli.plan_file import head_of, plans_in, spool
from cli.planning import keep, show
from cli.plans import Totals, concerned, plan_sheet
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
        raise Usage(f"--out: {purpose} cannot be bound to a plan; only {' and '.join(sorted(BOUND))} can")
    at = desk(outside)
    with spool() as kept:
        place = out or kept
        totals = save(at, selection, planning.purpose, place, looking)
        write(at.screen, shown.output, plan_sheet(totals), plans_in(place))
    if out is not None and totals.changing:
        at.screen.say(f"next: keeper apply {out}")
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
    with spool() as kept:
        place = saved or kept
        purpose = _purpose_of(at, saved) if saved else Purpose.REMEDIATE
        totals = _totals(saved) if saved else save(at, selection, purpose, place, applying.looking)
        if applying.dry_run:
            write(at.screen, manner.shown.output, plan_sheet(totals), plans_in(place))
            return _code(totals)
        errand = replace(ERRANDS[purpose], body={"reason": said.reason})
        is_fleet = selection.is_fleet or totals.changing > manner.waves.canary
        order = Order(errand, manner.waves, manner.shown.output, is_fleet=is_fleet)
        allowed(at, order, _WHOLE if saved else selection, totals.changing)
        if not manner.agreed.yes:
            show(at, place, totals)
        at.screen.say(totals.sentence())
        code = carry(at, order, _targets(place), totals.changing, yes=manner.agreed.yes)
    return exits.worst(code, exits.ERROR if totals.unplanned else exits.NOTHING)


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


def _targets(place: Path) -> Iterator[Target]:
    for each in plans_in(place):
        if each.steps:
            yield Target(each.tenant_id, each.initial_domain, each.plan_hash)
