"""What surrounds every piece of work: decode, handle, send what follows; and what each failure means to a queue."""

import logging
from collections.abc import Callable, Iterable

from shared.adapters import telemetry
from shared.application.failures import enclose, open_parked, put_off
from shared.application.handlers import Outcome
from shared.application.ports import Policy, World
from shared.application.recheck import handle_recheck
from shared.bootstrap import Application, application
from shared.domain.errors import InvalidMessage, KeeperError, TransientError
from shared.domain.messages import Delivery, Message, Queue, decode

_LOG = logging.getLogger("keeper.shell")

Handler = Callable[[Message, World, Policy], Outcome]


def work(queue: Queue, body: bytes, handle: Handler) -> None:
    """Work on one message: to the end, or off until later, or aside with its reason; nothing is dropped.

    Anything that is no ``KeeperError`` is a bug: it goes to the host, which delivers the message again and in the end
    moves it to the poison queue.
    """
    app = application()
    try:
        message = decode(body)
    except InvalidMessage as error:
        _park(app, queue, body, error)
        return
    with telemetry.bound(message):
        try:
            outcome = handle(message, app.world, app.policy)
        except KeeperError as error:
            _put_off_or_park(app, queue, message, body, error)
        else:
            telemetry.record(queue, message, outcome.note, outcome.report)
            deliver(outcome.deliveries)


def sweep(*, past_due: bool) -> None:
    """Let the timer ask for every tenant that is due."""
    app = application()
    count = 0
    for turn in handle_recheck(app.world, app.policy):
        app.queues.send(turn.delivery)
        if turn.notice:
            tenant_id = turn.delivery.message.tenant_id
            _LOG.warning("decided by a person, and ending", extra={"tenant_id": tenant_id, "reason": turn.notice})
        count += 1
    _LOG.info("swept", extra={"asked_for": count, "past_due": past_due})


def keep(queue: Queue, message_id: str | None, body: bytes) -> None:
    """Keep what came from a poison queue."""
    app = application()
    text = body.decode("utf-8", "backslashreplace")
    parked = open_parked(queue, message_id or str(app.world.new_id()), text, app.world.clock())
    app.world.journal.park(parked)
    _LOG.error("message parked", extra={"queue": queue, "reason": parked.reason, "parked_id": parked.parked_id})


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


def _put_off_or_park(app: Application, queue: Queue, message: Message, body: bytes, error: KeeperError) -> None:
    later = put_off(error, queue, message, app.chance())
    if later is None:
        _park(app, queue, body, error)
        return
    seconds = later.delay.total_seconds()
    _LOG.warning("put off", extra={"code": error.code, "reason": str(error), "delay_s": round(seconds, 1)})
    app.queues.send(later)


def _park(app: Application, queue: Queue, body: bytes, error: KeeperError) -> None:
    _LOG.error("set aside", extra={"queue": queue, "code": error.code, "reason": str(error)})
    app.queues.park(queue, enclose(body, error))
