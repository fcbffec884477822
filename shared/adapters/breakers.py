"""Leave a service alone that answers nobody. One tenant's trouble is its record's to wait for, never everybody's.

Source: reliability page §2 (circuit breaker).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.errors import NotYet

WINDOW_S = 60.0
"""How far back failures count, and for how long one answer keeps the door open."""
MOST_FAILURES = 5
MOST_TENANTS = 3
REST_S = 30.0
"""How long nobody asks; who is refused comes back with a jitter of its own."""


@dataclass(slots=True, eq=False)
class Call:
    """One call that was let through.

    Attributes:
        tenant: Whom it is for.
        answered: Whether the service answered, whatever it said; ``None`` when it was not asked after all.
    """

    tenant: str
    answered: bool | None = None


class Breaker:
    """One service's door, safe for use by many threads.

    It opens when calls for several tenants have failed and none was answered. After a rest one call tries the
    service, and decides for all.

    Args:
        service: What it is called, for people.
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[tuple[float, str]] = deque()
        self._answered_at: float | None = None
        self._rests_until: float | None = None
        self._probe: Call | None = None

    @contextmanager
    def asking(self, tenant: str) -> Iterator[Call]:
        """Let a call through; whoever makes it says on it whether it was answered.

        Raises:
            NotYet: The service has answered nobody lately.
        """
        call = self._begun(tenant)
        try:
            yield call
        finally:
            self._ended(call)

    def _begun(self, tenant: str) -> Call:
        call = Call(tenant)
        with self._lock:
            if self._rests_until is None:
                return call
            left = self._rests_until - self._clock()
            if left <= 0 and self._probe is None:
                self._probe = call
                return call
        rest = timedelta(seconds=left if left > 0 else REST_S)
        raise NotYet(f"{self._service} answers nobody at the moment; try again later", rest)

    def _ended(self, call: Call) -> None:
        with self._lock:
            is_probe = call is self._probe
            if is_probe:
                self._probe = None
            if call.answered:
                # Also one that began before the door was opened: the service is there.
                self._answered_at, self._rests_until, self._probe = self._clock(), None, None
                self._failures.clear()
            elif call.answered is False and is_probe:
                self._rests_until = self._clock() + REST_S
            elif call.answered is False and self._rests_until is None:
                self._failed(call.tenant, self._clock())

    def _failed(self, tenant: str, now: float) -> None:
        self._failures.append((now, tenant))
        while self._failures[0][0] <= now - WINDOW_S:
            self._failures.popleft()
        if self._answered_at is not None and self._answered_at > now - WINDOW_S:
            return
        tenants = {each for _, each in self._failures}
        if len(self._failures) >= MOST_FAILURES and len(tenants) >= MOST_TENANTS:
            self._rests_until = now + REST_S
            self._failures.clear()


def is_answer(status: int, *, names_a_wait: bool) -> bool:
    """Whether a service is there: it fails with 5xx, but for one that names a wait, which is the caller's alone."""
    return status < 500 or names_a_wait  # noqa: PLR2004
