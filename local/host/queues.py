"""The queue trigger: polls one queue and runs one function on its messages."""

import asyncio
import json
from datetime import datetime

from azure.core.exceptions import AzureError

from local.host.backoff import Backoff
from local.host.configuration import QueueOptions
from local.host.execution import Call, Execution
from local.host.functions import Function, QueueBinding
from local.host.invocation import Typed
from local.host.journal import LOG
from local.host.lease import kept
from local.host.message_text import body_of
from local.host.stopping import Stopping
from local.host.storage import LeasedMessage, StoredQueue

SUFFIX = "-poison"
LONGEST_NAME = 63


class QueueListener:
    """Fetches messages in batches, runs them side by side, deletes, retries or parks them."""

    def __init__(self, function: Function, options: QueueOptions, execution: Execution, lease: float) -> None:
        assert isinstance(function.trigger, QueueBinding)
        self._function, self._options, self._execution, self._lease = function, options, execution, lease
        self._binding = function.trigger
        self._queue = StoredQueue(self._binding.connection, self._binding.queue)
        self._poison = _poison_queue(self._binding)
        self._running: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        execution.on_sent(self._queue.key, self._wake)

    async def listen(self, stopping: Stopping) -> None:
        """Poll until the host stops, then wait for what is running."""
        backoff = Backoff(self._options.max_polling_seconds)
        while not stopping.wanted():
            self._woken.clear()
            batch = await self._fetch()
            if stopping.wanted():
                await self._give_back(batch)
            elif batch:
                backoff.reset()
                self._start(batch)
                await self._room(stopping)
            else:
                await stopping.wait(backoff.next(), self._woken)
        if self._running:
            await asyncio.wait(self._running)

    def _wake(self) -> None:
        # What an HTTP function sends is sent in the server's event loop.
        self._loop.call_soon_threadsafe(self._woken.set)

    async def _fetch(self) -> list[LeasedMessage]:
        try:
            return await asyncio.to_thread(self._queue.receive, self._options.batch_size, self._lease)
        except AzureError as error:
            LOG.error("Queue '%s' cannot be read: %s", self._queue.name, str(error).splitlines()[0])
            return []

    def _start(self, batch: list[LeasedMessage]) -> None:
        for message in batch:
            task = asyncio.create_task(self._process(message))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _room(self, stopping: Stopping) -> None:
        """Wait until so few messages are running that the next batch may be fetched."""
        while len(self._running) > self._options.new_batch_threshold and not stopping.wanted():
            await stopping.first_of(self._running)

    async def _give_back(self, batch: list[LeasedMessage]) -> None:
        for message in batch:
            await asyncio.to_thread(self._queue.show_in, message, 0)

    async def _process(self, message: LeasedMessage) -> None:
        try:
            async with kept(self._queue, message, self._lease):
                verdict = await self._handle(message)
            await self._complete(message, verdict)
        except AzureError as error:
            LOG.error("Message %s in '%s' was not completed: %s", message.id, self._queue.name, error)

    async def _handle(self, message: LeasedMessage) -> bool | None:
        """Run the function: True if it succeeded, False if not, None where it shall not run (again)."""
        if message.dequeue_count > self._options.max_dequeue_count:
            return None
        body = body_of(message.text, base64_encoded=self._options.base64)
        if body is None:
            LOG.warning("Message %s in '%s' is not base64", message.id, self._queue.name)
            return None
        try:
            value = Typed("bytes", body) if self._binding.binary else Typed("string", body.decode())
        except UnicodeDecodeError as error:
            LOG.error("Message %s in '%s' is no text: %s", message.id, self._queue.name, error)
            return False
        reason = f"New queue message detected on '{self._queue.name}'."
        details = f" MessageId={message.id}, DequeueCount={message.dequeue_count}"
        outcome = await self._execution.run(self._function, Call(value, reason + details, _metadata(message, value)))
        return not outcome.error

    async def _complete(self, message: LeasedMessage, verdict: bool | None) -> None:  # noqa: FBT001
        if verdict:
            if not await asyncio.to_thread(self._queue.delete, message):
                LOG.warning("Message %s in '%s' was no longer ours; it may run twice", message.id, self._queue.name)
        elif self._poison is None:
            # A queue of poison has none of its own: the message stays hidden until the lease ends.
            return
        elif verdict is None or message.dequeue_count >= self._options.max_dequeue_count:
            limit, poison = self._options.max_dequeue_count, self._poison.name
            LOG.warning("Message has reached MaxDequeueCount of %d. Moving message to queue '%s'.", limit, poison)
            await self._execution.send(self._poison, message.text)
            await asyncio.to_thread(self._queue.delete, message)
        else:
            await asyncio.to_thread(self._queue.show_in, message, self._options.retry_seconds)


def _poison_queue(binding: QueueBinding) -> StoredQueue | None:
    name = binding.queue + SUFFIX
    if binding.queue.endswith(SUFFIX) or len(name) > LONGEST_NAME:
        return None
    return StoredQueue(binding.connection, name)


def _metadata(message: LeasedMessage, value: Typed) -> dict[str, Typed]:
    def time(moment: datetime) -> Typed:
        return Typed("json", json.dumps(moment.isoformat()))

    return {
        "QueueTrigger": value,
        "Id": Typed("string", message.id),
        "PopReceipt": Typed("string", message.receipt),
        "DequeueCount": Typed("json", str(message.dequeue_count)),
        "InsertionTime": time(message.inserted),
        "ExpirationTime": time(message.expires),
        "NextVisibleTime": time(message.next_visible),
    }
