"""What happened to each tenant, in the table ``timeline``: a partition for each, the newest first."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from shared.adapters.event_rows import DAY, KEY, day_of, from_row, tenant_in, to_rows
from shared.adapters.newest_first import check_limit, moment_key, page_of, read_cursor
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_batches import TableBatches
from shared.adapters.table_rows import MOST_ROWS, Columns, TableRows
from shared.domain.errors import NeedsHuman
from shared.domain.history import Event

Read = TypeVar("Read")

_LOG = logging.getLogger("keeper.history")

_TABLE = "timeline"
_FROM_HERE = "PartitionKey eq @tenant and RowKey gt @after"
_ACTIVITY = "( ( PartitionKey eq @day and RowKey gt @after ) or PartitionKey gt @day ) and PartitionKey lt @end"
"""The SDK finds the names by the spaces around them."""
_OLD = "RowKey gt @last and RowKey lt @end"
_BEHIND = "~"
"""Sorts behind whatever follows a moment in a key."""
_BEHIND_ALL = ":"
"""Sorts behind every digit; what lies there is none of ours."""


class History:
    """The history.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, _TABLE)
        self._batches = TableBatches(account, _TABLE)

    def append(self, tenant_id: UUID, events: Sequence[Event]) -> None:
        """Add events; they stay in the order in which they are given. Interrupted, the first ones are there."""
        for _, rows in groupby(to_rows(tenant_id, events), key=lambda row: row["PartitionKey"]):
            self._batches.put_all(rows)

    def page(self, tenant_id: UUID, cursor: str | None, limit: int) -> tuple[list[Event], str | None]:
        """Read one page of a tenant's events, newest first, and the cursor of the next one.

        An event that cannot be read is logged as an error and passed over.

        Args:
            tenant_id: Whose.
            cursor: What the page before gave; ``None`` for the first.
            limit: From 1 to 1000.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """
        check_limit(limit)
        values = {"tenant": str(tenant_id), "after": read_cursor(cursor, KEY) if cursor is not None else ""}
        return page_of(_readable(self._rows.find(_FROM_HERE, values, min(limit + 1, MOST_ROWS)), from_row), limit)

    def activity(self, cursor: str | None, limit: int) -> tuple[list[tuple[UUID, Event]], str | None]:
        """Read one page of what happened in the whole fleet, newest first: each event with its tenant.

        Args:
            cursor: What the page before gave; ``None`` for the first.
            limit: From 1 to 1000.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """
        check_limit(limit)
        after = read_cursor(cursor, KEY) if cursor is not None else ""
        values = {"day": day_of(after) if after else DAY, "after": after, "end": f"{DAY}{_BEHIND_ALL}"}
        rows = self._rows.find(_ACTIVITY, values, min(limit + 1, MOST_ROWS))
        return page_of(_readable(rows, lambda row: (tenant_in(row), from_row(row))), limit)

    def forget(self, before: datetime) -> None:
        """Forget the events that happened before a moment."""
        self._batches.delete_all(_OLD, {"last": f"{moment_key(before)}{_BEHIND}", "end": _BEHIND_ALL})


def _readable(rows: Iterator[tuple[Columns, str]], read: Callable[[Columns], Read]) -> Iterator[tuple[str, Read]]:
    for row, _ in rows:
        try:
            event = read(row)
        except NeedsHuman as error:
            _LOG.error("event passed over", extra={"code": error.code, "reason": str(error)})
            continue
        yield row["RowKey"], event
