"""What the use cases need of the world: one small Protocol for each outside system."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from shared.domain.desired import Spec
from shared.domain.messages import Parked
from shared.domain.observation import Observation
from shared.domain.steps import Applied, Step
from shared.domain.tenants import Record, Tenant


class Exchange(Protocol):
    """One tenant's Exchange Online."""

    def observe(self, tenant: Tenant) -> Observation:
        """Read everything that the promise is about; a read that fails is in the answer as unread.

        Raises:
            KeeperError: Nothing could be read, for one reason.
        """

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        """Carry out one step.

        Raises:
            KeeperError: It was not carried out, or (``Ambiguous``) nobody knows.
        """


class Tenants(Protocol):
    """Where tenant records live."""

    def get(self, tenant_id: UUID) -> Record:
        """Read a record.

        Raises:
            UnknownTenant: There is none.
        """

    def add(self, tenant: Tenant) -> Record:
        """Store a new record.

        Raises:
            RecordChanged: There is one already.
        """

    def put(self, record: Record, tenant: Tenant) -> Record:
        """Replace a record by a newer edition.

        Raises:
            RecordChanged: Somebody else did so first.
        """

    def due(self, now: datetime) -> Iterator[Record]:
        """Stream every record whose turn has come."""

    def page(self, filters: Mapping[str, str], cursor: str | None, limit: int) -> tuple[list[Tenant], str | None]:
        """Read one page of tenants in the order of their ids, and the cursor of the next one."""


class Journal(Protocol):
    """What is kept beside the tenants: webhook ids, parked messages, the timer's watermark."""

    def first_time(self, webhook_id: str, tenant_id: UUID, now: datetime) -> bool:
        """Remember a webhook's id; false when it is known already."""

    def park(self, parked: Parked) -> None:
        """Keep a message that nobody can work on."""

    def parked(self) -> list[Parked]:
        """List them, newest first."""

    def swept(self, now: datetime) -> None:
        """Remember that the timer has been through the whole fleet."""

    def last_sweep(self) -> datetime | None:
        """When the timer was last through the whole fleet."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside that a use case may ask.

    Attributes:
        exchange: Every tenant's Exchange Online.
        tenants: The tenant records.
        journal: What is kept beside them.
        clock: The time, in UTC.
        new_id: A random id.
    """

    exchange: Exchange
    tenants: Tenants
    journal: Journal
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decides.

    Attributes:
        spec: The data of the promise.
        settling: How long after our own write a read may lag.
        period: How often the timer asks for each tenant.
    """

    spec: Spec
    settling: timedelta
    period: timedelta
