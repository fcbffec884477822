"""How many calls go out at once: what a service is asked at the same time is ours to limit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from shared.domain.errors import NotYet

PATIENCE_S = 10.0
"""How long a call waits for its turn; a queue waits better than a thread."""


class Room:
    """Room for so many calls at once, safe for use by many threads.

    Args:
        calls: How many.
        patience: Seconds that one more waits for a place.
    """

    def __init__(self, calls: int, patience: float = PATIENCE_S) -> None:
        self._places = threading.BoundedSemaphore(calls)
        self._patience = patience

    @contextmanager
    def one(self, left: float) -> Iterator[None]:
        """Take a place for one call.

        Args:
            left: Seconds until it would be too late for the call.

        Raises:
            NotYet: All places stayed taken.
        """
        if not self._places.acquire(timeout=max(0.0, min(self._patience, left))):
            rest = timedelta(seconds=self._patience)
            raise NotYet("as many calls as may be made at once are under way; try again later", rest)
        try:
            yield
        finally:
            self._places.release()
