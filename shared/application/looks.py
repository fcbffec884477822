"""One look at a tenant: the differences as they count now, and what they ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from shared.application.ports import Policy, World
from shared.domain.budget import with_contested
from shared.domain.desired import desired_state, redirect_of
from shared.domain.deviations import with_accepted
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.findings import Finding
from shared.domain.fingerprint import fingerprint
from shared.domain.interference import interference
from shared.domain.observation import Observation, Present, Unread, is_dehydrated, is_on, look_for
from shared.domain.plan import plan
from shared.domain.report import Report, held_back, item_states, judged, settled
from shared.domain.resources import Kind, Resource
from shared.domain.steps import Step
from shared.domain.suspicion import believed, foreigners
from shared.domain.tenants import Stage, Tenant

_ASKED_AGAIN = timedelta(days=1)
"""How long a refusal by Microsoft stands when nobody asks: what an administrator has arranged shows by then."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a tenant.

    Attributes:
        tenant: The record with what was learned.
        drifts: The differences as they count now.
        steps: What they ask for.
        findings: What else was noticed.
        hashed: Hashes what the steps were made from; a look that nobody plans by does without. It holds secrets.
        observation: What was read; it holds secrets and is not shown.
    """

    tenant: Tenant
    drifts: tuple[Drift, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    hashed: Callable[[], str] = field(repr=False)
    observation: Observation = field(default_factory=dict, repr=False)

    @property
    def plan_hash(self) -> str:
        """What the steps were made from, as one short text."""
        return self.hashed()

    def report(self) -> Report:
        """Say what the look came to, with nothing done."""
        return report_on(self.tenant, self.drifts, self.findings)


def look(tenant: Tenant, world: World, policy: Policy) -> Sight:
    """Observe and compare.

    Raises:
        KeeperError: Nothing could be read.
    """
    return seen(tenant, world.exchange.observe(tenant), world.clock(), policy)


def seen(tenant: Tenant, observation: Observation, now: datetime, policy: Policy) -> Sight:
    """Compare what was observed with what is wanted."""
    desired = desired_state(tenant, policy.spec)
    observation = believed(observation, tenant.owned, tenant.foreign)
    drifts = diff(desired, observation, tenant.owned, active=tenant.stage is Stage.ACTIVE)
    tenant = _allowed_again(_hydrated(tenant, observation), drifts, now)
    drifts = with_accepted(drifts, tenant.deviations)
    drifts = settled(held_back(drifts, tenant.refused), tenant.written, now, policy.settling)
    drifts = with_contested(drifts, tenant.repairs, now)
    tenant = _quiet(_adopted(tenant, desired, observation, drifts), desired, observation, now)
    count = foreigners(observation)
    tenant = replace(tenant, foreign=tenant.foreign if count is None else count)
    steps = plan(desired, observation, drifts, tenant.fail_policy)
    hashed = partial(fingerprint, desired, observation, tenant.owned, steps)
    return Sight(tenant, drifts, steps, interference(observation), hashed, observation)


def report_on(tenant: Tenant, drifts: tuple[Drift, ...], findings: tuple[Finding, ...]) -> Report:
    """Judge differences."""
    verdict, reason = judged(drifts)
    return Report(verdict, reason, item_states(drifts, tenant.stage), drifts, tenant, findings=findings)


def _quiet(tenant: Tenant, desired: Sequence[Resource], observation: Observation, now: datetime) -> Tenant:
    """Note since when our Redirect has been off or gone; a look that does not show the rules changes nothing."""
    redirect = redirect_of(desired)
    sight = look_for(redirect, observation)
    if isinstance(sight, Unread):
        return tenant
    on = (
        isinstance(sight, Present)
        and _guid(sight.identity) == tenant.owned.get(redirect.name)
        and is_on(Kind.TRANSPORT_RULE, sight.row) is not False
    )
    since = None if on else tenant.quiet_since or now
    return tenant if since == tenant.quiet_since else replace(tenant, quiet_since=since)


def _hydrated(tenant: Tenant, observation: Observation) -> Tenant:
    """Note that the organisation has no objects of its own yet; once it has, every refusal is tried again at once.

    Source: exchange contract §2.6.
    """
    dehydrated = is_dehydrated(observation)
    if dehydrated:
        return replace(tenant, refused={**tenant.refused, Kind.ORGANIZATION_CONFIG: "it has no objects of its own yet"})
    if dehydrated is False and Kind.ORGANIZATION_CONFIG in tenant.refused:
        return replace(tenant, refused={})
    return tenant


def _allowed_again(tenant: Tenant, drifts: Sequence[Drift], now: datetime) -> Tenant:
    """Forget the refusals of objects that are as they should be meanwhile, and those of yesterday."""
    differing = {drift.resource.name for drift in drifts} | {Kind.ORGANIZATION_CONFIG}
    recent = {name for name, moment in tenant.written.items() if now - moment < _ASKED_AGAIN}
    recent.add(Kind.ORGANIZATION_CONFIG)
    refused = {name: reason for name, reason in tenant.refused.items() if name in differing & recent}
    return tenant if refused == tenant.refused else replace(tenant, refused=refused)


def _adopted(tenant: Tenant, desired: Sequence[Resource], observation: Observation, drifts: Sequence[Drift]) -> Tenant:
    """Follow by its Guid every object that is ours: made by us, or found under our name and equal in identity."""
    doubtful = {d.resource.name for d in drifts if d.fault in (Fault.STRANGER, Fault.UNKNOWN)}
    owned = dict(tenant.owned)
    for resource in desired:
        sight = look_for(resource, observation)
        if isinstance(sight, Present) and resource.name not in doubtful and (guid := _guid(sight.identity)):
            owned[resource.name] = guid
    return tenant if owned == tenant.owned else replace(tenant, owned=owned)


def _guid(identity: str) -> UUID | None:
    try:
        return UUID(identity)
    except ValueError:
        return None
