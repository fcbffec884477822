"""What each message makes us do, and which messages follow: handlers return deliveries, the shell sends them after."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.approval import bound
from shared.application.attempt import Look, attempted
from shared.application.ports import Policy, World
from shared.application.provision import inspect, provision
from shared.application.reconcile import reconcile, verify
from shared.application.resolution import resolve
from shared.domain.errors import PermanentError
from shared.domain.fleet import Fleet, is_braked
from shared.domain.letters import Posting
from shared.domain.messages import ASKED_FOR, HEALING, Cause, Delivery, Message, Queue, again
from shared.domain.report import Report
from shared.domain.tenants import LEAVING, Stage, Tenant, Verdict

MOST_ROUNDS = 3
"""How often one cause may go from drift to repair and back, before the timer's next turn takes over."""

_UNREAD_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message came to.

    Attributes:
        note: One word or sentence for the log.
        report: What was seen and done; ``None`` when nobody looked.
        deliveries: The messages to send now that the work is done.
        postings: The letters to send now that the work is done.
    """

    note: str
    report: Report | None = None
    deliveries: tuple[Delivery, ...] = ()
    postings: tuple[Posting, ...] = ()


def handle_reconcile(message: Message, world: World, policy: Policy) -> Outcome:
    """Work on a ``provision`` or ``remediate`` message.

    Raises:
        TransientError: Try again later; what was done before is recorded.
        UnknownTenant: There is no such tenant.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    record = world.tenants.get(message.tenant_id)
    tenant = record.tenant
    if idle := _idle(message, tenant):
        return idle
    fleet = world.wishes.get().fleet
    first = tenant.stage is Stage.AWAITING_CONSENT
    if reason := _only_watched(message, tenant, fleet):
        return Outcome(reason, attempted(message, record, inspect if first else verify, world, policy)[0])
    look = provision if first else bound(message, reconcile)
    if message.cause in ASKED_FOR:
        look = _forgetful(look)
    if first or message.cause not in HEALING:
        look = _uncounted(look)
    report, _ = attempted(message, record, look, world, policy)
    if isinstance(report.failure, PermanentError):
        return Outcome(report.failure.code, report)
    return Outcome("reconciled", report, (Delivery(Queue.VERIFY, _because(message, Cause.SETTLED), policy.settling),))


def _forgetful(look: Look) -> Look:
    """Whoever asks may know better than what we remember: what Microsoft refused, who fought, what had vanished."""

    def looked(tenant: Tenant, world: World, policy: Policy) -> Report:
        return look(replace(tenant, refused={}, repairs={}, foreign=0), world, policy)

    return looked


def _uncounted(look: Look) -> Look:
    """What somebody asked for is no repair that could be used up."""

    def looked(tenant: Tenant, world: World, policy: Policy) -> Report:
        report = look(tenant, world, policy)
        return replace(report, tenant=replace(report.tenant, repairs={}))

    return looked


def handle_verify(message: Message, world: World, policy: Policy) -> Outcome:
    """Work on a ``verify`` message.

    Raises:
        TransientError: Try again later.
        UnknownTenant: There is no such tenant.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    record = world.tenants.get(message.tenant_id)
    before = record.tenant
    if idle := _idle(message, before):
        return idle
    first, since = before.stage is Stage.AWAITING_CONSENT, world.clock()
    report, after = attempted(message, record, inspect if first else verify, world, policy)
    if message.cause is Cause.PARKED and report.verdict is Verdict.HEALTHY:
        resolve(message, since, world)
    if before.moving_from is not None and report.verdict is Verdict.HEALTHY:
        return Outcome("moving", report, (_next_part(message, after, world.clock(), policy),))
    following = tuple(_after_verify(again(message), report, policy))
    if not following:
        return Outcome("verified", report)
    if reason := _only_watched(replace(message, cause=Cause.DRIFT), after, world.wishes.get().fleet):
        return Outcome(reason, report)
    if message.attempt > MOST_ROUNDS:
        return Outcome("left to the next recheck", report)
    return Outcome("verified", report, following)


def _after_verify(message: Message, report: Report, policy: Policy) -> Iterator[Delivery]:
    """Repair what can be repaired, look again at what is still moving; the rest is well, or a person's."""
    if report.pending:
        yield Delivery(Queue.REMEDIATE, _because(message, Cause.DRIFT))
    elif report.verdict is Verdict.SETTLING:
        yield Delivery(Queue.VERIFY, _because(message, Cause.SETTLED), policy.settling)
    elif report.verdict is Verdict.UNKNOWN:
        yield Delivery(Queue.VERIFY, _because(message, Cause.RECHECK), _UNREAD_AGAIN)


def _because(message: Message, cause: Cause) -> Message:
    """What follows from a message has its own cause, but for what began with a parked one: its end closes that."""
    return message if message.cause is Cause.PARKED else replace(message, cause=cause)


def _next_part(message: Message, tenant: Tenant, now: datetime, policy: Policy) -> Delivery:
    """Go on with a move: when mail that was on its way has passed, or at once where the new region is in place."""
    waits = tenant.moving_from is not None and tenant.quiet_since is not None
    rest = tenant.quiet_since + policy.draining - now if waits and tenant.quiet_since else timedelta(0)
    return Delivery(Queue.REMEDIATE, replace(message, cause=Cause.MOVE, attempt=1), max(rest, timedelta(0)))


def new_message(tenant: Tenant, cause: Cause, now: datetime, correlation_id: UUID) -> Message:
    """Begin a thread of work about a tenant as it is wanted now.

    The thread is a trace of its own: queues carry no trace context, so the message does, and all that follow from it.
    """
    traceparent = f"00-{correlation_id.hex}-{correlation_id.hex[:16]}-01"
    return Message(tenant.tenant_id, cause, correlation_id, tenant.generation, now, traceparent=traceparent)


def stale(message: Message, tenant: Tenant) -> Outcome | None:
    """What comes of a message that was sent before something else was wanted."""
    if message.generation < tenant.generation:
        return Outcome(f"of generation {message.generation}, the tenant is at {tenant.generation}")
    return None


def _idle(message: Message, tenant: Tenant) -> Outcome | None:
    if tenant.stage in LEAVING:
        return Outcome(f"the tenant is {tenant.stage}")
    return stale(message, tenant)


def _only_watched(message: Message, tenant: Tenant, fleet: Fleet) -> str:
    """Why nothing is repaired now; empty where repairs are wanted."""
    if tenant.hold is not None:
        return "repairs of the tenant are held"
    if is_braked(fleet, message.cause, tenant.stage):
        return "repairs of the fleet are frozen"
    return ""
