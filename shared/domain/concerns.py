"""What a look at a tenant means to people: what is wrong now, and what it says nothing about.

A failed read is unknown: it opens nothing but ``unknown``, and ends nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.domain.drift import Drift, Fault
from shared.domain.errors import PermanentError
from shared.domain.incidents import Concern, Incident, IncidentCause, Severity, Subject
from shared.domain.report import Report
from shared.domain.resources import Effect, Item
from shared.domain.tenants import Stage, Tenant, Verdict

OF_EFFECT: Mapping[Effect, Severity] = {
    Effect.OUTAGE: Severity.CRITICAL,
    Effect.BYPASS: Severity.ERROR,
    Effect.DEGRADED: Severity.WARNING,
    Effect.COSMETIC: Severity.INFO,
}
LEAST: Mapping[IncidentCause, Severity] = {
    IncidentCause.OUTAGE: Severity.CRITICAL,
    IncidentCause.BYPASS: Severity.ERROR,
    IncidentCause.CONTESTED: Severity.WARNING,
    IncidentCause.NEEDS_HUMAN: Severity.WARNING,
    IncidentCause.NEEDS_CONSENT: Severity.WARNING,
    IncidentCause.NEEDS_ROLE: Severity.WARNING,
    IncidentCause.TENANT_GONE: Severity.WARNING,
    IncidentCause.UNKNOWN: Severity.WARNING,
    IncidentCause.OFF_BOARDING_STUCK: Severity.WARNING,
    IncidentCause.PARKED: Severity.WARNING,
    IncidentCause.BRAKE_ENGAGED: Severity.ERROR,
    IncidentCause.SINK_GONE: Severity.WARNING,
    IncidentCause.CHANGED: Severity.INFO,
}
"""How bad a cause is at least, as the alert of the same runbook has it; what it does to mail may make it worse."""
_CAUSE: Mapping[Effect, IncidentCause] = {Effect.OUTAGE: IncidentCause.OUTAGE, Effect.BYPASS: IncidentCause.BYPASS}
OF_FAULT: Mapping[Fault, IncidentCause] = {
    Fault.CONTESTED: IncidentCause.CONTESTED,
    Fault.STRANGER: IncidentCause.NEEDS_HUMAN,
}
_OF_VERDICT: Mapping[Verdict, IncidentCause] = {
    Verdict.NEEDS_CONSENT: IncidentCause.NEEDS_CONSENT,
    Verdict.NEEDS_ROLE: IncidentCause.NEEDS_ROLE,
    Verdict.TENANT_GONE: IncidentCause.TENANT_GONE,
    Verdict.NEEDS_HUMAN: IncidentCause.NEEDS_HUMAN,
}
_NO_NEWS = frozenset({Fault.ACCEPTED, Fault.SETTLING, Fault.UNKNOWN})
"""What a person accepted, what was just written, and what could not be read."""
_UNJUDGED = frozenset({Fault.SETTLING, Fault.UNKNOWN})
"""Neither well nor wrong: what was said of the item before stands."""
_NOT_YET_OURS = frozenset({Stage.AWAITING_CONSENT, Stage.OFFBOARDED})

ITEMS = frozenset(item.value for item in Item)
OF_LOOKS = frozenset({*_OF_VERDICT.values(), IncidentCause.UNKNOWN, IncidentCause.OFF_BOARDING_STUCK})
"""What can be wrong with a tenant as a whole, and what looks find out."""

_WELL = "a look has found it as it should be"
_DECIDED = "a person has decided: the tenant is paused, held, or has left"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a look means to people.

    Attributes:
        concerns: What is wrong now.
        items: The items about which it says anything.
        causes: What of the tenant as a whole it says anything about.
        ending: Why what it does not find any more is over.
    """

    concerns: tuple[Concern, ...] = ()
    items: frozenset[str] = ITEMS
    causes: frozenset[IncidentCause] = OF_LOOKS
    ending: str = _WELL

    def ends(self, incident: Incident) -> bool:
        """Whether an incident that is not among the concerns is over."""
        return incident.item in self.items if incident.item else incident.cause in self.causes


def subject_of(tenant: Tenant) -> Subject:
    """Name a tenant for people."""
    name = f"{tenant.company_name} ({tenant.initial_domain})" if tenant.company_name else tenant.initial_domain
    return Subject(tenant.tenant_id, name, tenant.region.value)


def outlook(report: Report, tenant: Tenant) -> Outlook:
    """Say what a look means to people.

    Args:
        report: What was seen and done.
        tenant: The record afterwards; its pause or hold is a person's decision, and nobody is told.
    """
    if tenant.stage is Stage.OFFBOARDING:
        return Outlook(_leaving(report), ending=_DECIDED)
    # A pause of the fleet, and the middle of a move, are in no record: they are in what was looked for.
    is_paused = Stage.PAUSED in (tenant.stage, report.tenant.stage)
    if is_paused or tenant.hold is not None or tenant.stage in _NOT_YET_OURS:
        return Outlook(ending=_DECIDED)
    if report.failure is not None and not report.drifts:
        return _unseen(report)
    of_tenant = tuple(_of_tenant(report))
    unjudged = {drift.item.value for drift in report.drifts if drift.fault in _UNJUDGED}
    return Outlook((*of_tenant, *_of_items(report)), ITEMS - unjudged)


def _leaving(report: Report) -> tuple[Concern, ...]:
    if report.verdict is Verdict.HEALTHY:
        return ()
    return (concern_of(IncidentCause.OFF_BOARDING_STUCK, report.reason),)


def _unseen(report: Report) -> Outlook:
    """Nothing was read: a lasting refusal says what the tenant as a whole needs, anything else that it is unread."""
    if isinstance(report.failure, PermanentError):
        return Outlook(tuple(_of_tenant(report)), frozenset(), OF_LOOKS)
    unread = concern_of(IncidentCause.UNKNOWN, report.reason)
    return Outlook((unread,), frozenset(), frozenset({IncidentCause.UNKNOWN}))


def _of_tenant(report: Report) -> Iterator[Concern]:
    if isinstance(report.failure, PermanentError):
        cause = _OF_VERDICT.get(report.verdict, IncidentCause.NEEDS_HUMAN)
        yield concern_of(cause, report.reason)
    unread = [drift for drift in report.drifts if drift.fault is Fault.UNKNOWN]
    if unread:
        yield concern_of(IncidentCause.UNKNOWN, str(unread[0]))


def _of_items(report: Report) -> Iterator[Concern]:
    """Name the worst difference of each item and cause."""
    found: dict[tuple[str, IncidentCause], Concern] = {}
    for drift in sorted(report.drifts, key=lambda each: tuple(Effect).index(each.effect)):
        cause = _CAUSE.get(drift.effect) or OF_FAULT.get(drift.fault)
        if cause is not None and drift.fault not in _NO_NEWS:
            found.setdefault((drift.item.value, cause), _concern(drift, cause))
    yield from found.values()


def _concern(drift: Drift, cause: IncidentCause) -> Concern:
    # Where a person is waited for, it is not harmless, whatever mail does.
    severity = min(LEAST[cause], OF_EFFECT[drift.effect], key=tuple(Severity).index)
    return Concern(drift.item.value, cause, severity, str(drift))


def concern_of(cause: IncidentCause, sentence: str) -> Concern:
    """What is wrong with no item of its own."""
    return Concern("", cause, LEAST[cause], sentence)
