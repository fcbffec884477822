"""What the API answers: the fleet, what happened, parked messages, problems."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from shared.domain.history import EventKind
from shared.domain.operators import Role

OF_RECORD = ConfigDict(from_attributes=True)
"""Read off a record whose fields have the same names."""


class Problem(BaseModel):
    """Why a request is refused (RFC 9457); the code is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Accepted(BaseModel):
    """What was asked for; the id leads through everything that follows, where anything does."""

    status: str
    operation_id: UUID | None = None


class SuspensionAnswer(BaseModel):
    """A person's decision that ends by itself."""

    model_config = OF_RECORD
    by: str
    reason: str
    since: datetime
    until: datetime


class EventAnswer(BaseModel):
    """One thing that happened."""

    model_config = OF_RECORD
    at: datetime
    kind: EventKind
    subject: str
    before: str
    after: str
    actor: str
    correlation_id: UUID


class Timeline(BaseModel):
    """A page of what happened, newest first."""

    events: tuple[EventAnswer, ...]
    cursor: str | None


class Happening(EventAnswer):
    """One thing that happened to one tenant; the id without any digit but nought is the fleet's."""

    tenant_id: UUID


class Activity(BaseModel):
    """A page of what happened in the whole fleet, newest first."""

    events: tuple[Happening, ...]
    cursor: str | None


class Caller(BaseModel):
    """Who calls, and what the caller may do."""

    name: str
    roles: tuple[Role, ...]


class ParkedAnswer(BaseModel):
    """A message that nobody could work on, as it came."""

    id: str
    queue: str
    reason: str
    body: str
    parked_at: datetime


class ParkedPage(BaseModel):
    """A page of parked messages, newest first."""

    parked: tuple[ParkedAnswer, ...]
    cursor: str | None


class FreezeAnswer(BaseModel):
    """Why repairs stand still everywhere."""

    model_config = OF_RECORD
    by: str
    reason: str
    since: datetime


class FleetPauseAnswer(BaseModel):
    """A pause of every active tenant of a scope; asked once each of them has been told."""

    scope: str
    by: str
    reason: str
    since: datetime
    until: datetime
    is_asked: bool


class Counts(BaseModel):
    """How many tenants there are, each way."""

    verdict: Mapping[str, NonNegativeInt]
    region: Mapping[str, NonNegativeInt]
    stage: Mapping[str, NonNegativeInt]
    spec: Mapping[str, NonNegativeInt]
    items: Mapping[str, Mapping[str, NonNegativeInt]]


class OldestCheck(BaseModel):
    """Of the tenants that are watched, the one whose last look is the oldest."""

    tenant_id: UUID
    checked_at: datetime


class FleetAnswer(BaseModel):
    """The whole fleet at a glance: the numbers are those of the timer's last turn."""

    tenants: NonNegativeInt
    counts: Counts
    counted_at: datetime | None
    oldest_check: OldestCheck | None
    freeze: FreezeAnswer | None
    pauses: tuple[FleetPauseAnswer, ...]
    last_sweep: datetime | None
