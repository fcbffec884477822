"""Records as the API shows them: everything an operator needs, and no secret."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from functions.answers import (
    Accepted,
    Activity,
    Counts,
    EventAnswer,
    FleetAnswer,
    FleetPauseAnswer,
    FreezeAnswer,
    Happening,
    OldestCheck,
    ParkedAnswer,
)
from shared.application.handlers import Outcome
from shared.application.ports import World
from shared.domain.fleet import Fleet
from shared.domain.headcount import KINDS, Headcount
from shared.domain.history import Event
from shared.domain.messages import Parked

_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def accepted_view(outcome: Outcome) -> Accepted:
    """What was asked for, with the id of the message that follows."""
    following = next((delivery.message.correlation_id for delivery in outcome.deliveries), None)
    return Accepted(status=outcome.note, operation_id=following)


def parked_view(parked: Parked) -> ParkedAnswer:
    """A parked message, as it came."""
    return ParkedAnswer(
        id=parked.parked_id,
        queue=parked.queue,
        reason=parked.reason,
        body=parked.body,
        parked_at=parked.parked_at,
    )


def activity_view(events: Sequence[tuple[UUID, Event]], cursor: str | None) -> Activity:
    """A page of what happened in the whole fleet.

    Whose secret might stand in a text is not asked here for each of a hundred tenants: no GUID is shown at all.
    """
    shown = (
        Happening(**_without_guids(EventAnswer.model_validate(event)).model_dump(), tenant_id=tenant_id)
        for tenant_id, event in events
    )
    return Activity(events=tuple(shown), cursor=cursor)


def _without_guids(event: EventAnswer) -> EventAnswer:
    texts = {name: _GUID.sub("…", getattr(event, name)) for name in ("subject", "before", "after")}
    return event.model_copy(update=texts)


def fleet_view(world: World) -> FleetAnswer:
    """The whole fleet at a glance."""
    found = world.journal.headcount()
    count = found or Headcount(world.clock())
    fleet = world.wishes.get().fleet
    return FleetAnswer(
        tenants=count.tenants,
        counts=Counts.model_validate({**{kind: {} for kind in KINDS}, **count.kinds, "items": count.items}),
        counted_at=count.at if found else None,
        oldest_check=OldestCheck(tenant_id=count.oldest[0], checked_at=count.oldest[1]) if count.oldest else None,
        freeze=FreezeAnswer.model_validate(fleet.freeze) if fleet.freeze else None,
        pauses=_pauses(fleet, world.clock()),
        last_sweep=world.journal.last_sweep(),
    )


def _pauses(fleet: Fleet, now: datetime) -> tuple[FleetPauseAnswer, ...]:
    """The pauses that still count; what is over and not cleared away yet is none."""
    return tuple(
        FleetPauseAnswer(
            scope=scope,
            by=pause.suspension.by,
            reason=pause.suspension.reason,
            since=pause.suspension.since,
            until=pause.suspension.until,
            is_asked=pause.is_asked,
        )
        for scope, pause in sorted(fleet.pauses.items())
        if now < pause.suspension.until
    )
