"""The one loop: observe, compare, plan, apply. Verify is its first half; provision and remediate are both the whole."""

from dataclasses import replace
from uuid import UUID

from shared.application.looks import Sight, look, report_on
from shared.application.ports import Policy, World
from shared.domain.budget import spent
from shared.domain.drift import Drift, Fault
from shared.domain.errors import Ambiguous, Blocked, KeeperError
from shared.domain.report import Report, verdict_of
from shared.domain.resources import Effect, Item
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Tenant


def verify(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Observe and compare; change nothing.

    Raises:
        KeeperError: Nothing could be read.
    """
    sight = look(tenant, world, policy)
    return replace(sight.report(), pending=sight.steps)


def reconcile(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Observe, compare, plan and apply.

    Raises:
        KeeperError: Nothing could be read. What fails later is in the report, beside what was done before it.
    """
    return carry_out(look(tenant, world, policy), world, policy)


def carry_out(sight: Sight, world: World, policy: Policy) -> Report:
    """Apply what a look asks for.

    Redirect is switched on only after a second, complete read has shown that everything under it is in place.
    """
    before, last = _split(sight.steps)
    done, tenant, failure = apply(before, sight.tenant, world)
    if last is not None and failure is None:
        more, tenant, failure = _last(last, tenant, world, policy)
        done += more
    tenant = replace(tenant, repairs=spent(tenant.repairs, sight.drifts, done, world.clock()))
    report = report_on(tenant, _as_written(sight.drifts, done), sight.findings)
    if failure is not None:
        report = replace(report, verdict=verdict_of(failure), reason=str(failure), failure=failure)
    return replace(report, drifts=sight.drifts, steps=done)


def _as_written(drifts: tuple[Drift, ...], done: tuple[Step, ...]) -> tuple[Drift, ...]:
    """What has just been written is neither well nor wrong before it has been read again."""
    names = {step.name for step in done}
    return tuple(
        replace(drift, fault=Fault.SETTLING, effect=Effect.COSMETIC) if drift.resource.name in names else drift
        for drift in drifts
    )


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
    return apply((step,), tenant, world) if is_safe else ((), tenant, None)


def _is_safe(tenant: Tenant, world: World, policy: Policy) -> bool:
    """Read again, and believe the read however young our writes are: only Redirect's switch may still differ."""
    sight = look(replace(tenant, written={}), world, policy)
    return all(
        (drift.item is Item.REDIRECT and drift.fault is Fault.DISABLED) or drift.fault is Fault.ACCEPTED
        for drift in sight.drifts
    )


def apply(steps: tuple[Step, ...], tenant: Tenant, world: World) -> tuple[tuple[Step, ...], Tenant, KeeperError | None]:
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
        tenant = _quietened(_noted(tenant, step, applied.identity, world), step, world)
        done.append(step)
    return tuple(done), tenant, None


def _quietened(tenant: Tenant, step: Step, world: World) -> Tenant:
    """Note that Redirect has gone off or on by our own hand."""
    if step.name != Item.REDIRECT or step.verb not in (Verb.ENABLE, Verb.DISABLE):
        return tenant
    return replace(tenant, quiet_since=world.clock() if step.verb is Verb.DISABLE else None)


def _noted(tenant: Tenant, step: Step, identity: UUID | None, world: World) -> Tenant:
    owned = dict(tenant.owned)
    if step.verb is Verb.CREATE:
        owned.pop(step.name, None)  # the Guid of what was there before names nothing any more
    if identity is not None:
        owned[step.name] = identity
    return replace(tenant, owned=owned, written={**tenant.written, step.name: world.clock()})
