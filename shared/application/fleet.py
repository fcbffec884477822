"""The fleet's turn: the messages that make a pause of the fleet so in each tenant, and those that bring them back.

Whoever dies while sending them is taken over by the timer.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.application.handlers import new_message
from shared.application.ports import Policy, World
from shared.application.wishing import tell
from shared.application.witness import KEEPER
from shared.domain.errors import RecordChanged
from shared.domain.fleet import EVERYWHERE, FleetPause, covers, pause_of, with_pause
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.moments import warned
from shared.domain.schedule import share
from shared.domain.tenants import Stage, Tenant

_PAGE = 1000


def fleet_turn(world: World, policy: Policy) -> Iterator[Delivery]:
    """Ask every tenant of a scope to pause or to come back, where that has not been done to the end yet."""
    now = world.clock()
    for scope, pause in world.wishes.get().fleet.pauses.items():
        if now >= pause.suspension.until:
            yield from _coming_back(scope, world, policy)
            _settle(scope, pause, None, world)
            _tell(scope, "is over", world)
        elif not pause.is_asked:
            for tenant in _active(scope, world):
                yield _asking(tenant, Cause.PAUSE, world, timedelta(0))
            _settle(scope, pause, replace(pause, is_asked=True), world)
        elif (soon := warned(pause.suspension, now)) != pause.suspension:
            _settle(scope, pause, replace(pause, suspension=soon), world)
            _tell(scope, "ends soon", world)


def _tell(scope: str, said: str, world: World) -> None:
    tell(f"pause {scope}", said, KEEPER, world)
    world.telemetry.ending("fleet", f"pause {scope} {said}")


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
