"""What each message makes us do, and which messages follow: handlers return deliveries, the shell sends them after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.ports import Policy, World
from shared.application.reconcile import reconcile, verify
from shared.domain.errors import KeeperError, PermanentError, RecordChanged, TransientError, VendorCredential
from shared.domain.messages import Cause, Delivery, Message, Queue, again
from shared.domain.report import Report, verdict_of
from shared.domain.schedule import next_turn, spread
from shared.domain.tenants import Stage, Tenant, Verdict

MOST_ROUNDS = 3
"""How often one cause may go from drift to repair and back, before the timer's next turn takes over."""

_ASKED_FOR = frozenset({Cause.SIGNUP, Cause.OPERATOR, Cause.ACTIVATE, Cause.DEACTIVATE})
"""Behind these is a person, who may know that Microsoft allows now what it refused before."""

_UNREAD_AGAIN = timedelta(seconds=30)
_MOST_EDITIONS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message came to.

    Attributes:
        note: One word or sentence for the log.
        report: What was seen and done; ``None`` when nobody looked.
        deliveries: The messages to send now that the work is done.
    """

    note: str
    report: Report | None = None
    deliveries: tuple[Delivery, ...] = ()


def handle_reconcile(message: Message, world: World, policy: Policy) -> Outcome:
    """Work on a ``provision`` or ``remediate`` message.

    Raises:
        TransientError: Try again later; what was done before is recorded.
        UnknownTenant: There is no such tenant.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    tenant = world.tenants.get(message.tenant_id).tenant
    if stale := _stale(message, tenant):
        return stale
    if message.cause in _ASKED_FOR:
        tenant = replace(tenant, refused={})
    report = _attempted(tenant, reconcile, world, policy)
    if isinstance(report.failure, PermanentError):
        return Outcome(report.failure.code, report)
    settled = replace(message, cause=Cause.SETTLED)
    return Outcome("reconciled", report, (Delivery(Queue.VERIFY, settled, policy.settling),))


def handle_verify(message: Message, world: World, policy: Policy) -> Outcome:
    """Work on a ``verify`` message.

    Raises:
        TransientError: Try again later.
        UnknownTenant: There is no such tenant.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    tenant = world.tenants.get(message.tenant_id).tenant
    if stale := _stale(message, tenant):
        return stale
    report = _attempted(tenant, verify, world, policy)
    if message.attempt > MOST_ROUNDS:
        return Outcome("left to the next recheck", report)
    return Outcome("verified", report, tuple(_after_verify(again(message), report, policy)))


def _after_verify(message: Message, report: Report, policy: Policy) -> Iterator[Delivery]:
    """Repair what can be repaired, look again at what is still moving; the rest is well, or a person's."""
    if report.pending:
        yield Delivery(Queue.REMEDIATE, replace(message, cause=Cause.DRIFT))
    elif report.verdict is Verdict.SETTLING:
        yield Delivery(Queue.VERIFY, replace(message, cause=Cause.SETTLED), policy.settling)
    elif report.verdict is Verdict.UNKNOWN:
        yield Delivery(Queue.VERIFY, replace(message, cause=Cause.RECHECK), _UNREAD_AGAIN)


def handle_recheck(world: World, policy: Policy) -> Iterator[Delivery]:
    """Ask for every tenant whose turn has come, spread over the time that the timer was silent.

    The turn is claimed before the message is yielded: a timer that fires twice, or two timers, ask once.
    """
    now = world.clock()
    for record in world.tenants.due(now):
        tenant = record.tenant
        try:
            claimed = replace(tenant, next_check_at=next_turn(tenant.tenant_id, now, policy.period))
            world.tenants.put(record, claimed)
        except RecordChanged:
            continue  # somebody is at work on it, or another timer was first
        queue = Queue.PROVISION if tenant.stage is Stage.AWAITING_CONSENT else Queue.VERIFY
        message = new_message(tenant, Cause.RECHECK, now, world.new_id())
        yield Delivery(queue, message, spread(tenant.tenant_id, tenant.next_check_at, now, policy.period))
    world.journal.swept(now)


def new_message(tenant: Tenant, cause: Cause, now: datetime, correlation_id: UUID) -> Message:
    """Begin a thread of work about a tenant as it is wanted now."""
    return Message(tenant.tenant_id, cause, correlation_id, tenant.generation, now)


def _stale(message: Message, tenant: Tenant) -> Outcome | None:
    if message.generation < tenant.generation:
        return Outcome(f"of generation {message.generation}, the tenant is at {tenant.generation}")
    return None


def _attempted(tenant: Tenant, look: Callable[[Tenant, World, Policy], Report], world: World, policy: Policy) -> Report:
    """Look, and record what was seen, done or in the way; then let through what the shell must deal with."""
    try:
        report = look(tenant, world, policy)
    except VendorCredential:
        raise
    except KeeperError as error:
        report = Report(verdict_of(error), str(error), tenant.items, (), tenant, failure=error)
    _remember(report, world, policy)
    if isinstance(report.failure, TransientError | VendorCredential):
        raise report.failure
    return report


def _remember(report: Report, world: World, policy: Policy) -> None:
    """Write what was learned on top of the newest edition of the record: others may have written meanwhile."""
    for attempt in range(_MOST_EDITIONS):
        record = world.tenants.get(report.tenant.tenant_id)
        try:
            world.tenants.put(record, _learned(record.tenant, report, world.clock(), policy))
        except RecordChanged:
            if attempt == _MOST_EDITIONS - 1:
                raise
        else:
            return


def _learned(tenant: Tenant, report: Report, now: datetime, policy: Policy) -> Tenant:
    provisioned = report.failure is None and report.verdict in (Verdict.HEALTHY, Verdict.SETTLING)
    first = tenant.stage is Stage.AWAITING_CONSENT and provisioned
    return replace(
        tenant,
        stage=Stage.STAGED if first else tenant.stage,
        verdict=report.verdict,
        reason=report.reason,
        items=report.items,
        owned=report.tenant.owned,
        written=report.tenant.written,
        refused=report.tenant.refused,
        checked_at=now,
        next_check_at=next_turn(tenant.tenant_id, now, policy.period),
    )
