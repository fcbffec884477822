"""The queues and their poison queues: JSON in base64, as the host expects it, kept until somebody takes it."""

import math
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_errors import code_of, storage_errors
from shared.domain.letters import Outbox, Posting, encode_letter
from shared.domain.messages import Delivery, Queue, encode

EVERY: tuple[Queue | Outbox, ...] = (*Queue, *Outbox)
"""Every queue that is not a poison queue."""

_FOR_EVER = -1
_LONGEST_DELAY = timedelta(days=7)
"""The service hides a message for no longer."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How full a queue is.

    Attributes:
        queue: Its name.
        messages: How many messages it holds, hidden ones too; the service says so approximately.
        oldest_age_s: The age of the first visible message in seconds; 0 where there is none.
    """

    queue: str
    messages: int
    oldest_age_s: float


class Queues:
    """Where messages are sent.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us. A
    message whose sending failed may have been sent: whoever works on it twice changes nothing.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._account = account

    def send(self, delivery: Delivery) -> None:
        """Send a message, to be seen when its delay is over; a delay longer than a week ends after a week."""
        delay = max(timedelta(0), min(delivery.delay, _LONGEST_DELAY))
        self._put(delivery.queue, encode(delivery.message), math.ceil(delay.total_seconds()))

    def post(self, posting: Posting) -> None:
        """Send a letter, to be seen when its delay is over."""
        self._put(Outbox.NOTIFY, encode_letter(posting.letter), math.ceil(posting.delay.total_seconds()))

    def park(self, queue: Queue | Outbox, text: str, delay: timedelta = timedelta(0)) -> None:
        """Put an envelope on the poison queue of a queue; ``enclose`` writes none that is too long."""
        self._put(queue.poison, text.encode(), math.ceil(delay.total_seconds()))

    def depths(self, now: datetime) -> Iterator[Depth]:
        """Say of every queue how full it is, poison queues too; a queue that is missing is empty."""
        for queue in EVERY:
            for name in (queue.value, queue.poison):
                yield self._depth(name, now)

    def _depth(self, name: str, now: datetime) -> Depth:
        client = self._account.queue(name)
        with storage_errors(f"look at {name}"):
            try:
                count = client.get_queue_properties().approximate_message_count or 0
                first = next(iter(client.peek_messages(1)), None)
            except ResourceNotFoundError:
                return Depth(name, 0, 0.0)
        since = first.inserted_on if first is not None else None
        return Depth(name, count, max(0.0, (now - since).total_seconds()) if since is not None else 0.0)

    def make_all(self) -> None:
        """Make every queue that is missing, poison queues too: the host looks for them from the start."""
        for queue in EVERY:
            for name in (queue.value, queue.poison):
                with storage_errors(f"make the queue {name}"):
                    self._make(name)

    def _put(self, name: str, body: bytes, hidden_seconds: int) -> None:
        text = b64encode(body).decode()
        client = self._account.queue(name)
        with storage_errors(f"send to {name}"):
            try:
                client.send_message(text, visibility_timeout=hidden_seconds, time_to_live=_FOR_EVER)
            except ResourceNotFoundError:
                self._make(name)
                client.send_message(text, visibility_timeout=hidden_seconds, time_to_live=_FOR_EVER)

    def _make(self, name: str) -> None:
        try:
            self._account.queue(name).create_queue()
        except ResourceExistsError as error:
            if code_of(error) != "QueueAlreadyExists":
                raise
