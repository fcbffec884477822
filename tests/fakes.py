"""State-holding stand-ins for storage: dictionaries behind the ports, with the editions that the real ones have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import TypeVar
from uuid import UUID

from shared.application.ports import Policy, World
from shared.domain.desired import Spec
from shared.domain.errors import InvalidRequest, RecordChanged, UnknownTenant
from shared.domain.fleet import Fleet, FleetRecord
from shared.domain.headcount import KINDS, Counted, Headcount
from shared.domain.history import Event
from shared.domain.incidents import Incident, KeptIncident
from shared.domain.messages import Cause, Fate, Message, Parked
from shared.domain.observation import Observation
from shared.domain.proof import Proof
from shared.domain.regions import Region
from shared.domain.report import is_as_wanted
from shared.domain.resources import Item
from shared.domain.steps import Applied, Step
from shared.domain.survey import Survey
from shared.domain.tenants import Record, Stage, Tenant
from shared.domain.values import Secret

_Item = TypeVar("_Item")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TENANT_ID = UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10")
CANARY = "0c4a9a7e-canary-secret"
SKIP_IPS = ("203.0.113.0/24", "2001:db8:e::/48")


@dataclass
class Clock:
    """A clock that stands still until somebody moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class MemoryTenants:
    """Tenant records with editions."""

    rows: dict[UUID, tuple[Tenant, int]] = field(default_factory=dict)

    def get(self, tenant_id: UUID) -> Record:
        if tenant_id not in self.rows:
            raise UnknownTenant("no such tenant")
        tenant, edition = self.rows[tenant_id]
        return Record(tenant, str(edition))

    def add(self, tenant: Tenant) -> Record:
        if tenant.tenant_id in self.rows:
            raise RecordChanged("there is one already")
        self.rows[tenant.tenant_id] = (tenant, 1)
        return Record(tenant, "1")

    def put(self, record: Record, tenant: Tenant) -> Record:
        _, edition = self.rows.get(tenant.tenant_id, (None, None))
        if edition is None or record.etag != str(edition):
            raise RecordChanged("somebody else was first")
        self.rows[tenant.tenant_id] = (tenant, edition + 1)
        return Record(tenant, str(edition + 1))

    def due(self, now: datetime) -> Iterator[Record]:
        for tenant, edition in list(self.rows.values()):
            if tenant.next_check_at <= now:
                yield Record(tenant, str(edition))

    def page(self, filters: Mapping[str, str], cursor: str | None, limit: int) -> tuple[list[Tenant], str | None]:
        after = cursor or ""
        found = [
            tenant
            for tenant_id, (tenant, _) in sorted(self.rows.items())
            if str(tenant_id) > after and all(_matches(tenant, name, value) for name, value in filters.items())
        ]
        return found[:limit], str(found[limit - 1].tenant_id) if len(found) > limit else None

    def counted(self) -> Iterator[Counted]:
        for t, _ in self.rows.values():
            kinds = {name: str(getattr(t, name)) for name in KINDS}
            yield Counted(t.tenant_id, kinds, t.items, t.checked_at)


def _matches(tenant: Tenant, name: str, value: str) -> bool:
    match name:
        case "search":
            begins = (tenant.account_id, tenant.company_name)
            is_id, is_domain = str(tenant.tenant_id) == value.lower(), tenant.initial_domain.startswith(value.lower())
            return is_id or is_domain or any(word.startswith(value) for word in begins)
        case "item":
            return not is_as_wanted(tenant.items, next(item for item in Item if item.slug == value))
        case "checked_before":
            return tenant.checked_at is None or tenant.checked_at.isoformat() < value
    return bool(getattr(tenant, name) == value)


