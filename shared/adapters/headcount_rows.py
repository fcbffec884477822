"""What is counted of a tenant's row, and a headcount as the one row that it is kept in."""

import json
from collections.abc import Mapping
from datetime import UTC
from uuid import UUID

from shared.adapters.columns import count_in, instant, maybe_instant, stamp, text_in, texts, write_json
from shared.domain.headcount import KINDS, Counted, Headcount

COLUMNS = ("RowKey", *KINDS, "items", "checked_at")
"""Of each tenant's row, these are enough."""
_UNREADABLE = (KeyError, ValueError, TypeError, RecursionError, OverflowError)


def counted(row: Mapping[str, object]) -> Counted:
    """Read what counts; total: what cannot be read counts as nothing."""
    tenant_id: UUID | None
    try:
        tenant_id = UUID(text_in(row, "RowKey"))
        items = texts(json.loads(text_in(row, "items")))
        checked_at = maybe_instant(text_in(row, "checked_at"))
    except _UNREADABLE:
        tenant_id, items, checked_at = None, {}, None
    kinds = {name: str(row.get(name, "")) for name in KINDS}
    return Counted(tenant_id, kinds, items, checked_at)


def to_columns(found: Headcount) -> dict[str, object]:
    """Write a headcount as columns."""
    tenant_id, since = found.oldest or ("", None)
    return {
        "schema": 2,
        "at": found.at.astimezone(UTC),
        "tenants": found.tenants,
        "watched": found.watched,
        "kinds": write_json({name: dict(counts) for name, counts in found.kinds.items()}),
        "items": write_json({name: dict(counts) for name, counts in found.items.items()}),
        "oldest": str(tenant_id),
        "oldest_since": stamp(since),
    }


def from_columns(row: Mapping[str, object]) -> Headcount | None:
    """Read a headcount; total: what no edition like this one wrote is none, and the timer counts again."""
    try:
        since = maybe_instant(text_in(row, "oldest_since"))
        return Headcount(
            at=instant(row["at"]),
            tenants=count_in(row, "tenants", least=0),
            watched=count_in(row, "watched", least=0),
            kinds=_counts(text_in(row, "kinds")),
            items=_counts(text_in(row, "items")),
            oldest=(UUID(text_in(row, "oldest")), since) if since is not None else None,
        )
    except _UNREADABLE:
        return None


def _counts(text: str) -> dict[str, dict[str, int]]:
    document = json.loads(text)
    if not isinstance(document, dict) or not all(isinstance(counts, dict) for counts in document.values()):
        raise TypeError("counts expected")
    return {name: {kind: count_in(counts, kind, least=0) for kind in counts} for name, counts in document.items()}
