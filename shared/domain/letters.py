"""What is on the queue ``notify``: which incident, which sink, which news. A key, never state, as every message."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from shared.domain.errors import InvalidMessage, InvalidSignup
from shared.domain.incidents import Incident, News
from shared.domain.messages import LARGEST
from shared.domain.tenants import parse_tenant_id

_SCHEMA = 1
_MOST_ATTEMPTS = 1000
_FIELDS = frozenset({"schema", "tenant_id", "incident_id", "sink", "news", "attempt"})
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
SINK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
"""What a sink is called: it stands in keys, logs and events."""


class Outbox(StrEnum):
    """The queue of what people are told. No tenant's work is on it, and no handler of a tenant's work sees it."""

    NOTIFY = "notify"

    @property
    def poison(self) -> str:
        """The queue that takes what could not be delivered."""
        return f"{self}-poison"


@dataclass(frozen=True, slots=True)
class Letter:
    """A request to tell one sink one piece of news.

    Attributes:
        tenant_id: Whose incident it is; ``None`` for one of the whole deployment.
        incident_id: Which.
        sink: Whom to tell.
        news: What.
        attempt: 1 at first; grows each time that it could not be delivered.
    """

    tenant_id: UUID | None
    incident_id: str
    sink: str
    news: News
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Posting:
    """A letter on its way: not before when."""

    letter: Letter
    delay: timedelta = timedelta(0)


def letter_about(incident: Incident, sink: str, news: News) -> Letter:
    """Ask for one piece of news to be told to one sink."""
    return Letter(incident.subject.tenant_id, incident.incident_id, sink, news)


def once_more(letter: Letter) -> Letter:
    """The same request, one attempt later."""
    return replace(letter, attempt=letter.attempt + 1)


def encode_letter(letter: Letter) -> bytes:
    """Write a letter as JSON."""
    document = {
        "schema": _SCHEMA,
        "tenant_id": str(letter.tenant_id) if letter.tenant_id is not None else None,
        "incident_id": letter.incident_id,
        "sink": letter.sink,
        "news": letter.news.value,
        "attempt": letter.attempt,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def decode_letter(body: bytes) -> Letter:
    """Read a letter; total: any bytes end in a letter or in one error.

    Raises:
        InvalidMessage: No version of this product would have queued these bytes.
    """
    try:
        document = json.loads(body.decode()) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.keys() != _FIELDS or document["schema"] is not _SCHEMA:
        raise InvalidMessage("no request for a notification")
    try:
        tenant_id = document["tenant_id"]
        return Letter(
            tenant_id=None if tenant_id is None else parse_tenant_id(tenant_id),
            incident_id=_of_form(_ID, document["incident_id"]),
            sink=_of_form(SINK_NAME, document["sink"]),
            news=News(document["news"]),
            attempt=_count(document["attempt"]),
        )
    except (ValueError, TypeError, InvalidSignup) as error:
        raise InvalidMessage("a field of a request for a notification is not of its form") from error


def _of_form(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError("of another form")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_ATTEMPTS:
        raise ValueError("a count expected")
    return value
