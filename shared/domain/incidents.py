"""An incident: one thing that is wrong, from when it is first seen until people have been told that it is over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from shared.domain.incident_words import LIVE, Delivered, IncidentCause, News, Phase, Severity

__all__ = [
    "LIVE",
    "Concern",
    "Delivered",
    "Incident",
    "IncidentCause",
    "KeptIncident",
    "Mark",
    "News",
    "Patience",
    "Phase",
    "Severity",
    "Subject",
]


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one piece of news at one sink.

    Attributes:
        state: How far it came.
        at: Since when.
        is_tried: It went out at least once, and nobody can tell whether it was heard.
    """

    state: Delivered
    at: datetime
    is_tried: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What an incident is about.

    Attributes:
        tenant_id: The tenant; ``None`` for the deployment as a whole, or for many tenants.
        who: Its name for people, as its signup gave it: not ours, and cut.
        region: Its region; empty where there is none.
    """

    tenant_id: UUID | None = None
    who: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is wrong now.

    Attributes:
        item: The item that people miss; empty where it is none of one item.
        cause: What is wrong.
        severity: How bad it is.
        sentence: One sentence for people, secrets masked.
    """

    item: str
    cause: IncidentCause
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that is or was wrong, and who has been told.

    Attributes:
        subject: What it is about.
        item: The item that people miss; empty where it is none of one item.
        cause: What is wrong.
        severity: How bad it is.
        sentence: One sentence for people, secrets masked.
        since: When it was first seen; with what it is about and its cause, this is what it is known by.
        seen_at: When it was last seen.
        phase: How far it has come.
        is_group: It stands for the incidents of many tenants.
        tenants: How many they are; 1 for an incident of its own.
        opened_at: When it became worth telling.
        ended_at: When it was over.
        ending: Why, for people.
        told: What became of each piece of news at each sink, by ``sink/news``.
    """

    subject: Subject
    item: str
    cause: IncidentCause
    severity: Severity
    sentence: str
    since: datetime
    seen_at: datetime
    phase: Phase = Phase.SEEN
    is_group: bool = False
    tenants: int = 1
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    ending: str = ""
    told: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def key(self) -> tuple[UUID | None, str, IncidentCause]:
        """What can be wrong once at a time."""
        return self.subject.tenant_id, self.item, self.cause

    @property
    def incident_id(self) -> str:
        """Its own id, 32 hexadecimal digits; what is wrong again later has another."""
        tenant = str(self.subject.tenant_id or "")
        parts = [tenant, self.item, self.cause.value, self.is_group, self.since.timestamp()]
        return sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def mark(self, sink: str, news: News) -> Mark | None:
        """What became of a piece of news at a sink; ``None`` where nothing was done."""
        return self.told.get(f"{sink}/{news}")

    def may_know(self, sink: str, news: News) -> bool:
        """Whether a sink was told a piece of news, or may have been: an answer can be lost on its way to us."""
        mark = self.mark(sink, news)
        return mark is not None and (mark.state is Delivered.SENT or mark.is_tried)

    def marked(self, sink: str, news: News, mark: Mark) -> "Incident":
        """The same with what became of a piece of news at a sink; what was sent stays sent."""
        before = self.mark(sink, news)
        is_late = before is not None and before.state is Delivered.DROPPED and mark.state is Delivered.ASKED
        if (is_late and not mark.is_tried) or (before is not None and before.state is Delivered.SENT):
            return self
        return replace(self, told={**self.told, f"{sink}/{news}": mark})


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """An incident as it is stored.

    Attributes:
        incident: The incident.
        etag: The edition that was read; a write on top of another edition is refused.
    """

    incident: Incident
    etag: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long people are not told yet, and when they are told of many tenants at once.

    Attributes:
        grace: How long mail may be wrong: most of it is repaired meanwhile.
        unread: How long a tenant may stay unread.
        leaving: How long an off-boarding may take.
        many: So many tenants with the same cause are told one by one; more are one incident.
        is_told_changes: Whether anybody wants to know what we write.
    """

    grace: timedelta
    unread: timedelta
    leaving: timedelta
    many: int = 10
    is_told_changes: bool = False

    def of(self, cause: IncidentCause) -> timedelta:
        """How long something of a cause is not told yet."""
        waits = {
            IncidentCause.OUTAGE: self.grace,
            IncidentCause.BYPASS: self.grace,
            IncidentCause.UNKNOWN: self.unread,
            IncidentCause.OFF_BOARDING_STUCK: self.leaving,
        }
        return waits.get(cause, timedelta(0))
