"""What happened to a tenant, event by event: append-only, newest first, without any secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.domain.tenants import Tenant


class EventKind(StrEnum):
    """What an event is about."""

    SIGNUP = "signup"
    CONSENT = "consent"
    STAGE = "stage"
    VERDICT = "verdict"
    ITEM = "item"
    """An item's state: ``on``, ``off``, or what is wrong with it."""
    FINDING = "finding"
    STEP = "step"
    """One write to the tenant's Exchange."""
    OPERATOR = "operator"
    """What a person decided or asked for."""
    TIME = "time"
    """What ended, or soon ends, by itself."""
    PLAN = "plan"
    """An approved plan that was refused because the tenant had moved."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        at: When.
        kind: What it is about.
        subject: Of what: an item, a command, a step; empty where the kind says it all.
        before: What was.
        after: What is.
        actor: Who did it: ``keeper``, ``webhook``, or an operator.
        correlation_id: The thread through everything that one cause led to.
    """

    at: datetime
    kind: EventKind
    subject: str
    before: str
    after: str
    actor: str
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class Thread:
    """What led to a change: every event of it carries the same.

    Attributes:
        at: When.
        actor: Who did it.
        correlation_id: The thread through everything that one cause led to.
    """

    at: datetime
    actor: str
    correlation_id: UUID

    def event(self, kind: EventKind, subject: str = "", before: str = "", after: str = "") -> Event:
        """One event of this thread."""
        return Event(self.at, kind, subject, before, after, self.actor, self.correlation_id)


def changes(before: Tenant, after: Tenant, thread: Thread) -> tuple[Event, ...]:
    """Say what differs between two editions of a tenant's record, as events."""
    found: list[Event] = []
    if before.stage is not after.stage:
        found.append(thread.event(EventKind.STAGE, "", before.stage, after.stage))
    if before.region is not after.region:
        found.append(thread.event(EventKind.STAGE, "region", before.region, after.region))
    if before.verdict is not after.verdict:
        found.append(thread.event(EventKind.VERDICT, after.reason, before.verdict, after.verdict))
    found += _by_name(EventKind.ITEM, before.items, after.items, thread)
    found += _by_name(EventKind.FINDING, before.findings, after.findings, thread)
    return tuple(found)


def _by_name(kind: EventKind, before: Mapping[str, str], after: Mapping[str, str], thread: Thread) -> Iterator[Event]:
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield thread.event(kind, name, was, now)
