"""Give an order to tenants: is it allowed at once, does a person agree, carry it out, tell how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from cli import exits
from cli.carrying import Carrying, Pace
from cli.desk import Desk
from cli.errands import Errand
from cli.errors import TooMuchChange, WaveUnwell
from cli.moments import duration
from cli.options import Selection, Waves
from cli.outcomes import LATE, REFUSED, UNWELL, Outcome, Tally, Target, outcome_sheet
from cli.selecting import size
from cli.sheets import write
from cli.waves import LARGEST, is_too_much
from cli.words import Form


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was typed.

    Attributes:
        errand: What is asked.
        waves: How fast.
        output: How outcomes are written.
        is_fleet: It goes in waves, each waited for.
    """

    errand: Errand
    waves: Waves
    output: Form
    is_fleet: bool


def allowed(at: Desk, order: Order, selection: Selection, changing: int) -> None:
    """Refuse to change more of a fleet at once than was allowed.

    Raises:
        TooMuchChange: It would.
        CommandError: The API cannot be asked how many there are.
    """
    if not (order.is_fleet and order.errand.warning and changing > order.waves.canary):
        return
    fleet, percent = size(at.api, selection), order.waves.max_change_pct
    if is_too_much(changing, fleet, percent, order.waves.canary):
        share = round(100 * changing / fleet) if fleet else 100
        raise TooMuchChange(
            f"{changing} of {fleet} tenants would change: {share} % and not {percent} % at most; nothing was done",
            f"look whether that can be right; then --max-change-pct {min(100, share + 1)}",
        )


def carry(at: Desk, order: Order, targets: Iterator[Target], count: int, *, yes: bool) -> int:
    """Ask, carry out, write what became of it.

    Returns:
        The exit code.

    Raises:
        Unconfirmed: Nobody said yes.
        WaveUnwell: Not everybody became healthy; the rest was not asked for.
        CommandError: The API cannot be asked.
    """
    if count and order.errand.warning:
        at.screen.confirm(f"{order.errand.warning} {count} {'tenant' if count == 1 else 'tenants'}. Go on?", yes=yes)
    waits = order.is_fleet or order.waves.wait
    canary = order.waves.canary if order.is_fleet else LARGEST
    pace = Pace(canary, duration(order.waves.timeout) if waits else None)
    tally = Tally()
    with at.screen.progress(order.errand.command, count, beside_data=True) as step:

        def outcomes() -> Iterator[Outcome]:
            for outcome in Carrying(at.api, order.errand, pace, at, tally).out(targets):
                step()
                yield outcome

        write(at.screen, order.output, outcome_sheet(tally), outcomes())
    at.screen.say(f"{order.errand.command}: {tally.sentence()}")
    return _end(order, tally, count)


def _end(order: Order, tally: Tally, count: int) -> int:
    left = count - sum(tally.counts.values())
    if tally.any(UNWELL, LATE):
        rest = f"; {left} tenants were not asked" if left > 0 else ""
        raise WaveUnwell(f"{order.errand.command}: not every tenant became healthy ({tally.sentence()}){rest}")
    if tally.any(REFUSED):
        return exits.ERROR
    return exits.NOTHING if tally.is_clean else exits.CHANGES
