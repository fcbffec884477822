"""One table of the storage account, row by row: created when it is first written to, empty until then."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, UpdateMode

from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_errors import code_of, storage_errors

Columns = Mapping[str, Any]
"""A row as it is stored: column → value, with ``PartitionKey`` and ``RowKey``."""
Answer = TypeVar("Answer")

MOST_ROWS = 1000
"""The service gives no more at once."""
_BEING_DELETED = "TableBeingDeleted"
_TABLE_NOT_FOUND = "TableNotFound"


class TableRows:
    """The rows of one table.

    Every method raises ``Unavailable`` or ``VendorCredential`` when the account does not answer as it should.
    """

    def __init__(self, account: StorageAccount, name: str) -> None:
        self._name = name
        self._table: TableClient = account.table(name)

    def get(self, partition: str, row: str) -> tuple[Columns, str] | None:
        """Read a row and its ETag; ``None`` when there is none."""
        with storage_errors(f"read from {self._name}"):
            try:
                found = self._table.get_entity(partition, row)
            except ResourceNotFoundError:
                return None
            return found, etag_of(found)

    def insert(self, columns: Columns) -> str | None:
        """Store a new row; ``None`` when there is one already, else its ETag."""
        with storage_errors(f"write to {self._name}"):
            try:
                return str(in_table(self._table, lambda: self._table.create_entity(columns))["etag"])
            except ResourceExistsError as error:
                if _BEING_DELETED in str(error):  # the SDK gives this call's errors no code
                    raise
                return None

    def merge(self, columns: Columns, etag: str) -> str | None:
        """Write columns over one edition of a row; ``None`` when it is gone or another edition, else its new ETag.

        Columns that are not named stay: a newer edition of this product may have written them.
        """
        with storage_errors(f"write to {self._name}"):
            try:
                written = self._table.update_entity(
                    columns, UpdateMode.MERGE, etag=etag, match_condition=MatchConditions.IfNotModified
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return None
            return str(written["etag"])

    def put(self, columns: Columns) -> None:
        """Store a row in place of whatever is there."""
        with storage_errors(f"write to {self._name}"):
            in_table(self._table, lambda: self._table.upsert_entity(columns, UpdateMode.REPLACE))

    def columns(self, names: Sequence[str]) -> Iterator[Columns]:
        """Stream a few columns of every row, in the order of their keys."""
        with storage_errors(f"read from {self._name}"):
            try:
                yield from self._table.list_entities(select=list(names), results_per_page=MOST_ROWS)
            except ResourceNotFoundError:
                return

    def find(self, query: str, values: Columns, page_size: int = MOST_ROWS) -> Iterator[tuple[Columns, str]]:
        """Stream the rows that match, with their ETags, in the order of their keys.

        Args:
            query: A filter with ``@name`` where a value belongs.
            values: The values.
            page_size: How many rows to ask for at once.
        """
        with storage_errors(f"read from {self._name}"):
            try:
                for found in self._table.query_entities(query, parameters=dict(values), results_per_page=page_size):
                    yield found, etag_of(found)
            except ResourceNotFoundError:
                return


def in_table(table: TableClient, write: Callable[[], Answer]) -> Answer:
    """Write to a table, which is created where it is missing."""
    try:
        return write()
    except HttpResponseError as error:
        # A transaction's errors are all of one class and have a code; a single write's have none.
        if not isinstance(error, ResourceNotFoundError) and code_of(error) != _TABLE_NOT_FOUND:
            raise
    with suppress(ResourceExistsError):
        table.create_table()
    return write()


def etag_of(row: TableEntity) -> str:
    """Name the edition of a row that was read."""
    return str(row.metadata["etag"])
