"""What is wrong and who has been told, in the table ``incidents``: a partition for each tenant, one for the rest."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.adapters.incident_rows import from_row, partition_of, to_row
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_batches import TableBatches, deleting
from shared.adapters.table_rows import Columns, TableRows
from shared.domain.errors import NeedsHuman, RecordChanged
from shared.domain.incidents import Incident, KeptIncident

_LOG = logging.getLogger("keeper.incidents")

_TABLE = "incidents"
_SINKS = "sinks"
"""The partition of the sinks that want nothing any more."""
_OF_TENANT, _ALL = "PartitionKey eq @partition", "PartitionKey ne @partition"


class Incidents:
    """The incidents.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    One that cannot be read is logged as an error and passed over: people are told of the others all the same.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, _TABLE)
        self._batches = TableBatches(account, _TABLE)

    def about(self, tenant_id: UUID) -> Sequence[KeptIncident]:
        """Read those of one tenant."""
        return list(_readable(self._rows.find(_OF_TENANT, {"partition": partition_of(tenant_id)})))

    def all(self) -> Iterator[KeptIncident]:
        """Stream every one."""
        return _readable(self._rows.find(_ALL, {"partition": _SINKS}))

    def find(self, tenant_id: UUID | None, incident_id: str) -> KeptIncident | None:
        """Find one; of the whole deployment where no tenant is named.

        Raises:
            NeedsHuman: It cannot be read.
        """
        found = self._rows.get(partition_of(tenant_id), incident_id)
        return KeptIncident(from_row(found[0]), found[1]) if found is not None else None

    def add(self, incident: Incident) -> KeptIncident | None:
        """Keep a new one; ``None`` where it is there already, which stays as it is."""
        etag = self._rows.insert(to_row(incident))
        return KeptIncident(incident, etag) if etag is not None else None

    def put(self, kept: KeptIncident, incident: Incident) -> KeptIncident:
        """Replace one by a newer edition.

        Raises:
            RecordChanged: Somebody else did so first, or forgot it.
        """
        etag = self._rows.merge(to_row(incident), kept.etag)
        if etag is None:
            raise RecordChanged("somebody else changed the incident first")
        return KeptIncident(incident, etag)

    def forget(self, kept: KeptIncident) -> None:
        """Forget one; nobody changes what is over and told."""
        self._batches.write(deleting(to_row(kept.incident)))

    def gone_sinks(self) -> Mapping[str, str]:
        """The sinks that want no notifications any more, each with the mark of the place that said so."""
        found = self._rows.find(_OF_TENANT, {"partition": _SINKS})
        return {str(row["RowKey"]): str(row.get("mark")) for row, _ in found}

    def sink_gone(self, sink: str, mark: str, now: datetime) -> None:
        """Remember that a place wants no notifications any more."""
        row = {"PartitionKey": _SINKS, "RowKey": sink, "schema": 1, "mark": mark, "at": now.astimezone(UTC)}
        self._rows.put(row)


def _readable(rows: Iterator[tuple[Columns, str]]) -> Iterator[KeptIncident]:
    for row, etag in rows:
        try:
            incident = from_row(row)
        except NeedsHuman as error:
            _LOG.error("incident passed over", extra={"code": error.code, "reason": str(error)})
            continue
        yield KeptIncident(incident, etag)
