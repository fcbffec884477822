"""When a tenant's turn comes: each has its own place in the period, so that a fleet never comes at once."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID


def share(tenant_id: UUID) -> float:
    """A tenant's fixed place in any period, 0 ≤ share < 1; even over a fleet."""
    return int.from_bytes(sha256(tenant_id.bytes).digest()[:4]) / 2**32


def next_turn(tenant_id: UUID, now: datetime, period: timedelta) -> datetime:
    """The first instant after ``now`` that is the tenant's own in the period."""
    offset = period * share(tenant_id)
    epoch = datetime.fromtimestamp(0, UTC)
    passed = (now - epoch - offset) // period
    return epoch + offset + (passed + 1) * period


def spread(tenant_id: UUID, due: datetime, now: datetime, period: timedelta) -> timedelta:
    """How long to put off an overdue tenant: after a silence the fleet is spread over as long, a period at most."""
    return min(max(now - due, timedelta(0)), period) * share(tenant_id)
