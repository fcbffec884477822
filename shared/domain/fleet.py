"""What is wanted of the whole fleet: mail flow paused in a region or everywhere, repairs frozen by a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.decisions import Suspension
from shared.domain.messages import ASKED_FOR, Cause
from shared.domain.regions import Region
from shared.domain.tenants import LEAVING, Stage, Tenant

EVERYWHERE = "all"
"""The scope that covers every region."""
SCOPES = frozenset({EVERYWHERE, *(region.value for region in Region)})


@dataclass(frozen=True, slots=True)
class FleetPause:
    """A pause of every active tenant of a scope.

    Attributes:
        suspension: Who, why, and to when.
        is_asked: Every tenant of the scope has been asked to pause.
    """

    suspension: Suspension
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """Repairs stand still everywhere; verification goes on. Only a person ends it.

    Attributes:
        by: Who froze them.
        reason: Why.
        since: From when.
    """

    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is wanted of the whole fleet.

    Attributes:
        freeze: Why repairs stand still; ``None`` while they do not.
        pauses: The pauses by scope: ``all``, or a region.
    """

    freeze: Freeze | None = None
    pauses: Mapping[str, FleetPause] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FleetRecord:
    """The fleet's wishes as they are stored.

    Attributes:
        fleet: The wishes.
        etag: The edition that was read; empty where nothing was ever stored.
    """

    fleet: Fleet
    etag: str


def covers(scope: str, tenant: Tenant) -> bool:
    """Whether a scope contains a tenant."""
    return scope in (EVERYWHERE, tenant.region.value)


def pause_of(tenant: Tenant, fleet: Fleet, now: datetime) -> Suspension | None:
    """The fleet's pause that counts for a tenant now: of several, the one that ends last."""
    found = [
        pause.suspension
        for scope, pause in fleet.pauses.items()
        if covers(scope, tenant) and now < pause.suspension.until
    ]
    return max(found, key=lambda suspension: suspension.until, default=None)


def with_pause(fleet: Fleet, scope: str, pause: FleetPause | None) -> Fleet:
    """The wishes with another pause of one scope, or without one."""
    others = {name: other for name, other in fleet.pauses.items() if name != scope}
    return replace(fleet, pauses={**others, scope: pause} if pause is not None else others)


def is_braked(fleet: Fleet, cause: Cause, stage: Stage) -> bool:
    """Whether a write stands still because repairs are frozen: new customers come in all the same, and others leave."""
    return fleet.freeze is not None and cause not in ASKED_FOR and stage not in {Stage.AWAITING_CONSENT, *LEAVING}


def is_paused(tenant: Tenant, fleet: Fleet, now: datetime) -> bool:
    """Whether an active tenant's mail is to pass by MailMarshal Cloud because of the fleet."""
    return tenant.stage is Stage.ACTIVE and pause_of(tenant, fleet, now) is not None
