"""Records as the API shows them: everything an operator needs, and no secret."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from functions.answers import Accepted, Counts, FleetAnswer, FleetPauseAnswer, FreezeAnswer, ParkedAnswer
from shared.application.handlers import Outcome
from shared.application.ports import World
from shared.domain.fleet import Fleet
from shared.domain.messages import Parked


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


def fleet_view(world: World) -> FleetAnswer:
    """The whole fleet at a glance."""
    counted = world.tenants.counts()
    fleet = world.wishes.get().fleet
    return FleetAnswer(
        tenants=sum(counted.values()),
        counts=_counts(counted),
        freeze=FreezeAnswer.model_validate(fleet.freeze) if fleet.freeze else None,
        pauses=_pauses(fleet, world.clock()),
        last_sweep=world.journal.last_sweep(),
    )


def _counts(counted: Mapping[tuple[str, str, str], int]) -> Counts:
    region: Counter[str] = Counter()
    stage: Counter[str] = Counter()
    verdict: Counter[str] = Counter()
    for (of_region, of_stage, of_verdict), count in counted.items():
        region[of_region] += count
        stage[of_stage] += count
        verdict[of_verdict] += count
    return Counts(verdict=verdict, region=region, stage=stage)


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
