"""What the API answers, as far as the command line relies on it. The API's own description is at /api/openapi.json."""

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
class Suspension:
    """A person's decision that ends by itself."""

    by: str
    reason: str
    since: datetime
    until: datetime


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
class TenantLine:
    """A tenant in a list."""

    tenant_id: str
    account_id: str
    company_name: str
    region: str
    initial_domain: str
    stage: str
    verdict: str
    reason: str
    checked_at: datetime | None
    pause: Suspension | None = None
    hold: Suspension | None = None


@dataclass(frozen=True, slots=True)
class TenantPage:
    """A page of tenants in the order of their ids."""

    tenants: tuple[TenantLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One of the six items: what is wanted, and what was seen last."""

    name: str
    desired: str
    observed: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was noticed beside the six items."""

    code: str
    weight: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """A value that a person accepted in place of the desired one."""

    setting: str
    value: str
    by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to send to the customer, word for word."""

    sentence: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's whole record."""

    tenant_id: str
    account_id: str
    company_name: str
    region: str
    initial_domain: str
    stage: str
    verdict: str
    reason: str
    failure: str
    loop_check: str
    generation: int
    fail_policy: str
    created_at: datetime
    checked_at: datetime | None
    next_check_at: datetime
    moving_from: str | None
    pause: Suspension | None
    hold: Suspension | None
    paused_by_fleet: bool
    items: tuple[Item, ...]
    objects: Mapping[str, str]
    refused: Mapping[str, str]
    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of a step."""

    setting: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """One write that an order would make, and what it does to mail."""

    verb: str
    kind: str
    object: str
    identity: str
    changes: tuple[Change, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference; what was read in its place, where it is one of a setting."""

    item: str
    object: str
    fault: str
    setting: str | None
    observed: str | None
    effect: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order would do to a tenant as it is now."""

    plan_hash: str
    verdict: str
    reason: str
    steps: tuple[Step, ...]
    drifts: tuple[Drift, ...]
    findings: tuple[Finding, ...]


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
