"""The work queues and their poison queues: JSON in base64, as the host expects it, kept until somebody takes it."""

import math
from base64 import b64encode
from datetime import timedelta

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_errors import code_of, storage_errors
from shared.domain.messages import Delivery, Queue, encode

_FOR_EVER = -1
_LONGEST_DELAY = timedelta(days=7)
"""The service hides a message for no longer."""


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

    def park(self, queue: Queue, text: str, delay: timedelta = timedelta(0)) -> None:
        """Put an envelope on the poison queue of a work queue; ``enclose`` writes none that is too long."""
        self._put(queue.poison, text.encode(), math.ceil(delay.total_seconds()))

    def make_all(self) -> None:
        """Make every queue that is missing, poison queues too: the host looks for them from the start."""
        for queue in Queue:
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
