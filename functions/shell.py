"""What surrounds every piece of work: decode, handle, send what follows; and what each failure means to a queue."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from functions.telling import announce
from shared.adapters import telemetry
from shared.adapters.emitting import emit
from shared.adapters.side_by_side import side_by_side
from shared.application.failures import enclose, is_asked_again, put_off
from shared.application.handlers import Outcome
from shared.application.ports import Policy, World
from shared.application.recheck import handle_recheck
from shared.bootstrap import Application, Foundation, application, foundation
from shared.domain.errors import InvalidMessage, KeeperError, TransientError
from shared.domain.messages import Delivery, Message, Queue, decode

_LOG = logging.getLogger("keeper.shell")

Handler = Callable[[Message, World, Policy], Outcome]


def work(queue: Queue, body: bytes, handle: Handler) -> None:
    """Work on one message: to the end, or off until later, or aside with its reason; nothing is dropped.

    Anything that is no ``KeeperError`` is a bug: it goes to the host, which delivers the message again and in the end
    moves it to the poison queue.
    """
    begun, base = time.monotonic(), foundation()
    try:
        message = decode(body)
    except InvalidMessage as error:
        _park(base, queue, body, error)
        return
    with telemetry.bound(message, queue):
        try:
            app = application()
            outcome = handle(message, app.world, _in_time(app.policy, begun))
        except KeeperError as error:
            _put_off_or_park(base, queue, message, body, error)
        else:
            telemetry.record(queue, message, outcome.note, outcome.report)
            deliver(outcome.deliveries)


def sweep(*, past_due: bool) -> None:
    """Let the timer ask for every tenant that is due."""
    app, begun = application(), time.monotonic()
    emit("sweep.started", {"past_due": past_due})
    count = sum(1 for _ in side_by_side(app.queues.send, handle_recheck(app.world, app.policy, side_by_side)))
    found, took = app.world.journal.headcount(), round((time.monotonic() - begun) * 1000)
    is_frozen = app.world.wishes.get().fleet.freeze is not None
    told = {"asked_for": count, "fleet": found.watched if found else 0, "is_frozen": is_frozen, "duration_ms": took}
    emit("sweep.completed", told)
    _measure(app)
    app.heartbeat.beat()
    announce(app)


def _measure(app: Application) -> None:
    """Tell how full the queues are; whoever cannot be measured fails nobody's work."""
    try:
        for depth in app.queues.depths(app.world.clock()):
            emit("queue.depth", {"queue": depth.queue, "depth": depth.messages, "oldest_age_s": depth.oldest_age_s})
    except KeeperError as error:
        _LOG.warning("queues not measured", extra={"code": error.code, "reason": str(error)})


def deliver(deliveries: Iterable[Delivery], *, or_leave_to_the_timer: bool = False) -> None:
    """Send messages, now that the work they follow from is done.

    Args:
        deliveries: The messages.
        or_leave_to_the_timer: The work is durable and the timer finds it: a queue that is away is no failure.

    Raises:
        Unavailable: The queue service is away.
    """
    app = application()
    for delivery in deliveries:
        try:
            app.queues.send(delivery)
        except TransientError as error:
            if not or_leave_to_the_timer:
                raise
            _LOG.warning("left to the timer", extra={"queue": delivery.queue, "code": error.code})


def _in_time(policy: Policy, begun: float) -> Policy:
    """What the application took to assemble is not there for the work."""
    return replace(policy, job=policy.job - timedelta(seconds=time.monotonic() - begun))


def _put_off_or_park(base: Foundation, queue: Queue, message: Message, body: bytes, error: KeeperError) -> None:
    later = put_off(error, queue, message, base.chance())
    if later is None and is_asked_again(error, message):
        _LOG.warning("left to the timer", extra={"queue": queue, "code": error.code, "reason": str(error)})
        return
    if later is None:
        _park(base, queue, body, error)
        return
    seconds = later.delay.total_seconds()
    _LOG.warning("put off", extra={"code": error.code, "reason": str(error), "delay_s": round(seconds, 1)})
    base.queues.send(later)


def _park(base: Foundation, queue: Queue, body: bytes, error: KeeperError) -> None:
    # Whoever keeps it says so as an error, once.
    _LOG.warning("set aside", extra={"queue": queue, "code": error.code, "reason": str(error)})
    base.queues.park(queue, enclose(body, error))
