"""An event as a row of a table, and back."""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC
from uuid import UUID

from shared.adapters.columns import check_schema, cut, instant, text_in
from shared.adapters.newest_first import MOMENT, moment_key
from shared.domain.errors import NeedsHuman
from shared.domain.history import Event, EventKind

KEY = re.compile(rf"{MOMENT}-\d{{19}}-[0-9a-f]{{16}}-\d{{6}}")
"""The form of a row's key: the moment, when it was written, a mark of the writer, the place among its companions."""
DAY = "day-"
"""How the partition of a day begins; no tenant's does."""
_MICROSECONDS = 24 * 60 * 60 * 10**6
_SCHEMA = 1
_LONGEST = 4096
_LAST_NANOSECOND = 10**19 - 1
_LAST_PLACE = 10**6 - 1


def day_of(key: str) -> str:
    """The partition of a day, which holds what happened on it in the whole fleet: a later day sorts before it."""
    return f"{DAY}{int(key.partition('-')[0]) // _MICROSECONDS:07d}"


def to_rows(tenant_id: UUID, events: Sequence[Event]) -> list[dict[str, object]]:
    """Write events that belong together as rows, of which the last given sorts first. Texts are cut at 4096 characters.

    Each is there twice: in the partition of its tenant, and behind all of these in the partition of its day.

    One clock reading serves a whole piece of work, so what is appended later may have the same moment: then the order
    is that of the writing. Two who write in the same nanosecond have different marks.
    """
    written = f"{_LAST_NANOSECOND - time.time_ns():019d}-{secrets.token_hex(8)}"
    latest = events[0].at if events else None
    of_tenant: list[dict[str, object]] = []
    of_day: list[dict[str, object]] = []
    for place, event in enumerate(events):
        # Never earlier than the one before: the order given counts, also where a clock was set back.
        latest = event.at if latest is None else max(latest, event.at)
        key = f"{moment_key(latest)}-{written}-{_LAST_PLACE - place:06d}"
        row = {"RowKey": key, "tenant_id": str(tenant_id), **_columns(event)}
        of_tenant.append({**row, "PartitionKey": str(tenant_id)})
        of_day.append({**row, "PartitionKey": day_of(key)})
    return [*of_tenant, *of_day]


def _columns(event: Event) -> dict[str, object]:
    return {
        "schema": _SCHEMA,
        "at": event.at.astimezone(UTC),
        "kind": event.kind.value,
        "subject": cut(event.subject, _LONGEST),
        "before": cut(event.before, _LONGEST),
        "after": cut(event.after, _LONGEST),
        "actor": cut(event.actor, _LONGEST),
        "correlation_id": str(event.correlation_id),
    }


def tenant_in(row: Mapping[str, object]) -> UUID:
    """Read whose event a day's row is.

    Raises:
        NeedsHuman: No edition of this product wrote it so.
    """
    try:
        return UUID(text_in(row, "tenant_id"))
    except (KeyError, ValueError, TypeError):
        raise NeedsHuman("a stored event cannot be read; see the table timeline") from None


def from_row(row: Mapping[str, object]) -> Event:
    """Read an event; total: any columns end in an event or in one error.

    Raises:
        NeedsHuman: No edition of this product wrote it so.
    """
    try:
        return _read(row)
    except (KeyError, ValueError, TypeError, OverflowError):
        raise NeedsHuman("a stored event cannot be read; see the table timeline") from None


def _read(row: Mapping[str, object]) -> Event:
    check_schema(row, _SCHEMA)
    if not KEY.fullmatch(text_in(row, "RowKey")):
        raise ValueError("a key that no event has")
    return Event(
        at=instant(row["at"]),
        kind=EventKind(text_in(row, "kind")),
        subject=text_in(row, "subject"),
        before=text_in(row, "before"),
        after=text_in(row, "after"),
        actor=text_in(row, "actor"),
        correlation_id=UUID(text_in(row, "correlation_id")),
    )
