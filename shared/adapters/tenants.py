"""Tenant records in the table ``tenants``; every write names the edition that it replaces."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from shared.adapters.headcount_rows import COLUMNS, counted
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import MOST_ROWS, Columns, TableRows
from shared.adapters.tenant_pages import query_of, read_cursor, write_cursor
from shared.adapters.tenant_rows import changed_row, from_row, partition_of, to_row
from shared.domain.errors import InvalidRequest, NeedsHuman, RecordChanged, UnknownTenant
from shared.domain.headcount import Counted
from shared.domain.tenants import Record, Tenant

_LOG = logging.getLogger("keeper.tenants")

_DUE = "PartitionKey eq @partition and next_check_at le @now"


class Tenants:
    """The tenant records.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, "tenants")

    def get(self, tenant_id: UUID) -> Record:
        """Read a record.

        Raises:
            UnknownTenant: There is none.
            NeedsHuman: There is one that cannot be read.
        """
        found = self._rows.get(partition_of(tenant_id), str(tenant_id))
        if found is None:
            raise UnknownTenant(f"there is no tenant {tenant_id}")
        row, etag = found
        return Record(from_row(row), etag)

    def add(self, tenant: Tenant) -> Record:
        """Store a new record.

        Raises:
            RecordChanged: There is one already.
        """
        etag = self._rows.insert(to_row(tenant))
        if etag is None:
            raise RecordChanged("there is a record of the tenant already")
        return Record(tenant, etag)

    def put(self, record: Record, tenant: Tenant) -> Record:
        """Replace a record by a newer edition; columns that are not ours stay.

        Raises:
            RecordChanged: Somebody else did so first, or removed it.
        """
        etag = self._rows.merge(changed_row(record.tenant, tenant), record.etag)
        if etag is None:
            raise RecordChanged("somebody else changed the record of the tenant first")
        return Record(tenant, etag)

    def due(self, now: datetime) -> Iterator[Record]:
        """Stream every record whose turn has come, a partition after the other.

        A record that cannot be read is logged as an error and passed over: the others are looked after all the same.
        """
        for partition in "0123456789abcdef":
            yield from _readable(self._rows.find(_DUE, {"partition": partition, "now": now}))

    def page(self, filters: Mapping[str, str], cursor: str | None, limit: int) -> tuple[list[Tenant], str | None]:
        """Read one page of tenants in the order of their ids, and the cursor of the next one.

        Args:
            filters: As ``query_of`` takes them.
            cursor: What the page before gave; ``None`` for the first.
            limit: From 1 to 1000.

        Raises:
            InvalidRequest: There is no such filter or value, or the cursor or the limit is none.
        """
        if not 1 <= limit <= MOST_ROWS:
            raise InvalidRequest(f"limit: a number from 1 to {MOST_ROWS} is expected")
        query, values = query_of(filters, read_cursor(cursor) if cursor else None)
        found = _readable(self._rows.find(query, values, min(limit + 1, MOST_ROWS)))
        tenants = [record.tenant for record in islice(found, limit + 1)]
        page = tenants[:limit]
        return page, write_cursor(page[-1].tenant_id) if len(tenants) > limit else None

    def counted(self) -> Iterator[Counted]:
        """Stream what counts of every tenant; one that cannot be read counts under what its row says."""
        return map(counted, self._rows.columns(COLUMNS))


def _readable(rows: Iterator[tuple[Columns, str]]) -> Iterator[Record]:
    for row, etag in rows:
        try:
            tenant = from_row(row)
        except NeedsHuman as error:
            _LOG.error("record passed over", extra={"code": error.code, "reason": str(error)})
            continue
        yield Record(tenant, etag)
