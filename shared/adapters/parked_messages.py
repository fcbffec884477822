"""Messages that nobody can work on, in the table ``parked``."""

import logging
from collections.abc import Iterator
from uuid import UUID

from shared.adapters.newest_first import check_limit, page_of, read_cursor
from shared.adapters.parked_rows import OPEN, OPEN_KEY, PARTITION, from_row, key_of, to_open_row, to_row
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_batches import TableBatches, creating, deleting, putting
from shared.adapters.table_rows import MOST_ROWS, Columns, TableRows
from shared.domain.messages import Fate, Parked

_LOG = logging.getLogger("keeper.parked")

_LISTED = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
_ABOUT = _LISTED + " and tenant_id eq @tenant"


class ParkedMessages:
    """The parked messages.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, "parked")
        self._batches = TableBatches(account, "parked")

    def park(self, parked: Parked) -> bool:
        """Keep an open message where it is not kept already, or what became of one; true for a new one.

        A poison queue delivers at least once: what comes again changes nothing, least of all a decision.
        """
        if parked.fate is Fate.OPEN:
            return self._batches.write(creating(to_row(parked)), creating(to_open_row(parked)))
        found = self._rows.get(PARTITION, key_of(parked.parked_id))
        listed = to_open_row(from_row(found[0]) if found else parked)
        if not self._batches.write(putting(to_row(parked)), deleting(listed)):
            # It is in the list no more: somebody decided before.
            self._rows.put(to_row(parked))
        return False

    def about(self, tenant_id: UUID) -> list[Parked]:
        """Read the open ones about a tenant, newest first."""
        begin, end = OPEN
        values = {"partition": PARTITION, "after": begin, "end": end, "tenant": str(tenant_id)}
        return [parked for _, parked in _ours(self._rows.find(_ABOUT, values))]

    def page(self, cursor: str | None, limit: int) -> tuple[list[Parked], str | None]:
        """Read one page of the open ones, newest first, and the cursor of the next one.

        Args:
            cursor: What the page before gave; ``None`` for the first.
            limit: From 1 to 1000.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """
        check_limit(limit)
        begin, end = OPEN
        after = read_cursor(cursor, OPEN_KEY) if cursor is not None else begin
        values = {"partition": PARTITION, "after": after, "end": end}
        return page_of(_ours(self._rows.find(_LISTED, values, min(limit + 1, MOST_ROWS))), limit)

    def find(self, parked_id: str) -> Parked | None:
        """Find one, whatever became of it."""
        found = self._rows.get(PARTITION, key_of(parked_id))
        return from_row(found[0]) if found else None


def _ours(rows: Iterator[tuple[Columns, str]]) -> Iterator[tuple[str, Parked]]:
    for row, _ in rows:
        key = str(row["RowKey"])
        if OPEN_KEY.fullmatch(key):
            yield key, from_row(row)
        else:
            _LOG.error("row passed over", extra={"reason": "a parked message has another key"})
