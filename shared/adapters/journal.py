"""What is kept beside the tenants, each in a table of its own: what was seen before, parked messages, watermarks."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from shared.adapters.columns import cut
from shared.adapters.headcount_rows import from_columns, to_columns
from shared.adapters.parked_messages import ParkedMessages
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_batches import TableBatches
from shared.adapters.table_rows import TableRows
from shared.domain.headcount import Headcount
from shared.domain.messages import Parked
from shared.domain.values import Secret

_WATERMARKS = "timer"
_SWEEP = "last-sweep"
_CLEANING = "last-cleaning"
_HEADCOUNT = "fleet-size"
_WEBHOOKS = "webhooks"
_BROKEN = "broken"
_LONGEST_SCOPE = 256
_OLD = "first_seen_at lt @before"


class Journal:
    """The journal.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._seen = TableRows(account, _WEBHOOKS)
        self._all_seen = TableBatches(account, _WEBHOOKS)
        self._broken = TableRows(account, _BROKEN)
        self._all_broken = TableBatches(account, _BROKEN)
        self._loop_checks = TableRows(account, "loopchecks")
        self._parked = ParkedMessages(account)
        self._watermarks = TableRows(account, "watermarks")

    def first_time(self, scope: str, key: str, now: datetime) -> bool:
        """Remember a key of a scope; false when it is known already. Of many who ask at once, one hears true."""
        row_key = _row_key(scope, key)
        row = {
            "PartitionKey": row_key[:2],
            "RowKey": row_key,
            "schema": 1,
            "scope": cut(scope, _LONGEST_SCOPE),
            "first_seen_at": now.astimezone(UTC),
        }
        return self._seen.insert(row) is not None

    def knows(self, scope: str, key: str) -> bool:
        """Whether a key of a scope was remembered."""
        row_key = _row_key(scope, key)
        return self._seen.get(row_key[:2], row_key) is not None

    def forget(self, before: datetime) -> None:
        """Forget what was first seen, or found broken, before a moment; loop-check GUIDs are never forgotten."""
        for rows in (self._all_seen, self._all_broken):
            rows.delete_all(_OLD, {"before": before.astimezone(UTC)})

    def claim(self, loop_check: Secret, tenant_id: UUID) -> bool:
        """Give a loop-check GUID to a tenant for ever; false when it is another tenant's, or nobody can tell whose."""
        # The GUID itself is written with its tenant alone; 122 random bits cannot be guessed from their hash.
        key = sha256(loop_check.reveal.lower().encode("utf-8", "backslashreplace")).hexdigest()
        row = {"PartitionKey": key[:2], "RowKey": key, "schema": 1, "tenant_id": str(tenant_id)}
        if self._loop_checks.insert(row) is not None:
            return True
        found = self._loop_checks.get(key[:2], key)
        return found is not None and found[0].get("tenant_id") == str(tenant_id)

    def broke(self, tenant_id: UUID, now: datetime) -> None:
        """Remember that a tenant that was well has been found broken: the newest time counts."""
        row = {
            "PartitionKey": str(tenant_id)[0],
            "RowKey": str(tenant_id),
            "schema": 1,
            "first_seen_at": now.astimezone(UTC),
        }
        self._broken.put(row)

    def broken_since(self, moment: datetime) -> int:
        """Count the tenants that were found newly broken since a moment, each once."""
        found = self._broken.find("first_seen_at ge @moment", {"moment": moment.astimezone(UTC)})
        return sum(1 for _ in found)

    def counted(self, found: Headcount) -> None:
        """Remember how many tenants there are."""
        self._watermarks.put({"PartitionKey": _WATERMARKS, "RowKey": _HEADCOUNT, **to_columns(found)})

    def headcount(self) -> Headcount | None:
        """How many tenants there were when they were last counted; a row that cannot be read counts as none."""
        found = self._watermarks.get(_WATERMARKS, _HEADCOUNT)
        return from_columns(found[0]) if found is not None else None

    def park(self, parked: Parked) -> bool:
        """Keep an open message where it is not kept already, or what became of one; true for a new one."""
        return self._parked.park(parked)

    def parked(self, cursor: str | None, limit: int) -> tuple[list[Parked], str | None]:
        """Read one page of those that nobody has decided on, newest first, and the cursor of the next one.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """
        return self._parked.page(cursor, limit)

    def find_parked(self, parked_id: str) -> Parked | None:
        """Find one, whatever became of it."""
        return self._parked.find(parked_id)

    def parked_about(self, tenant_id: UUID) -> list[Parked]:
        """Find those about a tenant that nobody has decided on."""
        return self._parked.about(tenant_id)

    def swept(self, now: datetime) -> None:
        """Remember that the timer has been through the whole fleet."""
        self._mark(_SWEEP, now)

    def last_sweep(self) -> datetime | None:
        """When the timer was last through the whole fleet; ``None`` when it never was, or nobody can tell."""
        return self._marked(_SWEEP)

    def cleaned(self, now: datetime) -> None:
        """Remember that what is too old has been forgotten."""
        self._mark(_CLEANING, now)

    def last_cleaning(self) -> datetime | None:
        """When what is too old was last forgotten; ``None`` when it never was, or nobody can tell."""
        return self._marked(_CLEANING)

    def _mark(self, name: str, now: datetime) -> None:
        self._watermarks.put({"PartitionKey": _WATERMARKS, "RowKey": name, "schema": 1, "at": now.astimezone(UTC)})

    def _marked(self, name: str) -> datetime | None:
        found = self._watermarks.get(_WATERMARKS, name)
        at = found[0].get("at") if found else None
        return datetime.fromisoformat(at.isoformat()) if isinstance(at, datetime) else None


def _row_key(scope: str, key: str) -> str:
    """A key is text from outside, and a row's key admits only some of it; as JSON, no two pairs are the same text."""
    return sha256(json.dumps([scope, key]).encode()).hexdigest()
