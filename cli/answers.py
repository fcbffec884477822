"""What the API answers of the fleet, as far as the command line relies on it; all of it is at /api/openapi.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is refused (RFC 9457); the code is stable."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Whoami:
    """Who asks, and what that may."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was asked for; the id leads through everything that follows."""

    status: str
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Freeze:
    """Why repairs stand still everywhere."""

    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FleetPause:
    """A pause of every active tenant of a scope."""

    scope: str
    by: str
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tenants there are, each way; of each item, by what was seen of it."""

    verdict: Mapping[str, int]
    region: Mapping[str, int]
    stage: Mapping[str, int]
    spec: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OldestCheck:
    """The tenant that nobody has looked at for the longest time."""

    tenant_id: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Fleet:
    """The whole fleet at a glance."""

    tenants: int
    counts: Counts
    freeze: Freeze | None
    pauses: tuple[FleetPause, ...]
    last_sweep: datetime | None
    counted_at: datetime | None = None
    oldest_check: OldestCheck | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; in the whole fleet's history with whose it is."""

    at: datetime
    kind: str
    subject: str
    before: str
    after: str
    actor: str
    correlation_id: str
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of what happened, newest first."""

    events: tuple[Event, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that nobody could work on, as it came."""

    id: str
    queue: str
    reason: str
    body: str
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class ParkedPage:
    """A page of parked messages, newest first."""

    parked: tuple[Parked, ...]
    cursor: str | None
