"""What comes from a poison queue: it is kept, said once, and followed by a look at its tenant."""

import logging
from dataclasses import replace
from datetime import timedelta

from shared.adapters.emitting import emit
from shared.adapters.redaction import without_keys
from shared.application.failures import code_of, enclose_again, open_parked
from shared.application.poison import look_again
from shared.bootstrap import Foundation, foundation
from shared.domain.errors import KeeperError
from shared.domain.letters import Outbox
from shared.domain.messages import Parked, Queue

_LOG = logging.getLogger("keeper.poison")

_AWAY = timedelta(minutes=5)
"""How long, at least, a message stays on the poison queue when the account cannot keep it."""


def keep(queue: Queue | Outbox, message_id: str | None, body: bytes) -> None:
    """Keep a message from a poison queue, and ask for a look at its tenant.

    The host gives up on a poison queue's own messages without a word, so nothing foreseeable leaves here: what cannot
    be kept now goes back to the queue for a while.

    Raises:
        InvalidSettings: There is no account to keep it in.
        KeeperError: It could neither be kept nor put back.
    """
    base = foundation()
    message_id = message_id or str(base.world.new_id())
    parked = open_parked(queue, message_id, body.decode("utf-8", "backslashreplace"), base.world.clock())
    if not parked.tenant_id:
        # Nobody knows who wrote it: it is kept for a person to read, and no key with it.
        parked = replace(parked, body=without_keys(parked.body), reason=without_keys(parked.reason))
    try:
        _keep(parked, base)
    except KeeperError as error:
        delay = _AWAY * (1 + base.chance())
        _LOG.warning(
            "put back", extra={**_said(parked), "because": error.code, "delay_s": round(delay.total_seconds())}
        )
        base.queues.park(queue, enclose_again(parked, message_id), delay)


def _keep(parked: Parked, base: Foundation) -> None:
    if base.world.journal.park(parked):
        _LOG.error("message parked", extra=_said(parked))
        told = {"queue": parked.queue, "tenant_id": parked.tenant_id, "code": code_of(parked)}
        emit("message.parked", {**told, "parked_id": parked.parked_id})
    for delivery in look_again(parked, base.world):
        base.queues.send(delivery)


def _said(parked: Parked) -> dict[str, object]:
    facts = {"queue": parked.queue, "code": code_of(parked), "reason": parked.reason, "parked_id": parked.parked_id}
    return {**facts, "tenant_id": parked.tenant_id}
