"""What may go wrong at a call to anything outside, and at which calls it can."""

from enum import StrEnum

_STORES = frozenset({"tenants", "journal", "wishes", "history", "proofs", "incidents", "queues"})
_WRITES = frozenset({"put", "add", "append", "park", "send", "post"})
_READS = frozenset({"observe", "survey"})


class Crash(BaseException):
    """The process is gone; no handler of errors sees it."""


class Fault(StrEnum):
    """One thing that goes wrong."""

    CRASH_BEFORE = "crash_before"
    CRASH_AFTER = "crash_after"
    REFUSED = "refused"
    """Exchange answers 500 and has done nothing."""
    LOST = "lost"
    """Exchange has done it and answers 503."""
    RESET = "reset"
    """Exchange has done it and the connection breaks."""
    THROTTLED = "throttled"
    """Exchange answers 429 and names a time."""
    STALE = "stale"
    """A read shows the tenant as it was before the last write."""
    AWAY = "away"
    """Storage answers nothing and has done nothing."""
    AWAY_AFTER = "away_after"
    """Storage has done it and answers nothing."""
    CONFLICT = "conflict"
    """Somebody else changed the row a moment before."""
    SLEEP = "sleep"
    """The worker stands still for longer than its lease lasts; in a write to Exchange, for as long as one may take."""
    DAMAGE = "damage"
    """The tenant's administrator changes something of ours."""


def is_like_another(fault: Fault, port: str, name: str) -> bool:
    """Whether a fault at a call comes to the same as one at another call, so that a sweep may leave it out."""
    match fault:
        case Fault.CRASH_BEFORE:
            # It has done what one has done that dies after the call before.
            return True
        case Fault.CRASH_AFTER:
            # A read has no effect: it has done what one has done that dies after the last call that had one.
            return name not in _WRITES | {"apply"}
        case Fault.DAMAGE:
            # Only what is asked of Exchange can meet it.
            return port != "exchange"
        case Fault.RESET:
            # To the product the same as an answer of 503; every write of every part meets it in case P03.
            return True
        case _:
            return False


def applies(fault: Fault, port: str, name: str) -> bool:
    """Whether a fault can hit a call."""
    match fault:
        case Fault.CRASH_BEFORE | Fault.CRASH_AFTER | Fault.SLEEP | Fault.DAMAGE:
            return True
        case Fault.REFUSED | Fault.THROTTLED:
            return port == "exchange"
        case Fault.LOST | Fault.RESET:
            return (port, name) == ("exchange", "apply")
        case Fault.STALE:
            return port == "exchange" and name in _READS
        case Fault.AWAY:
            return port in _STORES
        case Fault.AWAY_AFTER:
            return port in _STORES and name in _WRITES
        case Fault.CONFLICT:
            return port in ("tenants", "wishes", "incidents") and name == "put"
