"""Where the use cases keep things: one small Protocol for each kind of record."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.domain.fleet import Fleet, FleetRecord
from shared.domain.headcount import Counted, Headcount
from shared.domain.history import Event
from shared.domain.incidents import Incident, KeptIncident
from shared.domain.messages import Parked
from shared.domain.proof import Proof
from shared.domain.tenants import Record, Tenant
from shared.domain.values import Secret

MOST_EDITIONS = 5
"""How often a change is tried on top of a newer edition before whoever asked is told that others wrote each time."""


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

    def counted(self) -> Iterator[Counted]:
        """Stream what counts of every tenant."""


class Journal(Protocol):
    """What is kept beside the tenants: what was seen before, parked messages, the timer's watermarks."""

    def first_time(self, scope: str, key: str, now: datetime) -> bool:
        """Remember a key of a scope, such as a webhook's id; false when it is known already."""

    def knows(self, scope: str, key: str) -> bool:
        """Whether a key of a scope was remembered."""

    def claim(self, loop_check: Secret, tenant_id: UUID) -> bool:
        """Give a loop-check GUID to a tenant for ever; false when it is another tenant's."""

    def park(self, parked: Parked) -> bool:
        """Keep a message that nobody can work on, or what became of one; true when it is open and was not kept yet."""

    def parked(self, cursor: str | None, limit: int) -> tuple[list[Parked], str | None]:
        """Read one page of those that nobody has decided on, newest first, and the cursor of the next one.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """

    def find_parked(self, parked_id: str) -> Parked | None:
        """Find one."""

    def parked_about(self, tenant_id: UUID) -> list[Parked]:
        """Find those about a tenant that nobody has decided on."""

    def swept(self, now: datetime) -> None:
        """Remember that the timer has been through the whole fleet."""

    def last_sweep(self) -> datetime | None:
        """When the timer was last through the whole fleet."""

    def broke(self, tenant_id: UUID, now: datetime) -> None:
        """Remember that a tenant that was well has been found broken."""

    def broken_since(self, moment: datetime) -> int:
        """Count the tenants that were found newly broken since a moment, each once."""

    def counted(self, found: Headcount) -> None:
        """Remember how many tenants there are."""

    def headcount(self) -> Headcount | None:
        """How many tenants there were when they were last counted."""

    def cleaned(self, now: datetime) -> None:
        """Remember that what is too old has been forgotten."""

    def last_cleaning(self) -> datetime | None:
        """When what is too old was last forgotten."""

    def forget(self, before: datetime) -> None:
        """Forget what was first seen, or found broken, before a moment; loop-check GUIDs are never forgotten."""


class Wishes(Protocol):
    """What is wanted of the whole fleet, seen by every worker at its next message."""

    def get(self) -> FleetRecord:
        """Read it; nothing is wanted where nothing was ever stored."""

    def put(self, record: FleetRecord, fleet: Fleet) -> FleetRecord:
        """Replace it by a newer edition.

        Raises:
            RecordChanged: Somebody else did so first.
        """


class History(Protocol):
    """What happened to each tenant; append-only."""

    def append(self, tenant_id: UUID, events: Sequence[Event]) -> None:
        """Add events; they stay in the order in which they are given."""

    def page(self, tenant_id: UUID, cursor: str | None, limit: int) -> tuple[list[Event], str | None]:
        """Read one page of a tenant's events, newest first, and the cursor of the next one.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """

    def activity(self, cursor: str | None, limit: int) -> tuple[list[tuple[UUID, Event]], str | None]:
        """Read one page of what happened in the whole fleet, newest first, and the cursor of the next one.

        Raises:
            InvalidRequest: The cursor or the limit is none.
        """

    def forget(self, before: datetime) -> None:
        """Forget the events that happened before a moment."""


class Proofs(Protocol):
    """What an off-boarding found, removed and read back; kept for ever."""

    def get(self, tenant_id: UUID) -> Proof | None:
        """Read the newest one of a tenant."""

    def put(self, tenant_id: UUID, proof: Proof) -> None:
        """Keep it in place of what there was of the same off-boarding."""


class Keys(Protocol):
    """The deployment's own random keys: made once, the same for every worker."""

    def get(self, name: str) -> Secret:
        """Read a key of 64 hexadecimal digits; it is made when it is first asked for."""


class Incidents(Protocol):
    """What is wrong and who has been told; kept until everybody knows that it is over."""

    def about(self, tenant_id: UUID) -> Sequence[KeptIncident]:
        """Read those of one tenant."""

    def all(self) -> Iterator[KeptIncident]:
        """Stream every one."""

    def find(self, tenant_id: UUID | None, incident_id: str) -> KeptIncident | None:
        """Find one; of the whole deployment where no tenant is named."""

    def add(self, incident: Incident) -> KeptIncident | None:
        """Keep a new one; ``None`` where it is there already, which stays as it is."""

    def put(self, kept: KeptIncident, incident: Incident) -> KeptIncident:
        """Replace one by a newer edition.

        Raises:
            RecordChanged: Somebody else did so first, or forgot it.
        """

    def forget(self, kept: KeptIncident) -> None:
        """Forget one."""

    def gone_sinks(self) -> Mapping[str, str]:
        """The sinks that want no notifications any more, each with the mark of the place that said so."""

    def sink_gone(self, sink: str, mark: str, now: datetime) -> None:
        """Remember that a place wants no notifications any more."""
