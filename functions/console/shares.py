"""Numbers as parts of one bar: each with where it begins and how wide it is."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 1000.0
"""Of the whole bar, in units of its drawing."""

_LEAST = 4.0
"""What is one in five thousand must still be seen."""


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar.

    Attributes:
        name: Of what.
        count: How many.
        begins: Where it begins.
        width: How wide it is.
    """

    name: str
    count: int
    begins: float
    width: float


def shares(counts: Mapping[str, int]) -> tuple[Share, ...]:
    """Divide a bar, largest first; nothing that is there vanishes, and together the parts are the bar."""
    there = sorted(((count, name) for name, count in counts.items() if count > 0), key=lambda pair: (-pair[0], pair[1]))
    total = sum(count for count, _ in there)
    wide = [max(_LEAST, WIDTH * count / total) for count, _ in there]
    begins, made = 0.0, []
    for (count, name), width in zip(there, wide, strict=True):
        shrunk = width * WIDTH / sum(wide)
        made.append(Share(name, count, round(begins, 2), round(shrunk, 2)))
        begins += shrunk
    return tuple(made)
