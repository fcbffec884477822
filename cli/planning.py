"""Plans of many tenants, kept in a file until their orders go out: made, shown to whoever is asked, and bound to."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from cli.answers_tenants import TenantLine
from cli.desk import Desk
from cli.outcomes import Target
from cli.plan_file import new_head, plans_in, saving
from cli.plans import Totals, plan_lines, planned
from cli.side_by_side import side_by_side
from cli.words import Purpose

_MOST_SHOWN = 20


def keep(at: Desk, lines: Iterable[TenantLine | Target], purpose: Purpose, place: Path, at_once: int) -> Totals:
    """Plan for tenants, straight into a file.

    Args:
        at: What a command works with.
        lines: The tenants.
        purpose: The order that is planned.
        place: The file.
        at_once: How many are looked at side by side.
    """
    totals = Totals()
    with saving(place, new_head(purpose, at.url, at.now())) as save, at.screen.progress("planning", None) as step:
        for each in side_by_side(partial(planned, at.api, purpose), lines, at_once):
            totals.add(each)
            save(each)
            step()
    return totals


def show(at: Desk, place: Path, totals: Totals) -> None:
    """Show what is about to be done, beside the data: the first twenty tenants."""
    concerned = (each for each in plans_in(place) if not each.is_well)
    for each in islice(concerned, _MOST_SHOWN):
        for line in plan_lines(each):
            at.screen.say(line)
    left = totals.changing + totals.waiting + totals.unplanned - _MOST_SHOWN
    if left > 0:
        at.screen.say(f"… and {left} more tenants")


def bound(place: Path) -> Iterator[Target]:
    """Give the tenants that were planned for, each with its plan; with none where none could be made."""
    for each in plans_in(place):
        yield Target(each.tenant_id, each.initial_domain, each.plan_hash)


def asked(place: Path, purpose: Purpose) -> Iterator[Target]:
    """Give the tenants that a saved plan asks: as many as ``Totals.asked`` counts."""
    for each in plans_in(place):
        if each.steps if purpose is Purpose.REMEDIATE else not each.code:
            yield Target(each.tenant_id, each.initial_domain, each.plan_hash)
