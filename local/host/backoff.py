"""How long an idle listener waits before it looks again."""

import random

SHORTEST = 0.1
SPREAD = 0.2


class Backoff:
    """Doubles from 100 ms up to a cap, give or take a fifth, as the queue extension does."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._shortest = min(SHORTEST, longest)
        self._looks = 0

    def reset(self) -> None:
        """There was something: look soon."""
        self._looks = 0

    def next(self) -> float:
        """Seconds until the next look."""
        spread = random.uniform(1 - SPREAD, 1 + SPREAD)
        # The exponent is bounded, or a night of idling would end in an overflow.
        wait = self._shortest + self._shortest * (2.0 ** min(self._looks, 24) - 1) * spread
        self._looks += 1
        return min(wait, self._longest)
