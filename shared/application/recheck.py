"""The timer's turn: ask for every tenant that is due, end what time ends, forget what is too old. It only enqueues."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.application.fleet import fleet_turn
from shared.application.handlers import new_message
from shared.application.ports import Policy, World
from shared.application.witness import KEEPER
from shared.domain.decisions import Suspension
from shared.domain.errors import RecordChanged, Unavailable
from shared.domain.headcount import headcount
from shared.domain.history import Event, EventKind, Thread, changes
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.moments import next_moment, passed
from shared.domain.schedule import next_turn, spread
from shared.domain.tenants import Record, Stage, Tenant

_ONCE = timedelta(days=1)
_WEBHOOKS_KEPT = timedelta(days=31)
"""Standard Webhooks' senders try again for days; whoever replays a webhook later is refused by its time stamp."""


Each = Callable[[Callable[[Record], Delivery | None], Iterable[Record]], Iterable[Delivery | None]]
"""How the turns of many tenants are taken: ``map``, or something that takes several at once."""


def handle_recheck(world: World, policy: Policy, each: Each = map) -> Iterator[Delivery]:
    """Ask for every tenant whose turn has come, spread over the time that the timer was silent.

    The turn is claimed before the message is yielded: a timer that fires twice, or two timers, ask once.
    """
    now = world.clock()
    yield from fleet_turn(world, policy)
    here = (record for record in world.tenants.due(now) if record.tenant.stage is not Stage.OFFBOARDED)
    yield from filter(None, each(lambda record: _turn(record, world, policy), here))
    _clean_up(world, policy)
    world.journal.counted(headcount(world.tenants.counted(), now))
    world.journal.swept(now)


def _turn(record: Record, world: World, policy: Policy) -> Delivery | None:
    now, before = world.clock(), record.tenant
    after = passed(before, now)
    claimed = replace(after, next_check_at=next_moment(after, next_turn(after.tenant_id, now, policy.period)))
    if not _is_claimed(record, claimed, world):
        return None  # somebody is at work on it, or another timer was first
    thread = Thread(now, KEEPER, world.new_id())
    ended = _ended(before, after, thread)
    if events := (*changes(before, after, thread), *ended):
        world.history.append(after.tenant_id, events)
    queue, cause = _work_on(before, after)
    delay = timedelta(0) if ended else spread(after.tenant_id, before.next_check_at, now, policy.period)
    message = new_message(after, cause, now, thread.correlation_id)
    if ended:
        world.telemetry.ending(str(after.tenant_id), "; ".join(f"{event.subject} {event.after}" for event in ended))
    return Delivery(queue, message, delay)


def _is_claimed(record: Record, claimed: Tenant, world: World) -> bool:
    """Claim a turn. One lost answer must not end the turns of all: then the record says whether it was written.

    Raises:
        Unavailable: Storage is away.
    """
    with suppress(Unavailable):
        return _is_written(record, claimed, world)
    found = world.tenants.get(claimed.tenant_id)
    return found.tenant == claimed or (found == record and _is_written(record, claimed, world))


def _is_written(record: Record, claimed: Tenant, world: World) -> bool:
    try:
        world.tenants.put(record, claimed)
    except RecordChanged:
        return False
    return True


def _work_on(before: Tenant, after: Tenant) -> tuple[Queue, Cause]:
    if after.stage is Stage.AWAITING_CONSENT:
        return Queue.PROVISION, Cause.RECHECK
    if after.stage is Stage.OFFBOARDING:
        return Queue.OFFBOARD, Cause.RECHECK
    return (Queue.REMEDIATE, Cause.RESUME) if before.stage is not after.stage else (Queue.VERIFY, Cause.RECHECK)


def _ended(before: Tenant, after: Tenant, thread: Thread) -> tuple[Event, ...]:
    found: list[Event] = []
    for name, was, now in (("pause", before.pause, after.pause), ("hold", before.hold, after.hold)):
        if was is not None and was != now:
            found.append(thread.event(EventKind.TIME, name, _until(was), "is over" if now is None else "ends soon"))
    for name, deviation in before.deviations.items():
        if name not in after.deviations:
            until = deviation.until.isoformat(timespec="minutes")
            found.append(thread.event(EventKind.TIME, f"deviation {name}", f"until {until}", "is over"))
    return tuple(found)


def _until(suspension: Suspension) -> str:
    return f"until {suspension.until.isoformat(timespec='minutes')}, by {suspension.by}"


def _clean_up(world: World, policy: Policy) -> None:
    """Forget once a day what is too old; whoever dies in the middle begins again at the next turn."""
    now = world.clock()
    last = world.journal.last_cleaning()
    if last is not None and now - last < _ONCE:
        return
    world.journal.forget(now - _WEBHOOKS_KEPT)
    world.history.forget(now - policy.memory)
    world.journal.cleaned(now)
