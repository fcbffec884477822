"""Queues of a storage account, message by message; every call here blocks and belongs in a thread."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import requests
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.queue import LinearRetry, QueueClient, QueueServiceClient
from requests.adapters import HTTPAdapter

from local.host.failures import FunctionRefused

CONNECTIONS = 64
# In the place of a time that the service has not told; it tells them all for a message that it hands out.
NEVER = datetime.min.replace(tzinfo=UTC)
GONE = ("MessageNotFound", "PopReceiptMismatch", "QueueNotFound")


@dataclass
class LeasedMessage:
    """A message that is ours for a while; the receipt changes with every renewal."""

    id: str
    text: str
    receipt: str
    dequeue_count: int
    inserted: datetime
    expires: datetime
    next_visible: datetime


def connection_string(setting: str, settings: Mapping[str, str]) -> str:
    """The connection string that a binding's ``connection`` names.

    Raises:
        FunctionRefused: There is none, it is an identity-based one, or nobody can read it.
    """
    found = settings.get(setting) or settings.get(f"AzureWebJobs{setting}")
    if found:
        try:
            _account(found)
        except ValueError as error:
            raise FunctionRefused(f"connection {setting!r} is no connection string: {error}") from None
        return found
    if any(name.startswith(f"{setting}__") for name in settings):
        raise FunctionRefused(f"connection {setting!r} is identity-based; the local host needs a connection string")
    raise FunctionRefused(f"connection {setting!r} is not set")


@cache
def _account(connection: str) -> QueueServiceClient:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS))
    return QueueServiceClient.from_connection_string(
        connection,
        transport=RequestsTransport(session=session, session_owner=False),
        retry_policy=LinearRetry(backoff=1, retry_total=2, random_jitter_range=0),
    )


class StoredQueue:
    """One queue. Texts go in and come out as they are on the wire."""

    def __init__(self, connection: str, name: str) -> None:
        self.key = (connection, name)
        self.name = name
        self._client: QueueClient = _account(connection).get_queue_client(name)

    def receive(self, count: int, lease: float) -> list[LeasedMessage]:
        """Take up to so many messages for so many seconds; a queue that does not exist has none."""
        try:
            found = self._client.receive_messages(
                max_messages=count, messages_per_page=count, visibility_timeout=math.ceil(lease)
            )
            return [
                LeasedMessage(
                    id=message.id,
                    text=message.content or "",
                    receipt=str(message.pop_receipt),
                    dequeue_count=int(message.dequeue_count or 0),
                    inserted=message.inserted_on or NEVER,
                    expires=message.expires_on or NEVER,
                    next_visible=message.next_visible_on or NEVER,
                )
                for message in found
            ]
        except ResourceNotFoundError:
            return []

    def show_in(self, message: LeasedMessage, seconds: float) -> bool:
        """Make a message visible after so many seconds: renews it, or gives it back. False: it is no longer ours."""
        try:
            renewed = self._client.update_message(message.id, message.receipt, visibility_timeout=math.ceil(seconds))
        except HttpResponseError as error:
            if _is_gone(error):
                return False
            raise
        message.receipt = str(renewed.pop_receipt)
        return True

    def delete(self, message: LeasedMessage) -> bool:
        """Delete a message. False: it is no longer ours, and somebody will run it again."""
        try:
            self._client.delete_message(message.id, message.receipt)
        except HttpResponseError as error:
            if _is_gone(error):
                return False
            raise
        return True

    def send(self, text: str) -> None:
        """Send a message, and create the queue where it is missing."""
        try:
            self._client.send_message(text)
        except ResourceNotFoundError:
            with suppress(ResourceExistsError):
                self._client.create_queue()
            self._client.send_message(text)


def _is_gone(error: HttpResponseError) -> bool:
    return getattr(error, "error_code", None) in GONE
