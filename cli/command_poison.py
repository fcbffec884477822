"""``poison``: messages that nobody could work on."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from cli import exits
from cli.answers import Parked
from cli.desk import Desk, desk
from cli.errors import Refused, Usage
from cli.inert import one_line
from cli.moments import shown as moment
from cli.options import Agreed, Shown, command
from cli.outcomes import ASKED, REFUSED, Outcome, Tally, outcome_sheet
from cli.outside import Outside
from cli.plans import OURS
from cli.sheets import Column, Sheet, write, write_one

poison = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Messages that nobody could work on.")

_ROWS = (
    Column[Parked]("id", lambda parked: parked.id),
    Column[Parked]("queue", lambda parked: parked.queue),
    Column[Parked]("parked", lambda parked: moment(parked.parked_at)),
    Column[Parked]("reason", lambda parked: parked.reason),
)
_Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As keeper poison ls shows them.")]


_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", re.ASCII)
"""What can stand in a path as it is."""


def ls(outside: Outside, shown: Shown) -> int:
    """List them, newest first."""
    at = desk(outside)
    write(at.screen, shown.output, Sheet("parked", _ROWS), at.api.parked())
    return exits.NOTHING


def show(outside: Outside, shown: Shown, *, parked_id: Annotated[str, typer.Argument(metavar="ID")]) -> int:
    """Show one, with its body as it came."""
    at = desk(outside)
    found = next((each for each in at.api.parked() if each.id == parked_id), None)
    if found is None:
        raise Refused("unknown_parked", f"there is no open parked message {parked_id}")
    write_one(at.screen, shown.output, "parked", found, _lines(found))
    return exits.NOTHING


def _lines(parked: Parked) -> Iterator[str]:
    yield f"{one_line(parked.id)}  {one_line(parked.queue)}  {moment(parked.parked_at)}"
    yield f"reason  {one_line(parked.reason)}"
    yield f"body    {one_line(parked.body)}"


def replay(outside: Outside, agreed: Agreed, shown: Shown, *, parked_ids: _Ids) -> int:
    """Send some once more: the work is asked for again, of what is wanted now."""
    at = desk(outside)
    at.screen.confirm(f"The work of {len(parked_ids)} messages is asked for again. Go on?", yes=agreed.yes)
    return _decide(at, "replay", parked_ids, shown)


def drop(outside: Outside, agreed: Agreed, shown: Shown, *, parked_ids: _Ids) -> int:
    """Decide that nothing comes of some; that is not taken back."""
    at = desk(outside)
    at.screen.confirm(f"Nothing comes of {len(parked_ids)} messages any more. Go on?", yes=agreed.yes)
    return _decide(at, "drop", parked_ids, shown)


def _decide(at: Desk, fate: str, parked_ids: list[str], shown: Shown) -> int:
    tally = Tally()
    strange = [each for each in parked_ids if not _ID.fullmatch(each)]
    if strange:
        raise Usage(f"{one_line(strange[0])[:80]!r}: an id as keeper poison ls shows it is expected")

    def outcomes() -> Iterator[Outcome]:
        for parked_id in dict.fromkeys(parked_ids):
            outcome = _decided(at, fate, parked_id)
            tally.add(outcome)
            yield outcome

    write(at.screen, shown.output, outcome_sheet(tally), outcomes())
    return exits.ERROR if tally.any(REFUSED) else exits.NOTHING


def _decided(at: Desk, fate: str, parked_id: str) -> Outcome:
    try:
        accepted = at.api.post(f"/api/poison/{parked_id}/{fate}", {})
    except Refused as refused:
        if refused.code in OURS:
            raise
        return Outcome("", parked_id, REFUSED, str(refused), refused.code, f"keeper explain {refused.code}")
    return Outcome("", parked_id, ASKED, accepted.status, operation_id=accepted.operation_id or "")


for _name, _function in (("ls", ls), ("show", show), ("replay", replay), ("drop", drop)):
    command(poison, _name)(_function)