@dataclass
class MemoryJournal:
    """What was seen before, parked messages and the watermarks."""

    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    guids: dict[str, UUID] = field(default_factory=dict)
    kept: dict[str, Parked] = field(default_factory=dict)
    broken: dict[UUID, datetime] = field(default_factory=dict)
    count: Headcount | None = None
    sweep: datetime | None = None
    cleaning: datetime | None = None

    def first_time(self, scope: str, key: str, now: datetime) -> bool:
        known = self.knows(scope, key)
        self.seen.setdefault((scope, key), now)
        return not known

    def knows(self, scope: str, key: str) -> bool:
        return (scope, key) in self.seen

    def claim(self, loop_check: Secret, tenant_id: UUID) -> bool:
        return self.guids.setdefault(loop_check.reveal.lower(), tenant_id) == tenant_id

    def park(self, parked: Parked) -> bool:
        is_new = parked.fate is Fate.OPEN and parked.parked_id not in self.kept
        if is_new or parked.fate is not Fate.OPEN:
            self.kept[parked.parked_id] = parked
        return is_new

    def parked(self, cursor: str | None, limit: int) -> tuple[list[Parked], str | None]:
        found = [parked for parked in self.kept.values() if parked.fate is Fate.OPEN]
        found.sort(key=lambda parked: parked.parked_at, reverse=True)
        return _page(found, cursor, limit)

    def find_parked(self, parked_id: str) -> Parked | None:
        return self.kept.get(parked_id)

    def parked_about(self, tenant_id: UUID) -> list[Parked]:
        found = [p for p in self.kept.values() if p.fate is Fate.OPEN and p.tenant_id == str(tenant_id)]
        return sorted(found, key=lambda parked: parked.parked_at, reverse=True)

    def broke(self, tenant_id: UUID, now: datetime) -> None:
        self.broken[tenant_id] = now

    def broken_since(self, moment: datetime) -> int:
        return sum(at >= moment for at in self.broken.values())

    def counted(self, found: Headcount) -> None:
        self.count = found

    def headcount(self) -> Headcount | None:
        return self.count

    def swept(self, now: datetime) -> None:
        self.sweep = now

    def last_sweep(self) -> datetime | None:
        return self.sweep

    def cleaned(self, now: datetime) -> None:
        self.cleaning = now

    def last_cleaning(self) -> datetime | None:
        return self.cleaning

    def forget(self, before: datetime) -> None:
        self.seen = {key: moment for key, moment in self.seen.items() if moment >= before}


@dataclass
class MemoryWishes:
    """What is wanted of the fleet, with editions."""

    fleet: Fleet = field(default_factory=Fleet)
    edition: int = 0

    def get(self) -> FleetRecord:
        return FleetRecord(self.fleet, str(self.edition))

    def put(self, record: FleetRecord, fleet: Fleet) -> FleetRecord:
        if record.etag != str(self.edition):
            raise RecordChanged("somebody else was first")
        self.fleet, self.edition = fleet, self.edition + 1
        return self.get()


@dataclass
class MemoryHistory:
    """Events by tenant, oldest first."""

    events: dict[UUID, list[Event]] = field(default_factory=dict)

    def append(self, tenant_id: UUID, events: Sequence[Event]) -> None:
        self.events.setdefault(tenant_id, []).extend(events)

    def page(self, tenant_id: UUID, cursor: str | None, limit: int) -> tuple[list[Event], str | None]:
        return _page(self.events.get(tenant_id, [])[::-1], cursor, limit)

    def activity(self, cursor: str | None, limit: int) -> tuple[list[tuple[UUID, Event]], str | None]:
        found = [(tenant_id, event) for tenant_id, events in self.events.items() for event in events[::-1]]
        return _page(sorted(found, key=lambda each: each[1].at, reverse=True), cursor, limit)

    def forget(self, before: datetime) -> None:
        for tenant_id, events in self.events.items():
            self.events[tenant_id] = [event for event in events if event.at >= before]


@dataclass
class MemoryProofs:
    """The newest proof of each tenant."""

    kept: dict[UUID, Proof] = field(default_factory=dict)

    def get(self, tenant_id: UUID) -> Proof | None:
        return self.kept.get(tenant_id)

    def put(self, tenant_id: UUID, proof: Proof) -> None:
        self.kept[tenant_id] = proof


