"""What a failure means to a queue: put the work off, or park it with its reason. Pure: chance comes from outside."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from shared.domain.errors import (
    Ambiguous,
    Busy,
    Conflict,
    InvalidMessage,
    InvalidSettings,
    KeeperError,
    NotYet,
    RecordChanged,
    RolePropagating,
    Throttled,
    TransientError,
    Unavailable,
    VendorCredential,
)
from shared.domain.letters import Outbox
from shared.domain.messages import HEALING, LARGEST, Cause, Delivery, Message, Parked, Queue, again, decode

MOST_ATTEMPTS = 12
"""How often work is put off before a person is asked; with the delays below, most of a day."""

_LONGEST = timedelta(hours=1)
_SHORTEST = timedelta(seconds=1)

_RACE = timedelta(seconds=9)
"""How far apart those come again who lost a race at the same moment."""

_FIRST_DELAY: dict[type[KeeperError], timedelta] = {
    Throttled: timedelta(seconds=30),
    Unavailable: timedelta(seconds=15),
    Ambiguous: timedelta(seconds=15),
    Conflict: timedelta(seconds=5),
    RecordChanged: timedelta(seconds=2),
    RolePropagating: timedelta(minutes=5),
    # A person must act, and for us, not for five thousand tenants: their work waits and is not set aside.
    VendorCredential: timedelta(minutes=15),
    InvalidSettings: timedelta(minutes=15),
}
"""The upper end of the first wait, by cause; it doubles each time."""

_BY_THE_TIMER = HEALING - {Cause.PARKED}
"""What follows from a recheck, and follows from the next one as well; everything else a person waits for."""


def put_off(error: KeeperError, queue: Queue, message: Message, chance: float) -> Delivery | None:
    """Send the work again later; ``None`` when time does not help, or when it has been put off often enough.

    Args:
        error: What happened; the wait that the other side asked for is kept to.
        queue: Where the message came from.
        message: The message.
        chance: A random number from 0 to 1: full jitter, so that a fleet does not come back at once.
    """
    if isinstance(error, Busy | NotYet):
        # Nothing was tried: whoever lost a race or came too early comes again, and has no attempt less.
        rest = error.retry_after or timedelta(0)
        return Delivery(queue, message, rest + _SHORTEST + chance * _RACE)
    if not _passes(error) or message.attempt >= MOST_ATTEMPTS:
        return None
    if isinstance(error, TransientError) and error.retry_after is not None:
        delay = error.retry_after + chance * _SHORTEST
    else:
        first = _FIRST_DELAY.get(type(error), _FIRST_DELAY[Unavailable])
        delay = max(_SHORTEST, chance * min(_LONGEST, first * 2 ** (message.attempt - 1)))
    return Delivery(queue, again(message), delay)


def is_asked_again(error: KeeperError, message: Message) -> bool:
    """Whether the timer asks for the same within a period: then nobody needs to keep a message that found no time."""
    return _passes(error) and message.cause in _BY_THE_TIMER


def _passes(error: KeeperError) -> bool:
    return isinstance(error, TransientError) or type(error) in _FIRST_DELAY


def enclose(body: bytes, error: KeeperError) -> str:
    """Write what goes on the poison queue: the message as it came and why, cut only where no message could hold it."""
    # Half a surrogate pair, which JSON from outside may bring into an error, is no UTF-8 and spelt out.
    reason = f"{error.code}: {error}".encode("utf-8", "backslashreplace").decode()[:_LONGEST_REASON]
    return _envelope(body.decode("utf-8", "backslashreplace"), {"reason": reason})


def enclose_again(parked: Parked, message_id: str) -> str:
    """Write what goes back on the poison queue when it cannot be kept now; it is the same one when it comes again."""
    return _envelope(parked.body, {"reason": parked.reason, "id": message_id})


def _envelope(text: str, said: Mapping[str, str]) -> str:
    envelope = _written(text, said)
    while len(envelope) > LARGEST:
        text = text[: len(text) * 3 // 4]
        envelope = _written(text + _CUT, said)
    return envelope.decode()


def _written(text: str, said: Mapping[str, str]) -> bytes:
    return json.dumps({"parked": 1, **said, "body": text}, ensure_ascii=False).encode("utf-8", "backslashreplace")


_CUT = " … (cut)"
_LONGEST_REASON = 512
_CODE = re.compile(r"[a-z_]{1,64}")


def open_parked(queue: Queue | Outbox, message_id: str, text: str, now: datetime) -> Parked:
    """Read what came from a poison queue; total. One delivered twice keeps its id.

    A message that we parked says why; one that the host put there itself does not (exhausted deliveries, or a text
    that is no base64).
    """
    reason, body = f"{InvalidMessage.code}: the host gave it up", text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and document.get("parked") == 1:
        reason, body = str(document.get("reason", ""))[:_LONGEST_REASON], str(document.get("body", ""))
        message_id = str(document.get("id", message_id))
    elif isinstance(document, dict):
        reason = "delivered_too_often: it failed every time that it was delivered"
    parked_id = sha256(f"{queue}\n{message_id}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return Parked(parked_id, queue.value, reason, body, now, tenant_id=_tenant_in(body))


def code_of(parked: Parked) -> str:
    """The stable code of why a message was set aside."""
    code = parked.reason.partition(":")[0]
    return code if _CODE.fullmatch(code) else InvalidMessage.code


def _tenant_in(body: str) -> str:
    try:
        return str(decode(body.encode("utf-8", "backslashreplace")).tenant_id)
    except InvalidMessage:
        return ""
