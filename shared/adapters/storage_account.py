"""The storage account: its tables and queues, over one pool of connections. Opening it does no I/O."""

import threading
from collections.abc import Mapping
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.pipeline.transport import RequestsTransport
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import ExponentialRetry, QueueClient, QueueServiceClient
from requests.adapters import HTTPAdapter

from shared.adapters.credentials import IDENTITY_LIMITS
from shared.adapters.sessions import SettledSession
from shared.domain.errors import InvalidSettings

_CONNECTIONS = 64
"""As many as functions run side by side; more than that wait for none, they open one of their own."""
_CONNECT_SECONDS = 3
_READ_SECONDS = 10
_RETRIES = 2
"""Few and short: a message that fails is put off by its queue, which waits better than a thread."""
_LONGEST_REST_S = 2
_TABLE_RETRIES: Mapping[str, Any] = {
    "retry_total": _RETRIES,
    "retry_backoff_factor": 0.2,
    "retry_backoff_max": _LONGEST_REST_S,
}
LONGEST_S = (1 + _RETRIES) * (_CONNECT_SECONDS + _READ_SECONDS) + _RETRIES * _LONGEST_REST_S
"""Seconds until one operation has failed for good."""


class StorageAccount:
    """An account's tables and queues; threads may share it."""

    def __init__(self, tables: TableServiceClient, queues: QueueServiceClient) -> None:
        self._lock = threading.Lock()
        self._services = (tables, queues)
        self._tables: dict[str, TableClient] = {}
        self._queues: dict[str, QueueClient] = {}

    @classmethod
    def from_connection_string(cls, text: str) -> "StorageAccount":
        """Open the account that a connection string names.

        Raises:
            InvalidSettings: It is no connection string. Nothing of it is in the message.
        """
        transport = _transport()
        try:
            tables = TableServiceClient.from_connection_string(text, transport=transport, **_TABLE_RETRIES)
            queues = QueueServiceClient.from_connection_string(text, transport=transport, retry_policy=_queue_retries())
        except ValueError:
            raise InvalidSettings("storage: no connection string of a storage account") from None
        return cls(tables, queues)

    @classmethod
    def from_identity(cls, queue_uri: str, table_uri: str, client_id: str | None = None) -> "StorageAccount":
        """Open an account by the machine's own identity.

        Args:
            queue_uri: Such as ``https://….queue.core.windows.net``.
            table_uri: Such as ``https://….table.core.windows.net``.
            client_id: The user-assigned identity; without one, whichever identity there is.

        Raises:
            InvalidSettings: An address is none.
        """
        transport, credential = _transport(), _identity(client_id)
        try:
            tables = TableServiceClient(table_uri, credential=credential, transport=transport, **_TABLE_RETRIES)
            queues = QueueServiceClient(queue_uri, credential, transport=transport, retry_policy=_queue_retries())
        except ValueError:
            raise InvalidSettings("storage: the addresses of its queues and tables are expected") from None
        return cls(tables, queues)

    def table(self, name: str) -> TableClient:
        """Return a table, whether it exists or not."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self._services[0].get_table_client(name)
            return self._tables[name]

    def queue(self, name: str) -> QueueClient:
        """Return a queue, whether it exists or not. Texts go in as they are: nothing encodes them on the way."""
        with self._lock:
            if name not in self._queues:
                self._queues[name] = self._services[1].get_queue_client(name)
            return self._queues[name]


def _transport() -> RequestsTransport:
    session = SettledSession()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS))
    return RequestsTransport(
        session=session, session_owner=False, connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS
    )


def _queue_retries() -> ExponentialRetry:
    return ExponentialRetry(initial_backoff=0, increment_base=1, retry_total=_RETRIES, random_jitter_range=1)


def _identity(client_id: str | None) -> TokenCredential:
    # Imported here, because it costs a quarter of a second and a connection string does without.
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415

    if client_id:
        return ManagedIdentityCredential(client_id=client_id, **IDENTITY_LIMITS)
    return DefaultAzureCredential(**IDENTITY_LIMITS)
