"""Off-boarding: everything of ours goes, in order, and a fresh read proves that nothing is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.application.attempt import attempted
from shared.application.handlers import Outcome, stale
from shared.application.looks import seen
from shared.application.ports import Policy, World
from shared.application.reconcile import apply
from shared.application.remember import changed
from shared.application.witness import KEEPER
from shared.domain.drift import Drift, Fault
from shared.domain.errors import Conflict, KeeperError, PermanentError, Unavailable
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Delivery, Message, Queue
from shared.domain.moments import is_drained
from shared.domain.observation import Observation, properties
from shared.domain.proof import Proof, has_sealer, masked, ours
from shared.domain.removal import removal_plan, residue, switching_off
from shared.domain.report import Report, verdict_of
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage, Tenant, Verdict
from shared.domain.values import Unreadable

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the timer thinks of a tenant that has left."""

_GONE = "nothing of ours is left in the tenant"
_MOST_ROUNDS = 20
"""How often one off-boarding comes back by itself before it is left to the timer."""


def handle_offboard(message: Message, world: World, policy: Policy) -> Outcome:
    """Work on an ``offboard`` message: the next part of what is to be done, again and again until nothing is left.

    Raises:
        TransientError: Try again later; what was done before is recorded.
        UnknownTenant: There is no such tenant.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    record = world.tenants.get(message.tenant_id)
    tenant = record.tenant
    if tenant.stage is not Stage.OFFBOARDING:
        return Outcome("nothing to remove: the tenant is " + tenant.stage)
    if old := stale(message, tenant):
        return old
    report, _ = attempted(message, record, _untouched if _never_written(tenant) else remove, world, policy)
    if isinstance(report.failure, PermanentError):
        return Outcome(report.failure.code, report)
    proof = world.proofs.get(tenant.tenant_id)
    if proof is not None and proof.generation == tenant.generation and proof.finished_at is not None:
        _close(message, world)
        return Outcome("off-boarded", report)
    if message.attempt > _MOST_ROUNDS:
        return Outcome("left to the next recheck", report)
    return Outcome("off-boarding", report, (_next_part(message, report.tenant, world, policy),))


def _next_part(message: Message, tenant: Tenant, world: World, policy: Policy) -> Delivery:
    """Come back when mail that was on its way has passed, or when reads have settled."""
    now = world.clock()
    rest = timedelta(0)
    if tenant.quiet_since is not None and not is_drained(tenant, now, policy.draining):
        rest = tenant.quiet_since + policy.draining - now
    return Delivery(Queue.OFFBOARD, replace(message, attempt=message.attempt + 1), max(rest, policy.settling))


def _never_written(tenant: Tenant) -> bool:
    """Nothing of ours was ever put into the tenant or found there: there is nothing to ask Exchange for."""
    return not tenant.owned and not tenant.written


def _untouched(tenant: Tenant, world: World, policy: Policy) -> Report:  # noqa: ARG001 - as every look
    now = world.clock()
    world.proofs.put(tenant.tenant_id, Proof(tenant.generation, begun_at=now, finished_at=now))
    return Report(Verdict.HEALTHY, "nothing of ours was ever in the tenant", {}, (), tenant)


def remove(tenant: Tenant, world: World, policy: Policy) -> Report:
    """Do the next part: switch the rules off; or remove; or, where nothing is left, prove it.

    Raises:
        KeeperError: Nothing could be read.
    """
    observation = world.exchange.observe(tenant)
    now = world.clock()
    sight = seen(tenant, observation, now, policy)
    tenant = replace(sight.tenant, stage=tenant.stage)
    proof = _begun(tenant, observation, sight.drifts, world)
    try:
        left = residue(observation, tenant.owned)
        steps = _steps(observation, tenant, world, policy)
    except KeeperError as error:
        return Report(verdict_of(error), str(error), {}, (), tenant, failure=error)
    except Unreadable:
        return Report(Verdict.UNKNOWN, "the list of ARC sealers could not be read", {}, (), tenant)
    if left is None:
        unread = Unavailable("not everything could be read, so that nobody can say what is left; try again later")
        return Report(Verdict.UNKNOWN, str(unread), {}, (), tenant, failure=unread)
    if not left and _is_settled(tenant, world, policy):
        world.proofs.put(tenant.tenant_id, replace(proof, read_back=left, finished_at=now))
        return Report(Verdict.HEALTHY, _GONE, {}, (), tenant)
    return _taken(steps, tenant, world, proof)


def _steps(observation: Observation, tenant: Tenant, world: World, policy: Policy) -> tuple[Step, ...]:
    off = switching_off(observation, tenant.owned)
    if off or not is_drained(tenant, world.clock(), policy.draining):
        return off
    steps = removal_plan(observation, tenant.owned)
    # Exchange takes the list of ARC sealers whole: it is written right after a read that is as young as can be, so that
    # what an administrator adds while our objects go is not undone.
    objects = tuple(step for step in steps if step.kind is not Kind.ARC_CONFIG)
    return objects or steps


def _taken(steps: Sequence[Step], tenant: Tenant, world: World, proof: Proof) -> Report:
    done, tenant, failure = apply(tuple(steps), tenant, world)
    moment = world.clock().isoformat(timespec="seconds")
    taken = tuple(f"{moment} {step.verb} {step.kind} {step.name} {step.identity}" for step in done)
    if taken:
        world.proofs.put(tenant.tenant_id, replace(proof, removed=(*proof.removed, *taken)))
    if any(step.verb is Verb.DISABLE for step in done):
        tenant = replace(tenant, quiet_since=world.clock())
    if failure is not None and not isinstance(failure, Conflict):
        return Report(verdict_of(failure), str(failure), {}, (), tenant, steps=done, failure=failure)
    return Report(Verdict.SETTLING, "the off-boarding goes on", {}, (), tenant, steps=done)


def _begun(tenant: Tenant, observation: Observation, drifts: Sequence[Drift], world: World) -> Proof:
    """The proof so far; what there was is kept before anything is taken away."""
    kept = world.proofs.get(tenant.tenant_id)
    left = {d.resource.name: d.reason for d in drifts if d.fault is Fault.STRANGER}
    if kept is not None and kept.generation == tenant.generation:
        return replace(kept, left=left)
    before = tuple(
        {"kind": kind.value, **{name: masked(value, tenant.loop_check) for name, value in properties(row).items()}}
        for kind, row in ours(observation, tenant.owned)
    )
    proof = Proof(tenant.generation, world.clock(), before, had_sealer=_trusts_us(observation), left=left)
    world.proofs.put(tenant.tenant_id, proof)
    return proof


def _trusts_us(observation: Observation) -> bool:
    try:
        return has_sealer(observation)
    except Unreadable:
        return False


def _is_settled(tenant: Tenant, world: World, policy: Policy) -> bool:
    """Whether our last write is so old that a read cannot lag behind it."""
    newest = max(tenant.written.values(), default=None)
    return newest is None or world.clock() - newest >= policy.settling


def _close(message: Message, world: World) -> None:
    thread = Thread(world.clock(), KEEPER, message.correlation_id)

    def closed(tenant: Tenant) -> Tenant:
        if tenant.stage is not Stage.OFFBOARDING or tenant.generation != message.generation:
            return tenant
        left = replace(tenant, stage=Stage.OFFBOARDED, reason=_GONE, items={}, findings={}, owned={}, written={})
        return replace(left, deviations={}, next_check_at=NEVER)

    changed(message.tenant_id, closed, thread, world, thread.event(EventKind.OPERATOR, "offboard", "", "proved"))
