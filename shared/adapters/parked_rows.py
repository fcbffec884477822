"""A parked message as rows of a table, and back: one by its id, and one more in the list of those that are open.

Both are in one partition and so in one transaction. The list holds whole messages: a page of it is one read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from shared.adapters.chunks import read_chunks, write_chunks
from shared.adapters.columns import stamp, writable
from shared.adapters.newest_first import MOMENT, moment_key
from shared.domain.messages import Fate, Parked

PARTITION = "parked"
OPEN = ("open-", "open.")
"""Where the list of the open ones begins, and where it is over."""
OPEN_KEY = re.compile(rf"open-{MOMENT}-[0-9a-f]{{64}}")
_EPOCH = datetime.fromtimestamp(0, UTC)


def key_of(parked_id: str) -> str:
    """The row of an id. It may come from outside, and a key admits only some texts."""
    return f"id-{_hash(parked_id)}"


def to_row(parked: Parked) -> dict[str, object]:
    """Write a parked message as columns; nothing is cut."""
    return {
        "PartitionKey": PARTITION,
        "RowKey": key_of(parked.parked_id),
        "schema": 1,
        "parked_id": writable(parked.parked_id),
        "queue": writable(parked.queue),
        "reason": writable(parked.reason),
        "parked_at": parked.parked_at.astimezone(UTC),
        "fate": parked.fate.value,
        "decided_by": writable(parked.decided_by),
        "decided_at": stamp(parked.decided_at),
        "tenant_id": writable(parked.tenant_id),
        **write_chunks("body", writable(parked.body)),
    }


def to_open_row(parked: Parked) -> dict[str, object]:
    """Write the same as a row of the list, in which the newest comes first."""
    key = f"{OPEN[0]}{moment_key(parked.parked_at)}-{_hash(parked.parked_id)}"
    return {**to_row(parked), "RowKey": key}


def from_row(row: Mapping[str, object]) -> Parked:
    """Read a parked message; total: what is missing stays empty, because a person reads the rest."""
    return Parked(
        parked_id=str(row.get("parked_id", "")),
        queue=str(row.get("queue", "")),
        reason=str(row.get("reason", "")),
        body=read_chunks(row, "body"),
        parked_at=_moment(row.get("parked_at")) or _EPOCH,
        fate=next((fate for fate in Fate if fate.value == row.get("fate")), Fate.OPEN),
        decided_by=str(row.get("decided_by", "")),
        decided_at=_moment(row.get("decided_at")),
        tenant_id=str(row.get("tenant_id", "")),
    )


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.isoformat() if isinstance(value, datetime) else str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _hash(parked_id: str) -> str:
    return sha256(parked_id.encode("utf-8", "backslashreplace")).hexdigest()
