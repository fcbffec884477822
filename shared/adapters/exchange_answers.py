"""Understand what Exchange answered: any status, headers and bytes end in a reply or in one error. No I/O, and total.

Source: exchange contract §1.5 (success), §1.8 (errors), §1.11 (batch), §2.1.4 (restricted tenants).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from shared.adapters import exchange_findings as findings
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_envelope import Envelope, opened, parsed
from shared.adapters.exchange_reasons import reason_of
from shared.adapters.exchange_refusals import Refusal, verdict, worded
from shared.adapters.redaction import excerpt
from shared.domain.errors import KeeperError
from shared.domain.values import Row


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        body: As it came, decoded by nobody.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What a cmdlet gave.

    Attributes:
        rows: The objects.
        warnings: What Exchange remarked, safe to show.
        next_link: Where the rest of a list is, as the server says; empty where this is all of it.
    """

    rows: tuple[Row, ...] = ()
    warnings: tuple[str, ...] = ()
    next_link: str = ""

    @property
    def identity(self) -> UUID | None:
        """The Guid of the one object in the answer, where there is one."""
        guid = self.rows[0].get("Guid") if len(self.rows) == 1 else None
        try:
            return UUID(guid) if isinstance(guid, str) else None
        except ValueError:
            return None


Outcome = Reply | KeeperError

_DONE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT})
_MOST_REMARKS = 10
_DISABLED = ("created in a disabled state", "can't enable an inbound connector")
"""Parts of the two warnings of a restricted tenant, in lower case (exchange contract §2.1.4)."""


def decipher(answer: Answer, call: Call, now: datetime) -> Outcome:
    """Understand the answer to one call."""
    return _judged(answer.status, answer.headers, parsed(answer.body), call, now)


def decipher_batch(answer: Answer, calls: Mapping[str, Call], now: datetime) -> dict[str, Outcome]:
    """Understand the answer to a batch: every call gets its own outcome, whatever order or company it came in.

    Args:
        answer: What came over the wire; a refusal of the whole is every call's outcome.
        calls: What was asked, by id.
        now: The time, for a Retry-After that is a date.
    """
    document = parsed(answer.body)
    parts = document.get("responses") if isinstance(document, Mapping) else None
    if answer.status not in _DONE or not isinstance(parts, list):
        return {key: _without_reply(answer, document, call, now) for key, call in calls.items()}
    found: dict[object, list[Mapping[str, object]]] = {}
    for part in parts:
        if isinstance(part, Mapping) and isinstance(name := part.get("id"), str):
            found.setdefault(name.casefold(), []).append(part)
    return {key: _part_judged(found.get(key.casefold(), []), call, now) for key, call in calls.items()}


def _without_reply(answer: Answer, document: object, call: Call, now: datetime) -> KeeperError:
    """Judge a batch that was refused, or that is none: whatever it says, it is nobody's reply."""
    outcome = _judged(answer.status, answer.headers, document, call, now)
    return worded(findings.NONSENSE, call) if isinstance(outcome, Reply) else outcome


def _part_judged(parts: list[Mapping[str, object]], call: Call, now: datetime) -> Outcome:
    """Judge the answer to one call of a batch: none is no answer, and two are none either."""
    if len(parts) != 1:
        return worded(findings.INCOMPLETE, call)
    part = parts[0]
    headers = part.get("headers")
    named = headers.items() if isinstance(headers, Mapping) else ()
    texts = {str(name).lower(): value for name, value in named if isinstance(value, str)}
    body = part.get("body")
    document = parsed(body.encode(errors="replace")) if isinstance(body, str) else body
    return _judged(_status(part.get("status")), texts, document, call, now)


def _status(value: object) -> int:
    """Read a part's status: it may be missing, and then the body decides (exchange contract §1.11)."""
    if value is None:
        return HTTPStatus.OK
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:3])
    return value if isinstance(value, int) else 0


def _judged(status: int, headers: Mapping[str, str], document: object, call: Call, now: datetime) -> Outcome:
    envelope = opened(document, headers)
    if envelope.error is not None or status not in _DONE:
        said = document if envelope.error is None and isinstance(document, Mapping) else envelope.error
        return verdict(Refusal(status, headers, reason_of(said)), call, now)
    if document is None and not call.is_read:
        return Reply(warnings=_safe(envelope, call))
    if envelope.rows is None:
        return worded(findings.INCOMPLETE if document is None else findings.NONSENSE, call)
    if envelope.is_short and call.is_read:
        return worded(findings.INCOMPLETE, call)
    if _is_restricted(envelope, call):
        return worded(findings.RESTRICTED, call)
    return Reply(envelope.rows, _safe(envelope, call), envelope.next_link if call.is_read else "")


def _is_restricted(envelope: Envelope, call: Call) -> bool:
    """Whether Microsoft took an inbound connector and left it off (exchange contract §2.1.4)."""
    if call.is_read or not call.cmdlet.endswith("-InboundConnector"):
        return False
    said = " ".join(envelope.remarks).casefold().replace("’", "'")
    is_off = any(row.get("Enabled") is False for row in envelope.rows or ())
    return any(part in said for part in _DISABLED) or (is_off and call.parameters.get("Enabled") is True)


def _safe(envelope: Envelope, call: Call) -> tuple[str, ...]:
    secrets = call.secrets()
    return tuple(excerpt(remark, secrets) for remark in envelope.remarks[:_MOST_REMARKS])
