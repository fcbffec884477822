"""When a timer last ran and when it should next, kept in the storage account across restarts."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.data.tables import TableServiceClient

from local.host.journal import LOG

TABLE = "AzureWebJobsTimers"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Status:
    """A timer's past and future."""

    last: datetime
    next: datetime
    updated: datetime

    def document(self) -> dict[str, str]:
        """As the real host shows it to functions."""
        return {"Last": self.last.isoformat(), "Next": self.next.isoformat(), "LastUpdated": self.updated.isoformat()}


class StatusStore:
    """The statuses of one app's timers. Storage errors are logged and forgotten, as in the real host."""

    def __init__(self, connection: str, host_id: str) -> None:
        self._service = TableServiceClient.from_connection_string(connection, retry_total=1)
        self._table = self._service.get_table_client(TABLE)
        self._host_id = host_id

    def read(self, function: str) -> Status | None:
        """The stored status of a function; None where there is none that can be read."""
        try:
            document = json.loads(str(self._table.get_entity(self._host_id, function)["status"]))
            return Status(**{name: datetime.fromisoformat(text) for name, text in document.items()})
        except ResourceNotFoundError:
            return None
        except (AzureError, ValueError, TypeError, KeyError) as error:
            LOG.warning("The status of timer '%s' cannot be read: %s", function, error)
            return None

    def write(self, function: str, status: Status) -> None:
        """Keep a function's status."""
        document = {name: moment.isoformat() for name, moment in asdict(status).items()}
        entity = {"PartitionKey": self._host_id, "RowKey": function, "status": json.dumps(document)}
        try:
            try:
                self._table.upsert_entity(entity)
            except ResourceNotFoundError:
                self._service.create_table_if_not_exists(TABLE)
                self._table.upsert_entity(entity)
        except AzureError as error:
            LOG.warning("The status of timer '%s' cannot be kept: %s", function, error)
