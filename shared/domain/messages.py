"""A message is a key and a cause, never state: "look at tenant T, because of C"."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.domain.errors import InvalidMessage, InvalidSignup
from shared.domain.tenants import parse_tenant_id

SCHEMA = 1
LARGEST = 48 * 1024
"""Bytes of JSON that still fit into a queue message once they are base64 (the service's limit is 64 KiB of text)."""
_MOST_ATTEMPTS = 1000


class Queue(StrEnum):
    """The work queues; the function that empties one has its name."""

    PROVISION = "provision"
    VERIFY = "verify"
    REMEDIATE = "remediate"
    OFFBOARD = "offboard"

    @property
    def poison(self) -> str:
        """The queue that takes what could not be worked on."""
        return f"{self}-poison"


class Cause(StrEnum):
    """Why somebody is to look at a tenant."""

    SIGNUP = "signup"
    SETTLED = "settled"
    """A reconcile ended some time ago: see whether it held."""
    RECHECK = "recheck"
    DRIFT = "drift"
    OPERATOR = "operator"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    CONSENT = "consent"
    """The tenant's administrator came back from Entra's consent page."""
    PAUSE = "pause"
    RESUME = "resume"
    """A pause or a hold is over, by a person or by time."""
    MOVE = "move"
    """The next part of a move to another region."""
    OFFBOARD = "offboard"
    PARKED = "parked"
    """A message about the tenant was set aside: see whether the tenant is well all the same."""


HEALING = frozenset({Cause.RECHECK, Cause.DRIFT, Cause.SETTLED, Cause.PARKED})
"""Behind these is nobody: what they repair is counted against the budget."""

ASKED_FOR = frozenset(Cause) - HEALING - {Cause.RESUME, Cause.OFFBOARD}
"""Behind these is a person, who may know what Microsoft allows by now, and why repairs are frozen."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request to look at one tenant.

    Attributes:
        tenant_id: Whom to look at.
        cause: Why.
        correlation_id: The thread through everything that one cause led to.
        generation: The tenant's generation when it was sent; an older one is a no-op.
        first_enqueued_at: When the work was first asked for.
        attempt: 1 at first; grows each time that the work is put off or a repair did not hold.
        traceparent: W3C trace context, or empty.
    """

    tenant_id: UUID
    cause: Cause
    correlation_id: UUID
    generation: int
    first_enqueued_at: datetime
    attempt: int = 1
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way: to which queue, and not before when."""

    queue: Queue
    message: Message
    delay: timedelta = timedelta(0)


class Fate(StrEnum):
    """What became of a parked message."""

    OPEN = "open"
    """Nobody has decided yet."""
    REPLAYED = "replayed"
    DROPPED = "dropped"
    RESOLVED = "resolved"
    """Its tenant was found well afterwards; nobody had to decide."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that nobody can work on, kept for a person.

    Attributes:
        parked_id: Its own id; the same message parked twice has the same.
        queue: The work queue that it came from.
        reason: A stable code, then one sentence.
        body: The message as it came, as far as it is text.
        parked_at: When.
        fate: What became of it.
        decided_by: Who decided.
        decided_at: When.
        tenant_id: Whom it is about; empty where it does not say so.
    """

    parked_id: str
    queue: str
    reason: str
    body: str
    parked_at: datetime
    fate: Fate = Fate.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    tenant_id: str = ""


def again(message: Message) -> Message:
    """The same request, one attempt later."""
    return replace(message, attempt=message.attempt + 1)


def encode(message: Message) -> bytes:
    """Write a message as JSON."""
    document = {
        "schema": SCHEMA,
        "tenant_id": str(message.tenant_id),
        "cause": message.cause.value,
        "correlation_id": str(message.correlation_id),
        "traceparent": message.traceparent,
        "generation": message.generation,
        "attempt": message.attempt,
        "first_enqueued_at": message.first_enqueued_at.isoformat(),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def decode(body: bytes) -> Message:
    """Read a message; total: any bytes end in a message or in one error.

    Raises:
        InvalidMessage: No version of this product would have queued these bytes.
    """
    if len(body) > LARGEST:
        raise InvalidMessage(f"larger than {LARGEST} bytes")
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("not UTF-8 JSON") from error
    if not isinstance(document, dict):
        raise InvalidMessage("not a JSON object")
    schema = document.get("schema")
    if type(schema) is not int or schema != SCHEMA:
        raise InvalidMessage("unknown schema")
    expected = {"tenant_id", "cause", "correlation_id", "traceparent", "generation", "attempt", "first_enqueued_at"}
    if document.keys() - {"schema"} != expected:
        raise InvalidMessage("fields missing or unknown")
    try:
        return Message(
            tenant_id=parse_tenant_id(document["tenant_id"]),
            cause=Cause(document["cause"]),
            correlation_id=UUID(_text(document["correlation_id"])),
            generation=_count(document["generation"]),
            first_enqueued_at=_instant(document["first_enqueued_at"]),
            attempt=_count(document["attempt"]),
            traceparent=_text(document["traceparent"])[:55],
        )
    except (ValueError, TypeError, InvalidSignup) as error:
        raise InvalidMessage("a field is not of its form") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_ATTEMPTS * _MOST_ATTEMPTS:
        raise ValueError("a count expected")
    return value


def _instant(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("an instant has a zone")
    return moment
