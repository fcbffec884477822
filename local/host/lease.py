"""Keeps a message ours while its function runs: renews the lease at half its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from azure.core.exceptions import AzureError

from local.host.journal import LOG
from local.host.storage import LeasedMessage, StoredQueue


@asynccontextmanager
async def kept(queue: StoredQueue, message: LeasedMessage, lease: float) -> AsyncIterator[None]:
    """Hold a message for as long as the block runs.

    Args:
        queue: Where the message is.
        message: The message; its receipt is up to date when the block has ended.
        lease: The lease's seconds.
    """
    done = asyncio.Event()
    renewal = asyncio.create_task(_renew(queue, message, lease, done))
    try:
        yield
    finally:
        # Not cancelled: a renewal under way changes the receipt, which the caller needs for what follows.
        done.set()
        await renewal


async def _renew(queue: StoredQueue, message: LeasedMessage, lease: float, done: asyncio.Event) -> None:
    wait = lease / 2
    while True:
        try:
            await asyncio.wait_for(done.wait(), wait)
        except TimeoutError:
            pass
        else:
            return
        try:
            if not await asyncio.to_thread(queue.show_in, message, lease):
                LOG.warning("The lease of message %s in '%s' was lost; it may run twice", message.id, queue.name)
                return
            wait = lease / 2
        except AzureError as error:
            LOG.warning("The lease of message %s in '%s' was not renewed: %s", message.id, queue.name, error)
            wait = lease / 10
