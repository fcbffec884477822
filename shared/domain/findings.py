"""What is noticed beside the six items: in the way of a provision, or about to make what is present dead.

Foreign objects are reported, never touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.one_line import one_line
from shared.domain.tenants import Verdict
from shared.domain.values import Row

_MOST_NAMES = 5


class Weight(StrEnum):
    """What a finding asks for."""

    BLOCKER = "blocker"
    """A provision does not begin before it is gone."""
    WARNING = "warning"
    """Mail may not go where it should; a person had better look."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    Attributes:
        code: Its stable name.
        weight: What it asks for.
        sentence: What it is and what to do, for people.
        verdict: What a blocker makes of the tenant.
    """

    code: str
    weight: Weight
    sentence: str
    verdict: Verdict | None = None

    def __str__(self) -> str:
        """Say it as the record keeps it."""
        return f"{self.weight}: {self.sentence}"


def named(rows: Iterable[Row]) -> str:
    """Name foreign objects: the first five, each cut to 64 characters and kept to one line."""
    names = [one_line(str(row.get("Name")))[:64] for row in rows]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