@dataclass
class MemoryIncidents:
    """Incidents with editions, and the sinks that want nothing any more."""

    rows: dict[str, tuple[Incident, int]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def about(self, tenant_id: UUID) -> list[KeptIncident]:
        return [each for each in self.all() if each.incident.subject.tenant_id == tenant_id]

    def all(self) -> Iterator[KeptIncident]:
        for incident, edition in list(self.rows.values()):
            yield KeptIncident(incident, str(edition))

    def find(self, tenant_id: UUID | None, incident_id: str) -> KeptIncident | None:
        found = self.rows.get(incident_id)
        if found is None or found[0].subject.tenant_id != tenant_id:
            return None
        return KeptIncident(found[0], str(found[1]))

    def add(self, incident: Incident) -> KeptIncident | None:
        if incident.incident_id in self.rows:
            return None
        self.rows[incident.incident_id] = (incident, 1)
        return KeptIncident(incident, "1")

    def put(self, kept: KeptIncident, incident: Incident) -> KeptIncident:
        _, edition = self.rows.get(incident.incident_id, (None, None))
        if edition is None or kept.etag != str(edition):
            raise RecordChanged("somebody else was first")
        self.rows[incident.incident_id] = (incident, edition + 1)
        return KeptIncident(incident, str(edition + 1))

    def forget(self, kept: KeptIncident) -> None:
        self.rows.pop(kept.incident.incident_id, None)

    def gone_sinks(self) -> Mapping[str, str]:
        return self.gone

    def sink_gone(self, sink: str, mark: str, now: datetime) -> None:
        assert now.tzinfo is not None
        self.gone[sink] = mark


class FixedKeys:
    """Keys that are their name's own."""

    def get(self, name: str) -> Secret:
        return Secret(sha256(name.encode()).hexdigest())


def _page(items: list[_Item], cursor: str | None, limit: int) -> tuple[list[_Item], str | None]:
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise InvalidRequest("cursor: what the page before gave is expected")
    start = int(cursor or 0)
    return items[start : start + limit], str(start + limit) if len(items) > start + limit else None


class NoExchange:
    """An Exchange that must not be asked."""

    def observe(self, tenant: Tenant) -> Observation:
        raise AssertionError(f"Exchange was asked about {tenant.tenant_id}")

    def survey(self, tenant: Tenant) -> Survey:
        raise AssertionError(f"Exchange was asked about {tenant.tenant_id}")

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        raise AssertionError(f"{step.verb} was sent to {tenant.tenant_id}")


def new_tenant(stage: Stage = Stage.AWAITING_CONSENT, tenant_id: UUID = TENANT_ID, **changes: object) -> Tenant:
    """A tenant of the European region."""
    values: dict[str, object] = {
        "tenant_id": tenant_id,
        "account_id": "acme",
        "region": Region.EU,
        "initial_domain": "contoso.onmicrosoft.com",
        "loop_check": Secret(CANARY),
        "stage": stage,
        "generation": 1,
        "created_at": NOW,
        "next_check_at": NOW,
        **changes,
    }
    return Tenant(**values)  # type: ignore[arg-type]


def new_world(exchange: object = None, clock: Clock | None = None) -> World:
    """A world of stand-ins; the ids count up."""
    ids = count(1)
    return World(
        exchange=exchange or NoExchange(),  # type: ignore[arg-type]
        tenants=MemoryTenants(),
        journal=MemoryJournal(),
        wishes=MemoryWishes(),
        history=MemoryHistory(),
        proofs=MemoryProofs(),
        keys=FixedKeys(),
        incidents=MemoryIncidents(),
        clock=clock or Clock(),
        new_id=lambda: UUID(int=next(ids)),
    )


def new_policy(settling_seconds: float = 120) -> Policy:
    """The operator's decisions, with documentation addresses."""
    spec = Spec("documentation-1", dict.fromkeys(Region, SKIP_IPS))
    settling = timedelta(seconds=settling_seconds)
    return Policy(spec, settling, timedelta(hours=1), 15 * settling, timedelta(days=400))


def new_message(cause: Cause = Cause.SIGNUP, generation: int = 1, attempt: int = 1) -> Message:
    """A message about the tenant."""
    return Message(TENANT_ID, cause, UUID(int=99), generation, NOW, attempt)
