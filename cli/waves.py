"""How a fleet is changed: a few tenants first, then waves that grow, and never more of it than was allowed."""

from collections.abc import Iterator

_GROWTH = 2
LARGEST = 200
"""The most tenants of a wave: they are held while they are waited for."""


def sizes(canary: int) -> Iterator[int]:
    """How many tenants each wave has, without end: the canary's, then twice the one before, up to 200."""
    size = canary
    while True:
        yield size
        size = min(size * _GROWTH, LARGEST)


def is_too_much(changing: int, fleet: int, percent: int, canary: int) -> bool:
    """Tell whether more of a fleet would change than is allowed at once.

    A first wave is always allowed: it is watched before anything else happens, and a share of a few says nothing.

    Args:
        changing: How many tenants would change.
        fleet: How many there are.
        percent: The share that may change.
        canary: How many the first wave has.
    """
    return changing > canary and changing * 100 > fleet * percent
