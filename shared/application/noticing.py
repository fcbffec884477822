"""What a look means to people, kept beside the tenant. It tells nobody: the timer does, in its own time.

A tenant that was well and is well costs no transaction. Nothing that fails here fails the work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.application.ports import Policy, World
from shared.domain.concerns import LEAST, Outlook, outlook, subject_of
from shared.domain.errors import KeeperError, RecordChanged
from shared.domain.incident_turns import noticed
from shared.domain.incidents import LIVE, Concern, Incident, IncidentCause, KeptIncident, Phase
from shared.domain.messages import Message
from shared.domain.proof import masked
from shared.domain.report import Report
from shared.domain.tenants import Tenant

_MOST_STEPS = 5


def notice(message: Message, report: Report, tenants: tuple[Tenant, Tenant], world: World, policy: Policy) -> None:
    """Keep what a look or a piece of work means to people, where anybody is to be told.

    Args:
        message: What asked for it.
        report: What was seen and done.
        tenants: The record before and afterwards.
        world: The outside.
        policy: What the operator decides.
    """
    if policy.patience is None:
        return
    before, after = tenants
    try:
        if report.steps and policy.patience.is_told_changes:
            world.incidents.add(_change(message, report, after, world.clock()))
        if before.unwell_since is not None or after.unwell_since is not None:
            _match(outlook(report, after), after, world)
    except KeeperError as error:
        world.telemetry.unnoted(after, error)


def _match(found: Outlook, tenant: Tenant, world: World) -> None:
    subject, now = subject_of(tenant), world.clock()
    concerns = [(subject, _safe(concern, tenant)) for concern in found.concerns]
    kept = [each for each in world.incidents.about(tenant.tenant_id) if each.incident.phase in LIVE]

    def ends(incident: Incident) -> str:
        return found.ending if found.ends(incident) else ""

    keep(kept, noticed(concerns, [each.incident for each in kept], ends, now), world)


def keep(kept: Sequence[KeptIncident], changed: Iterable[Incident], world: World) -> list[KeptIncident]:
    """Store incidents that are new or not what they were; what somebody else changed meanwhile waits for the next turn.

    Returns:
        Those that are stored now, as far as nobody else changed them.
    """
    known = {each.incident.incident_id: each for each in kept}
    for incident in changed:
        stored = _stored(known.pop(incident.incident_id, None), incident, world)
        if stored is not None:
            known[incident.incident_id] = stored
    return list(known.values())


def _stored(kept: KeptIncident | None, incident: Incident, world: World) -> KeptIncident | None:
    if kept is None:
        return world.incidents.add(incident)
    try:
        return world.incidents.put(kept, incident)
    except RecordChanged:
        return None


def _safe(concern: Concern, tenant: Tenant) -> Concern:
    """What the customer's own objects are called may be anything, the loop-check GUID too."""
    return replace(concern, sentence=str(masked(concern.sentence, tenant.loop_check)))


def _change(message: Message, report: Report, tenant: Tenant, now: datetime) -> Incident:
    steps = [f"{step.verb} {step.name}" for step in report.steps[:_MOST_STEPS]]
    more = f" and {len(report.steps) - _MOST_STEPS} more" if len(report.steps) > _MOST_STEPS else ""
    sentence = f"because of {message.cause}: {', '.join(steps)}{more}"
    subject = subject_of(tenant)
    return Incident(
        subject, "", IncidentCause.CHANGED, LEAST[IncidentCause.CHANGED], sentence, now, now, phase=Phase.ONCE
    )
