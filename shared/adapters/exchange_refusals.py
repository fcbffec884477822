"""Turn a refusal of Exchange into the one error that says what to do. No I/O, and total.

The .NET type decides first, the HTTP status second, the server's text last, because texts are localised; but 429 is
explained away by no type that says no more than "later".
Source: exchange contract §1.8 (resolution), §1.9 (401 and 403), §1.10 (throttling, writes without an outcome).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from shared.adapters import exchange_findings as findings
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_findings import BY_STATUS, BY_TEXT, BY_TYPE, STATUS_OF_CODE, Finding
from shared.adapters.exchange_reasons import Reason, type_name
from shared.adapters.redaction import excerpt
from shared.adapters.retry_after import wait_of
from shared.domain.errors import Conflict, KeeperError, TransientError, Unavailable

_NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Exchange answered instead of a result.

    Attributes:
        status: The HTTP status; 200 where an error rode in a success or came without a status.
        headers: By lower-case name.
        reason: What the body says.
    """

    status: int
    headers: Mapping[str, str]
    reason: Reason


def verdict(refusal: Refusal, call: Call, now: datetime) -> KeeperError:
    """Decide which error a refusal is, and word it."""
    return worded(_finding(refusal, call), call, refusal.reason, wait_of(refusal.headers.get("retry-after"), now))


def worded(finding: Finding, call: Call, reason: Reason = _NO_REASON, wait: timedelta | None = None) -> KeeperError:
    """Make the error of a finding: constant words, the .NET type, and a short quotation that is safe to show."""
    error, sentence = _for(call, finding)
    secrets = call.secrets()
    said = ": ".join(part for part in (excerpt(reason.type, secrets), excerpt(reason.text, secrets)) if part)
    message = f"{call.cmdlet}: {sentence}" + (f" [{said}]" if said else "")
    return error(message, wait) if issubclass(error, TransientError) else error(message)


def _for(call: Call, finding: Finding) -> Finding:
    """Fit a finding to the call: a write without an answer may have happened, and a list cannot be in conflict."""
    if not call.is_read and finding[0] is Unavailable:
        return findings.UNCERTAIN
    if call.is_read and finding[0] is Conflict:
        return findings.REFUSED
    return finding


def _finding(refusal: Refusal, call: Call) -> Finding:
    reason, headers = refusal.reason, refusal.headers
    named = (reason.type, type_name(headers.get("x-exceptiontype")), *sorted(reason.codes))
    by_type = next((BY_TYPE[name] for name in named if name in BY_TYPE), None)
    if by_type is findings.DOWN and refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        # A type that says no more than "later" does not make it another refusal: this one names whose fault it is.
        return findings.BUSY
    if by_type is not None:
        return by_type
    codes = [STATUS_OF_CODE[code] for code in sorted(reason.codes) if code in STATUS_OF_CODE]
    status = codes[0] if refusal.status < 300 and codes else refusal.status  # noqa: PLR2004
    text = reason.text.casefold().replace("’", "'")
    by_text = next((finding for part, finding in BY_TEXT if part in text), None)
    if status == 503 and not call.is_read:  # noqa: PLR2004
        # Whether it names a wait or not: a 5xx may come after the change (exchange contract §1.10).
        return findings.DOWN
    return _by_status(status, headers, by_text) or by_text or findings.REFUSED


def _by_status(status: int, headers: Mapping[str, str], by_text: Finding | None) -> Finding | None:
    if status == 403:  # noqa: PLR2004
        named = by_text is findings.ROLE or not headers.keys().isdisjoint(("x-ms-diagnostics", "x-exceptiontype"))
        return findings.ROLE if named else findings.SPREADING
    if status == 503 and "retry-after" in headers:  # noqa: PLR2004
        return findings.BUSY
    # Neither done nor refused: 202, 206, 3xx that led nowhere. An error inside a 200 is for the text to name.
    if status >= 500 or (status < 400 and status != 200):  # noqa: PLR2004
        return findings.DOWN
    return BY_STATUS.get(status)
