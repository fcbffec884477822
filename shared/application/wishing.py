"""What an operator wants of the whole fleet: frozen repairs, and a pause of the mail flow in a region or everywhere.

What is wanted is one row that every worker reads at each message, so that it counts at once.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.ports import World
from shared.application.stores import MOST_EDITIONS
from shared.domain.decisions import Suspension
from shared.domain.errors import InvalidRequest, RecordChanged
from shared.domain.fleet import SCOPES, Fleet, FleetPause, Freeze, with_pause
from shared.domain.history import EventKind, Thread
from shared.domain.one_line import check_line

FLEET = UUID(int=0)
"""Whose history the fleet's own is."""


def freeze(by: str, reason: str, world: World) -> None:
    """Let all repairs stand still until a person releases them; verification goes on."""
    frozen = Freeze(by, reason, world.clock())
    _wish(lambda fleet: fleet if fleet.freeze else replace(fleet, freeze=frozen), "freeze", reason, by, world)


def release(by: str, world: World) -> None:
    """Let repairs go on: each tenant's at its next turn."""
    _wish(lambda fleet: replace(fleet, freeze=None), "release", "", by, world)


def pause_fleet(scope: str, suspension: Suspension, world: World) -> None:
    """Let the mail of every active tenant of a scope pass by MailMarshal Cloud for a while.

    Raises:
        InvalidRequest: There is no such scope.
    """
    pause = FleetPause(suspension)
    said = f"until {suspension.until.isoformat(timespec='minutes')}: {suspension.reason}"
    _wish(lambda fleet: with_pause(fleet, _known(scope), pause), f"pause {scope}", said, suspension.by, world)


def resume_fleet(scope: str, by: str, world: World) -> None:
    """End a scope's pause: its tenants come back one after another.

    Raises:
        InvalidRequest: There is no such scope.
    """
    now = world.clock()

    def ended(fleet: Fleet) -> Fleet:
        pause = fleet.pauses.get(_known(scope))
        if pause is None:
            return fleet
        return with_pause(fleet, scope, FleetPause(replace(pause.suspension, until=now), is_asked=True))

    _wish(ended, f"resume {scope}", "", by, world)


def _wish(change: Callable[[Fleet], Fleet], what: str, why: str, by: str, world: World) -> None:
    check_line("reason", why)
    for _ in range(MOST_EDITIONS):
        record = world.wishes.get()
        fleet = change(record.fleet)
        with suppress(RecordChanged):
            if fleet != record.fleet:
                world.wishes.put(record, fleet)
                tell(what, why, by, world)
            return
    raise RecordChanged("others changed the fleet at every attempt; ask again")


def tell(what: str, said: str, by: str, world: World) -> None:
    """Write an event into the fleet's own history."""
    thread = Thread(world.clock(), by, world.new_id())
    world.history.append(FLEET, [thread.event(EventKind.OPERATOR, what, "", said)])


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise InvalidRequest(f"scope: one of {', '.join(sorted(SCOPES))} is expected")
    return scope


def checked_until(until: datetime, now: datetime, longest: timedelta) -> datetime:
    """An end that lies ahead, and not too far.

    Raises:
        InvalidRequest: It does not.
    """
    if not now < until <= now + longest:
        raise InvalidRequest(f"until: a moment within the next {longest.days} days is expected")
    return until
