"""The seat's own event loop, so that a function that blocks it cannot hold up leases, timers and answers."""

import asyncio
import os
import threading
from pathlib import Path

from local.host.invocation import IndexedFunction, Invocation, Outcome
from local.host.seat import Seat

# What the real host gives its worker where nobody has chosen.
THREADS = ("PYTHON_THREADPOOL_THREAD_COUNT", "1000")


class Worker:
    """Runs invocations on a seat; usable from any event loop."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="worker", daemon=True)
        self._waited_for: set[str] = set()
        self.abandoned = False

    @property
    def running(self) -> int:
        """How many invocations somebody waits for."""
        return len(self._waited_for)

    def start(self, app: Path) -> list[IndexedFunction]:
        """Index the app in the calling thread, as the worker does in its main one.

        Raises:
            IndexingFailed: The app cannot be indexed.
        """
        os.environ.setdefault(*THREADS)
        functions = self._loop.run_until_complete(self._seat.start(app))
        self._thread.start()
        return functions

    async def invoke(self, invocation: Invocation, limit: float | None) -> Outcome:
        """Run a function; one that takes longer than its limit has failed.

        Args:
            invocation: The call.
            limit: Seconds; None waits for ever.
        """
        future = asyncio.run_coroutine_threadsafe(self._call(invocation), self._loop)
        self._waited_for.add(invocation.id)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), limit)
        except TimeoutError:
            # An async function is cancelled by this; a thread cannot be, and goes on to its end.
            self.abandoned = True
            return Outcome(error=f"Timeout value of {limit:g} seconds was exceeded by function {invocation.function}")
        finally:
            self._waited_for.discard(invocation.id)

    async def _call(self, invocation: Invocation) -> Outcome:
        try:
            return await self._seat.invoke(invocation)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - no function can end a listener
            return Outcome(error=f"{type(error).__name__}: {error}")
