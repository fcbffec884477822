"""How many tenants there are of each kind: counted by the timer, read by everybody who asks how the fleet stands."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.domain.tenants import Stage

KINDS = ("region", "stage", "verdict", "spec")
"""By what tenants are counted, beside their items."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of one tenant, as its row says it: one that cannot be read whole counts as well.

    Attributes:
        tenant_id: Its id, where it can be read.
        kinds: What it is by each of ``KINDS``.
        items: The state of each item when it was last seen.
        checked_at: When that was.
    """

    tenant_id: UUID | None
    kinds: Mapping[str, str]
    items: Mapping[str, str]
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many tenants there were at a moment.

    Attributes:
        at: The moment.
        tenants: All of them.
        watched: Those that have not been off-boarded.
        kinds: How many of each kind, by each of ``KINDS``.
        items: How many watched tenants have an item in a state, by item and state; the settings are not told apart.
        oldest: Of the watched ones that were ever looked at, whose last look is the oldest, and when it was.
    """

    at: datetime
    tenants: int = 0
    watched: int = 0
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    oldest: tuple[UUID, datetime] | None = None


def headcount(fleet: Iterable[Counted], at: datetime) -> Headcount:
    """Count a fleet, of which one tenant at a time is in memory."""
    kinds: dict[str, Counter[str]] = {name: Counter() for name in KINDS}
    items: dict[str, Counter[str]] = {}
    tenants = watched = 0
    oldest: tuple[UUID, datetime] | None = None
    for tenant in fleet:
        tenants += 1
        for name in KINDS:
            kinds[name][tenant.kinds[name]] += 1
        if tenant.kinds["stage"] == Stage.OFFBOARDED:
            continue
        watched += 1
        for item, state in tenant.items.items():
            items.setdefault(item, Counter())[state.partition(" (")[0]] += 1
        if tenant.tenant_id and tenant.checked_at and (oldest is None or tenant.checked_at < oldest[1]):
            oldest = (tenant.tenant_id, tenant.checked_at)
    return Headcount(at, tenants, watched, kinds, items, oldest)
