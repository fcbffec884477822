"""The one loop: observe, compare, plan, apply. Verify is its first half; provision and remediate are both the whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.ports import Policy, World
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.errors import Ambiguous, Blocked, KeeperError
from shared.domain.observation import Observation, Present, is_dehydrated, look_for
from shared.domain.plan import plan
from shared.domain.report import Report, held_back, item_states, judged, settled, verdict_of
from shared.domain.resources import Effect, Item, Kind, Resource
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage, Tenant


def verify(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Observe and compare; change nothing.

    Raises:
        KeeperError: Nothing could be read.
    """
    sight = _look(tenant, world, policy)
    return replace(_report(sight.tenant, sight.drifts), pending=sight.steps)


def reconcile(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Observe, compare, plan and apply.

    Redirect is switched on only after a second, complete read has shown that everything under it is in place.

    Raises:
        KeeperError: Nothing could be read. What fails later is in the report, beside what was done before it.
    """
    sight = _look(tenant, world, policy)
    before, last = _split(sight.steps)
    done, tenant, failure = _apply(before, sight.tenant, world)
    if last is not None and failure is None:
        more, tenant, failure = _last(last, tenant, world, policy)
        done += more
    report = _report(tenant, _as_written(sight.drifts, done))
    if failure is not None:
        report = replace(report, verdict=verdict_of(failure), reason=str(failure), failure=failure)
    return replace(report, drifts=sight.drifts, steps=done)


_ASKED_AGAIN = timedelta(days=1)
"""How long a refusal by Microsoft stands when nobody asks: what an administrator has arranged shows by then."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """One look at a tenant: the differences as they count now, and what they ask for."""

    tenant: Tenant
    drifts: tuple[Drift, ...]
    steps: tuple[Step, ...]


def _look(tenant: Tenant, world: World, policy: Policy) -> _Sight:
    desired = desired_state(tenant, policy.spec)
    observation = world.exchange.observe(tenant)
    drifts = diff(desired, observation, tenant.owned, active=tenant.stage is Stage.ACTIVE)
    tenant = _allowed_again(_hydrated(tenant, observation), drifts, world.clock())
    drifts = settled(held_back(drifts, tenant.refused), tenant.written, world.clock(), policy.settling)
    tenant = _adopted(tenant, desired, observation, drifts)
    return _Sight(tenant, drifts, plan(desired, observation, drifts, tenant.fail_policy))


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


def _as_written(drifts: tuple[Drift, ...], done: tuple[Step, ...]) -> tuple[Drift, ...]:
    """What has just been written is neither well nor wrong before it has been read again."""
    names = {step.name for step in done}
    return tuple(
        replace(drift, fault=Fault.SETTLING, effect=Effect.COSMETIC) if drift.resource.name in names else drift
        for drift in drifts
    )


def _report(tenant: Tenant, drifts: tuple[Drift, ...]) -> Report:
    verdict, reason = judged(drifts)
    return Report(verdict, reason, item_states(drifts, tenant.stage), drifts, tenant)


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


def _split(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], Step | None]:
    if steps and (steps[-1].verb, steps[-1].name) == (Verb.ENABLE, Item.REDIRECT):
        return steps[:-1], steps[-1]
    return steps, None


def _last(
    step: Step, tenant: Tenant, world: World, policy: Policy
) -> tuple[tuple[Step, ...], Tenant, KeeperError | None]:
    """Switch Redirect on if a second read allows it; a read that fails is no reason to forget what was done before."""
    try:
        is_safe = _is_safe(tenant, world, policy)
    except KeeperError as error:
        return (), tenant, error
    return _apply((step,), tenant, world) if is_safe else ((), tenant, None)


def _is_safe(tenant: Tenant, world: World, policy: Policy) -> bool:
    """Read again, and believe the read however young our writes are: only Redirect's switch may still differ."""
    sight = _look(replace(tenant, written={}), world, policy)
    return all(drift.item is Item.REDIRECT and drift.fault is Fault.DISABLED for drift in sight.drifts)


def _apply(
    steps: tuple[Step, ...], tenant: Tenant, world: World
) -> tuple[tuple[Step, ...], Tenant, KeeperError | None]:
    """Carry out steps until one fails, noting when each object was written and which Guid it got."""
    done: list[Step] = []
    for step in steps:
        known = tenant.owned.get(step.name)
        named = replace(step, identity=step.identity or (str(known) if known else step.name))
        try:
            applied = world.exchange.apply(tenant, named)
        except Ambiguous as error:
            return tuple(done), _noted(tenant, step, None, world), error
        except Blocked as error:
            refused = {**tenant.refused, step.name: str(error)}
            return tuple(done), replace(_noted(tenant, step, None, world), refused=refused), error
        except KeeperError as error:
            return tuple(done), tenant, error
        tenant = _noted(tenant, step, applied.identity, world)
        done.append(step)
    return tuple(done), tenant, None


def _noted(tenant: Tenant, step: Step, identity: UUID | None, world: World) -> Tenant:
    owned = dict(tenant.owned)
    if step.verb is Verb.CREATE:
        owned.pop(step.name, None)  # the Guid of what was there before names nothing any more
    if identity is not None:
        owned[step.name] = identity
    return replace(tenant, owned=owned, written={**tenant.written, step.name: world.clock()})
