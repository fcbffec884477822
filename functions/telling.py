"""What surrounds the telling: the timer's part, one letter's delivery, and what each failure means to the queue."""

import logging

from shared.adapters.emitting import emit
from shared.application.delivering import deliver_letter, later, note
from shared.application.failures import enclose
from shared.application.notifying import incident_turn
from shared.bootstrap import Application, Foundation, foundation
from shared.domain.errors import InvalidMessage, KeeperError, SinkGone
from shared.domain.incidents import Delivered
from shared.domain.letters import Letter, Outbox, Posting, decode_letter

_LOG = logging.getLogger("keeper.telling")


def announce(app: Application) -> None:
    """Ask for what nobody has been told yet; what cannot be asked for now is found again at the next turn."""
    try:
        for letter in incident_turn(app.world, app.policy, app.notices):
            app.queues.post(Posting(letter))
            note(letter, Delivered.ASKED, app.world)
    except KeeperError as error:
        _LOG.warning("telling left to the next turn", extra={"code": error.code, "reason": str(error)})


def tell(body: bytes) -> None:
    """Deliver one letter: now, later, or to a person with the reason; nothing is dropped.

    Raises:
        InvalidSettings: There is no application.
        KeeperError: It could neither be put off nor set aside; the host delivers it again.
    """
    base = foundation()
    try:
        letter = decode_letter(body)
    except InvalidMessage as error:
        base.queues.park(Outbox.NOTIFY, enclose(body, error))
        return
    try:
        told = deliver_letter(letter, base.notices, base.world)
    except KeeperError as error:
        _put_off_or_give_up(base, letter, body, error)
        return
    if told is not None:
        said = {"tenant_id": str(letter.tenant_id or ""), "incident": told.cause.value, "severity": told.severity.value}
        emit("notification.sent", {**said, **_named(letter), "attempt": letter.attempt})


def _put_off_or_give_up(base: Foundation, letter: Letter, body: bytes, error: KeeperError) -> None:
    said = {**_named(letter), "code": error.code, "reason": str(error)}
    posting = later(error, letter, base.chance())
    if posting is not None:
        _LOG.warning("put off", extra={**said, "delay_s": round(posting.delay.total_seconds(), 1)})
        base.queues.post(posting)
        return
    if isinstance(error, SinkGone):
        _LOG.warning("told nothing any more", extra=said)
        emit("sink.gone", {"sink": letter.sink})
    else:
        _LOG.warning("set aside", extra=said)
        base.queues.park(Outbox.NOTIFY, enclose(body, error))
    note(letter, Delivered.DROPPED, base.world)


def _named(letter: Letter) -> dict[str, object]:
    return {"sink": letter.sink, "news": letter.news.value}
