"""One piece of work on a tenant: with a lease on it, in its own time, and written down however it ends."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from shared.application.noticing import notice
from shared.application.ports import Policy, World
from shared.application.remember import changed, remember
from shared.application.stores import MOST_EDITIONS
from shared.application.witness import KEEPER, watched
from shared.domain.decisions import Lease
from shared.domain.errors import (
    Busy,
    KeeperError,
    NotYet,
    RecordChanged,
    RolePropagating,
    TransientError,
    VendorCredential,
)
from shared.domain.history import Thread
from shared.domain.leases import leased, released
from shared.domain.messages import Message
from shared.domain.moments import wanted_now
from shared.domain.report import Report, verdict_of
from shared.domain.tenants import Record, Stage, Tenant, Verdict

Look = Callable[[Tenant, World, Policy], Report]


def attempted(message: Message, record: Record, look: Look, world: World, policy: Policy) -> tuple[Report, Tenant]:
    """Look, and record what was seen, done or in the way; then let through what the shell must deal with.

    Args:
        message: What asked for it.
        record: The tenant as it was read a moment ago; its edition decides whether it is read again.
        look: What is done.
        world: The outside.
        policy: What the operator decides.

    Returns:
        The report, and the tenant's record as it is now.

    Raises:
        Busy: Another worker has the tenant.
        NotYet: Its Exchange is not to be asked before a certain moment.
        TransientError: Try again later.
        VendorCredential: Our own credential is refused, which is no tenant's fault.
    """
    tenant, now = record.tenant, world.clock()
    check_moment(tenant, now)
    taken = _taken(record, world, policy)
    lease = taken.tenant.lease
    assert lease is not None
    wanted = wanted_now(tenant, world.wishes.get().fleet, now, policy.draining)
    try:
        report = look(wanted, watched(world, policy, message, lease), policy)
    except (Busy, NotYet):
        _give_back(tenant.tenant_id, lease, message, world)
        raise
    except VendorCredential as error:
        # No tenant's fault, and nothing was seen of it: its record stays, and somebody is told.
        _give_back(tenant.tenant_id, lease, message, world)
        kept = Report(tenant.verdict, str(error), tenant.items, (), tenant, failure=error)
        world.telemetry.looked(message, kept, tenant, now)
        raise
    except KeeperError as error:
        report = Report(_verdict_of(error, tenant), str(error), tenant.items, (), tenant, failure=error)
    except Exception:  # a bug is the host's to report; it must not keep the tenant from whoever comes next
        _give_back(tenant.tenant_id, lease, message, world)
        raise
    after = remember(report, taken, message.correlation_id, world, policy)
    if not isinstance(report.failure, Busy | NotYet):
        world.telemetry.looked(message, report, after, now)
        notice(message, report, (tenant, after), world, policy)
    if isinstance(report.failure, TransientError | VendorCredential):
        raise report.failure
    return report, after


def check_moment(tenant: Tenant, now: datetime) -> None:
    """Let nobody ask before the moment that the tenant's Exchange has named, or that its failures have earned.

    Raises:
        NotYet: It is too early.
    """
    if tenant.not_before is not None and now < tenant.not_before:
        raise NotYet("the tenant's Exchange is not to be asked yet", tenant.not_before - now)


def _taken(record: Record, world: World, policy: Policy) -> Record:
    """Take the lease on top of the newest edition; the one at hand is tried first, and storage says if it is not.

    Raises:
        Busy: Another worker has the tenant.
        RecordChanged: Something else is wanted of it by now, or others wrote at every attempt.
    """
    owner, generation = world.new_id(), record.tenant.generation
    for _ in range(MOST_EDITIONS):
        with suppress(RecordChanged):
            return world.tenants.put(record, leased(record.tenant, owner, world.clock(), policy.lease))
        record = world.tenants.get(record.tenant.tenant_id)
        if record.tenant.generation != generation:
            break
    raise RecordChanged("something else is wanted of the tenant by now")


def _give_back(tenant_id: UUID, lease: Lease, message: Message, world: World) -> None:
    now = world.clock()
    thread = Thread(now, KEEPER, message.correlation_id)
    changed(tenant_id, lambda tenant: released(tenant, lease, now), thread, world)


def _verdict_of(error: KeeperError, tenant: Tenant) -> Verdict:
    """A role that has not arrived yet is what a new tenant waits for; later it is one server's bad moment."""
    if isinstance(error, RolePropagating) and tenant.stage is Stage.AWAITING_CONSENT:
        return Verdict.NEEDS_ROLE
    return verdict_of(error)
