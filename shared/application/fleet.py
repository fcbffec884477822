"""What an operator wants of the whole fleet: frozen repairs, and a pause of the mail flow in a region or everywhere.

What is wanted is one row that every worker reads at each message, so that it counts at once; the messages that make it
so in each tenant follow, and whoever dies while sending them is taken over by the timer.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.handlers import new_message
from shared.application.ports import Policy, World
from shared.application.witness import KEEPER
from shared.domain.errors import InvalidRequest, RecordChanged
from shared.domain.fleet import EVERYWHERE, SCOPES, Fleet, FleetPause, Freeze, covers, pause_of, with_pause
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.moments import warned
from shared.domain.schedule import share
from shared.domain.tenants import Stage, Suspension, Tenant

FLEET = UUID(int=0)
"""Whose history the fleet's own is."""

_PAGE = 1000
_MOST_EDITIONS = 5


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


def fleet_turn(world: World, policy: Policy) -> Iterator[Delivery]:
    """Ask every tenant of a scope to pause or to come back, where that has not been done to the end yet."""
    now = world.clock()
    for scope, pause in world.wishes.get().fleet.pauses.items():
        if now >= pause.suspension.until:
            yield from _coming_back(scope, world, policy)
            _settle(scope, pause, None, world)
            _tell(f"pause {scope}", "is over", KEEPER, world)
        elif not pause.is_asked:
            for tenant in _active(scope, world):
                yield _asking(tenant, Cause.PAUSE, world, timedelta(0))
            _settle(scope, pause, replace(pause, is_asked=True), world)
        elif (soon := warned(pause.suspension, now)) != pause.suspension:
            _settle(scope, pause, replace(pause, suspension=soon), world)
            _tell(f"pause {scope}", "ends soon", KEEPER, world)


def _coming_back(scope: str, world: World, policy: Policy) -> Iterator[Delivery]:
    """Spread over a period, each tenant at its own place, unless another pause still covers it."""
    fleet, now = world.wishes.get().fleet, world.clock()
    for tenant in _active(scope, world):
        if pause_of(tenant, fleet, now) is None:
            yield _asking(tenant, Cause.RESUME, world, policy.period * share(tenant.tenant_id))


def _asking(tenant: Tenant, cause: Cause, world: World, delay: timedelta) -> Delivery:
    return Delivery(Queue.REMEDIATE, new_message(tenant, cause, world.clock(), world.new_id()), delay)


def _active(scope: str, world: World) -> Iterator[Tenant]:
    filters = {"stage": Stage.ACTIVE.value, **({} if scope == EVERYWHERE else {"region": scope})}
    cursor: str | None = None
    while True:
        tenants, cursor = world.tenants.page(filters, cursor, _PAGE)
        yield from (tenant for tenant in tenants if covers(scope, tenant))
        if cursor is None:
            return


def _settle(scope: str, seen: FleetPause, after: FleetPause | None, world: World) -> None:
    """Note how far a pause has come, unless somebody wants something else meanwhile: then the next turn looks again."""
    record = world.wishes.get()
    if record.fleet.pauses.get(scope) == seen:
        with suppress(RecordChanged):
            world.wishes.put(record, with_pause(record.fleet, scope, after))


def _wish(change: Callable[[Fleet], Fleet], what: str, why: str, by: str, world: World) -> None:
    for _ in range(_MOST_EDITIONS):
        record = world.wishes.get()
        fleet = change(record.fleet)
        with suppress(RecordChanged):
            if fleet != record.fleet:
                world.wishes.put(record, fleet)
            _tell(what, why, by, world)
            return
    raise RecordChanged("others changed the fleet at every attempt; ask again")


def _tell(what: str, said: str, by: str, world: World) -> None:
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
