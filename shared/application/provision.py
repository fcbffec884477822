"""The first work on a tenant: a thorough look, and nothing is written while something stands in the way."""

from dataclasses import replace

from shared.application.looks import Sight, seen
from shared.application.ports import Policy, World
from shared.application.reconcile import carry_out
from shared.domain.desired import desired_state, redirect_of
from shared.domain.drift import Fault
from shared.domain.errors import Unavailable
from shared.domain.findings import Finding
from shared.domain.observation import Present, Unread, is_on, look_for
from shared.domain.plan import hazards
from shared.domain.preflight import preflight, worst
from shared.domain.report import Report
from shared.domain.resources import Item, Kind
from shared.domain.survey import Survey
from shared.domain.tenants import Stage, Tenant


def inspect(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Look thoroughly and change nothing.

    Raises:
        KeeperError: Nothing could be read, or it cannot be told whose tenant it is.
    """
    sight, report = _first_look(tenant, world, policy)
    return replace(report, pending=sight.steps if worst(report.findings) is None else ())


def provision(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Look thoroughly, then bring the tenant to what is wanted, unless something stands in the way.

    Raises:
        KeeperError: Nothing could be read, or it cannot be told whose tenant it is.
    """
    sight, report = _first_look(tenant, world, policy)
    if worst(report.findings) is not None:
        return report
    return replace(carry_out(sight, world, policy), findings=report.findings)


def _first_look(tenant: Tenant, world: World, policy: Policy) -> tuple[Sight, Report]:
    survey = world.exchange.survey(tenant)
    sight, findings = surveyed(tenant, survey, world, policy)
    report = replace(sight.report(), findings=findings)
    blocker = worst(findings)
    if blocker is not None:
        assert blocker.verdict is not None
        return sight, replace(report, verdict=blocker.verdict, reason=blocker.sentence)
    if isinstance(survey.domains, Unread):
        # Whose tenant it is must be known before anything counts.
        raise Unavailable(survey.domains.reason)
    return sight, report


def surveyed(tenant: Tenant, survey: Survey, world: World, policy: Policy) -> tuple[Sight, tuple[Finding, ...]]:
    """Compare what a thorough look gave, and judge whether a provision may begin."""
    tenant = _as_found(tenant, survey, world, policy)
    sight = seen(tenant, survey.observation, world.clock(), policy)
    return sight, preflight(tenant, survey, desired_state(tenant, policy.spec), sight.drifts)


def _as_found(tenant: Tenant, survey: Survey, world: World, policy: Policy) -> Tenant:
    """A tenant that somebody else has configured, and whose mail passes through MailMarshal Cloud, stays active.

    Only where nothing under its Redirect is broken: else Redirect goes off first, as over any broken path.
    """
    if tenant.stage is not Stage.AWAITING_CONSENT:
        return tenant
    active = replace(tenant, stage=Stage.ACTIVE)
    desired = desired_state(active, policy.spec)
    redirect = redirect_of(desired)
    there = look_for(redirect, survey.observation)
    if not isinstance(there, Present) or is_on(Kind.TRANSPORT_RULE, there.row) is not True:
        return tenant
    drifts = seen(active, survey.observation, world.clock(), policy).drifts
    doubtful = any(drift.fault in (Fault.STRANGER, Fault.UNKNOWN) for drift in drifts)
    diverted = any(drift.item is Item.REDIRECT for drift in drifts)
    return tenant if doubtful or diverted or hazards(drifts) else active
