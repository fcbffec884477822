"""A storage account of a test: Azurite, with tables and queues that are the test's own."""

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import QueueClient, QueueServiceClient

from local.azurite import ACCOUNT, ACCOUNT_KEY
from shared.adapters.storage_account import StorageAccount

Result = TypeVar("Result")


class OwnAccount(StorageAccount):
    """Everything in it has a name that no other test uses."""

    def __init__(self, tables: TableServiceClient, queues: QueueServiceClient) -> None:
        super().__init__(tables, queues)
        # Here and not at first use: threads that got there together would each have another account.
        self._mark = f"t{secrets.token_hex(6)}"

    def own(self, name: str) -> str:
        return f"{self._mark}{name}"

    def table(self, name: str) -> TableClient:
        return super().table(self.own(name))

    def queue(self, name: str) -> QueueClient:
        return super().queue(self.own(name))


def own_account(connection_string: str) -> StorageAccount:
    return OwnAccount.from_connection_string(connection_string)


def at_once(what: Callable[[int], Result], many: int = 8) -> list[Result]:
    """Do something in so many threads, none of which begins before all are there; what each came to."""
    start = threading.Barrier(many)

    def one(n: int) -> Result:
        start.wait()
        return what(n)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


@contextmanager
def account_away() -> Iterator[StorageAccount]:
    """An account whose port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}/{ACCOUNT}"
        endpoints = f"QueueEndpoint={address};TableEndpoint={address}"
        yield StorageAccount.from_connection_string(f"AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{endpoints}")
