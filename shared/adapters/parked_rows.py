"""A parked message as a row of a table, and back. A text column takes 64 KiB: a longer body has several."""

from collections.abc import Mapping
from datetime import UTC, datetime

from shared.domain.messages import Parked

PARTITION = "parked"
_CHUNK = 16_000
"""Characters; even where each takes four bytes in the service's UTF-16, they fit into one column."""
_EPOCH = datetime.fromtimestamp(0, UTC)


def to_row(parked: Parked) -> dict[str, object]:
    """Write a parked message as columns: ``body_0``, ``body_1`` … hold what it was, nothing is cut."""
    body = _writable(parked.body)
    row: dict[str, object] = {
        "PartitionKey": PARTITION,
        "RowKey": parked.parked_id,
        "schema": 1,
        "queue": parked.queue,
        "reason": _writable(parked.reason),
        "parked_at": parked.parked_at.astimezone(UTC),
    }
    for index, start in enumerate(range(0, len(body), _CHUNK)):
        row[f"body_{index}"] = body[start : start + _CHUNK]
    return row


def from_row(row: Mapping[str, object]) -> Parked:
    """Read a parked message; total: what is missing stays empty, because a person reads the rest."""
    chunks: list[str] = []
    while f"body_{len(chunks)}" in row:
        chunks.append(str(row[f"body_{len(chunks)}"]))
    at = row.get("parked_at")
    return Parked(
        parked_id=str(row.get("RowKey", "")),
        queue=str(row.get("queue", "")),
        reason=str(row.get("reason", "")),
        body="".join(chunks),
        parked_at=datetime.fromisoformat(at.isoformat()) if isinstance(at, datetime) else _EPOCH,
    )


def _writable(text: str) -> str:
    """Half a surrogate pair, which JSON admits and UTF-8 does not, is spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()
