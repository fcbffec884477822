"""State-holding stand-ins for storage: dictionaries behind the ports, with the editions that the real ones have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from shared.application.ports import Policy, World
from shared.domain.desired import Spec
from shared.domain.errors import RecordChanged, UnknownTenant
from shared.domain.messages import Cause, Message, Parked
from shared.domain.observation import Observation
from shared.domain.regions import Region
from shared.domain.steps import Applied, Step
from shared.domain.tenants import Record, Stage, Tenant
from shared.domain.values import Secret

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
            if str(tenant_id) > after and all(getattr(tenant, name) == value for name, value in filters.items())
        ]
        return found[:limit], str(found[limit - 1].tenant_id) if len(found) > limit else None


@dataclass
class MemoryJournal:
    """Webhook ids, parked messages and the watermark."""

    webhook_ids: set[tuple[str, UUID]] = field(default_factory=set)
    kept: dict[str, Parked] = field(default_factory=dict)
    sweep: datetime | None = None

    def first_time(self, webhook_id: str, tenant_id: UUID, now: datetime) -> bool:  # noqa: ARG002 - the port's
        known = (webhook_id, tenant_id) in self.webhook_ids
        self.webhook_ids.add((webhook_id, tenant_id))
        return not known

    def park(self, parked: Parked) -> None:
        self.kept[parked.parked_id] = parked

    def parked(self) -> list[Parked]:
        return sorted(self.kept.values(), key=lambda parked: parked.parked_at, reverse=True)

    def swept(self, now: datetime) -> None:
        self.sweep = now

    def last_sweep(self) -> datetime | None:
        return self.sweep


class NoExchange:
    """An Exchange that must not be asked."""

    def observe(self, tenant: Tenant) -> Observation:
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
        clock=clock or Clock(),
        new_id=lambda: UUID(int=next(ids)),
    )


def new_policy(settling_seconds: float = 120) -> Policy:
    """The operator's decisions, with documentation addresses."""
    spec = Spec("documentation-1", dict.fromkeys(Region, SKIP_IPS))
    return Policy(spec, timedelta(seconds=settling_seconds), timedelta(hours=1))


def new_message(cause: Cause = Cause.SIGNUP, generation: int = 1, attempt: int = 1) -> Message:
    """A message about the tenant."""
    return Message(TENANT_ID, cause, UUID(int=99), generation, NOW, attempt)
