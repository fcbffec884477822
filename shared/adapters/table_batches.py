"""Several rows of one table at once: in transactions, each of which is carried out whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeAlias

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, TableTransactionError, UpdateMode

from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_errors import code_of, storage_errors
from shared.adapters.table_rows import Columns, in_table
from shared.domain.errors import Unavailable

Write: TypeAlias = tuple[str, Columns] | tuple[str, Columns, Mapping[str, Any]]
"""One part of a transaction, in the SDK's words."""

_MOST_WRITES = 100
_LARGEST = 3_000_000
"""Bytes of a transaction; the service takes 4 MiB, of which our estimate knows the greater part."""
_ENVELOPE = 1024
_WIDEST = 12
"""Bytes of JSON that one character may take."""
_THERE_OR_GONE = frozenset({"EntityAlreadyExists", "EntityNotFound", "ResourceNotFound"})


def creating(columns: Columns) -> Write:
    """Store a row that must not be there yet."""
    return ("create", columns)


def putting(columns: Columns) -> Write:
    """Store a row in place of whatever is there."""
    return ("upsert", columns, {"mode": UpdateMode.REPLACE})


def deleting(columns: Columns) -> Write:
    """Delete a row that must be there."""
    return ("delete", {name: columns[name] for name in ("PartitionKey", "RowKey")})


class TableBatches:
    """The rows of one table, many at a time.

    Every method raises ``Unavailable`` or ``VendorCredential`` when the account does not answer as it should.
    """

    def __init__(self, account: StorageAccount, name: str) -> None:
        self._name = name
        self._table: TableClient = account.table(name)

    def write(self, *writes: Write) -> bool:
        """Carry out up to 100 writes to one partition, all or none; false when a row is there or is gone."""
        with storage_errors(f"write to {self._name}"):
            try:
                in_table(self._table, lambda: self._table.submit_transaction(writes))
            except TableTransactionError as error:
                if code_of(error) not in _THERE_OR_GONE:
                    raise
                return False
            return True

    def put_all(self, rows: Iterable[Columns]) -> None:
        """Store rows of one partition in their order, each in place of whatever is there.

        Interrupted, it has stored the first ones; repeated, it stores the same.
        """
        for some in _transactions(rows):
            if not self.write(*map(putting, some)):
                raise Unavailable(f"storage: write to {self._name}: it was refused; try again later")

    def delete_all(self, query: str, values: Columns) -> None:
        """Delete every row that matches. Interrupted, it has deleted some; two at once do not disturb each other.

        Args:
            query: A filter with ``@name`` where a value belongs.
            values: The values.
        """
        with storage_errors(f"remove from {self._name}"):
            try:
                found = self._table.query_entities(query, parameters=dict(values), select=["PartitionKey", "RowKey"])
                for _, rows in groupby(found, key=lambda row: row["PartitionKey"]):
                    while some := list(islice(rows, _MOST_WRITES)):
                        self._delete(some)
            except ResourceNotFoundError:
                return

    def _delete(self, rows: Sequence[Columns]) -> None:
        if self.write(*map(deleting, rows)):
            return
        for row in rows:  # somebody else deletes, too; the SDK takes it well when one is gone
            self._table.delete_entity(row["PartitionKey"], row["RowKey"])


def _transactions(rows: Iterable[Columns]) -> Iterator[list[Columns]]:
    some: list[Columns] = []
    total = 0
    for row in rows:
        size = _ENVELOPE + _WIDEST * sum(len(str(value)) for value in row.values())
        if some and (len(some) == _MOST_WRITES or total + size > _LARGEST):
            yield some
            some, total = [], 0
        some.append(row)
        total += size
    if some:
        yield some
