"""The wish to stop, which every wait in the host listens to."""

import asyncio
from collections.abc import Iterable


class Stopping:
    """Set once; ends every wait at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wanted(self) -> bool:
        """Whether the host is to stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Stop the host."""
        self._event.set()

    async def wait(self, seconds: float | None, *others: asyncio.Event) -> None:
        """Wait for a time, for the stop, or for another event, whichever is first."""
        waits = [asyncio.create_task(event.wait()) for event in (self._event, *others)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    async def first_of(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        """Wait for the first of some tasks, or for the stop."""
        stop = asyncio.create_task(self._event.wait())
        try:
            await asyncio.wait({*tasks, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
