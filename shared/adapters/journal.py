"""What is kept beside the tenants: webhook ids, parked messages, the timer's watermark; each in a table of its own."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from shared.adapters.parked_rows import PARTITION, from_row, to_row
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import TableRows
from shared.domain.messages import Parked

_SWEEP = ("timer", "last-sweep")


class Journal:
    """The journal.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._webhooks = TableRows(account, "webhooks")
        self._parked = TableRows(account, "parked")
        self._watermarks = TableRows(account, "watermarks")

    def first_time(self, webhook_id: str, tenant_id: UUID, now: datetime) -> bool:
        """Remember a webhook's id; false when it is known already. Of many who ask at once, one hears true."""
        # The id is text from outside, and a key admits only some of it.
        key = sha256(f"{tenant_id}\n{webhook_id}".encode("utf-8", "backslashreplace")).hexdigest()
        row = {
            "PartitionKey": key[:2],
            "RowKey": key,
            "schema": 1,
            "tenant_id": str(tenant_id),
            "first_seen_at": now.astimezone(UTC),
        }
        return self._webhooks.insert(row) is not None

    def park(self, parked: Parked) -> None:
        """Keep a message that nobody can work on, whole; the same one again takes its own place."""
        self._parked.put(to_row(parked))

    def parked(self) -> list[Parked]:
        """List them, newest first."""
        rows = self._parked.find("PartitionKey eq @partition", {"partition": PARTITION})
        return sorted((from_row(row) for row, _ in rows), key=lambda parked: parked.parked_at, reverse=True)

    def swept(self, now: datetime) -> None:
        """Remember that the timer has been through the whole fleet."""
        partition, key = _SWEEP
        self._watermarks.put({"PartitionKey": partition, "RowKey": key, "schema": 1, "at": now.astimezone(UTC)})

    def last_sweep(self) -> datetime | None:
        """When the timer was last through the whole fleet; ``None`` when it never was, or nobody can tell."""
        found = self._watermarks.get(*_SWEEP)
        at = found[0].get("at") if found else None
        return datetime.fromisoformat(at.isoformat()) if isinstance(at, datetime) else None
