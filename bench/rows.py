"""One row of the result: a number of the product beside its limit, taken in turns, and whether its goal is met."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

REPEATS = 7
"""Pairs of measurements, where a row does not need fewer to stay in its time; never below five."""

Sample = Callable[[], float]
"""Measures once."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row wants.

    Attributes:
        text: For people.
        is_met: Whether a number reaches it; the ratio where there is a limit, the product's own number otherwise.
    """

    text: str
    is_met: Callable[[float], bool]


def at_most(number: float, unit: str = "") -> Goal:
    """A goal that is met by no more than a number."""
    return Goal(f"≤ {number:g}{unit}", lambda found: found <= number)


def at_least(number: float, unit: str = "") -> Goal:
    """A goal that is met by no less than a number."""
    return Goal(f"≥ {number:g}{unit}", lambda found: found >= number)


@dataclass(frozen=True, slots=True)
class Row:
    """What a measurement came to.

    Attributes:
        id: ``B1`` to ``B12``.
        what: What was measured, with its unit, for people.
        goal: What is wanted.
        product: The product's number, the median.
        limit: The number beside it, the median; ``None`` where there is none.
        ratios: What is judged, one number for each repeat: product to limit, or the product's own numbers.
    """

    id: str
    what: str
    goal: Goal
    product: float
    limit: float | None
    ratios: Sequence[float] = field(repr=False)

    @property
    def ratio(self) -> float:
        """The median of what is judged."""
        return median(self.ratios)

    @property
    def is_met(self) -> bool:
        """Whether the median reaches the goal."""
        return self.goal.is_met(self.ratio)

    def document(self) -> dict[str, object]:
        """The row as JSON has it; ``spread`` is the lowest and the highest ratio of all repeats."""
        return {
            "id": self.id,
            "what": self.what,
            "product": round(self.product, 4),
            "limit": None if self.limit is None else round(self.limit, 4),
            "ratio": round(self.ratio, 4),
            "goal": self.goal.text,
            "met": self.is_met,
            "spread": [round(min(self.ratios), 4), round(max(self.ratios), 4)],
        }


def taken_in_turns(product: Sample, limit: Sample, repeats: int = REPEATS) -> list[tuple[float, float]]:
    """Measure both so many times, each first as often as the other: what disturbs one disturbs its neighbour too."""
    assert repeats >= 5, "fewer than five repeats have no spread"  # noqa: PLR2004
    pairs: list[tuple[float, float]] = []
    for turn in range(repeats):
        if turn % 2:
            beside = limit()
            pairs.append((product(), beside))
        else:
            pairs.append((product(), limit()))
    return pairs


def compared(row_id: str, what: str, goal: Goal, pairs: Sequence[tuple[float, float]]) -> Row:
    """Judge the product by its ratio to the limit, pair by pair."""
    ratios = [product / limit for product, limit in pairs]
    return Row(row_id, what, goal, median(p for p, _ in pairs), median(limit for _, limit in pairs), ratios)


def alone(row_id: str, what: str, goal: Goal, samples: Sequence[float]) -> Row:
    """Judge the product by its own number, because the row has no limit."""
    return Row(row_id, what, goal, median(samples), None, samples)
