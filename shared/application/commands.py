"""What an operator asks of one tenant: a change of what is wanted, made durable, and the message that makes it so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.application.handlers import Outcome, new_message
from shared.application.looks import Sight
from shared.application.planning import PLANNED, plan_for
from shared.application.ports import Policy, World
from shared.application.remember import changed
from shared.application.wishing import checked_until
from shared.domain.decisions import Deviation, Suspension
from shared.domain.deviations import acceptable
from shared.domain.errors import InvalidRequest, NotAllowed, PlanMoved
from shared.domain.history import EventKind, Thread
from shared.domain.lifecycle import (
    activated,
    approved,
    deactivated,
    held,
    offboarding,
    paused,
    repairable,
    resumed,
    watchable,
)
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.moments import GRACE, next_moment
from shared.domain.one_line import check_line
from shared.domain.tenants import Stage, Tenant

LONGEST_SUSPENSION = timedelta(days=30)
LONGEST_DEVIATION = timedelta(days=366)

_MOST_DEVIATIONS = 20

_MAY_NAME_A_PLAN = frozenset(PLANNED) - {"verify"}

Change = Callable[[Tenant], Tenant]


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator asks.

    Attributes:
        name: The command.
        by: Who asks.
        reason: Why, where the command wants to know.
        until: To when, where the command ends by itself.
        plan_hash: The plan that was read for it; empty where none was.
        setting: The object's name, a slash and the setting's, for ``accept`` and ``revoke``.
    """

    name: str
    by: str
    reason: str = ""
    until: datetime | None = None
    plan_hash: str = ""
    setting: str = ""


@dataclass(frozen=True, slots=True)
class _Command:
    """What a command changes of what is wanted, and whom it asks for the work.

    Attributes:
        change: What it changes.
        queue: Whom it asks.
        cause: What it says.
        takes_plan: Its plan binds the worker as well. Whatever takes mail off MailMarshal Cloud is compared once, when
            the order comes: it must not stay on because something else has moved.
    """

    change: Callable[[Tenant, Order, datetime], Tenant]
    queue: Queue
    cause: Cause
    takes_plan: bool = False


def command(order: Order, tenant_id: UUID, world: World, policy: Policy) -> Outcome:
    """Do what an operator asks: change what is wanted, if it does, then ask for the work.

    Raises:
        UnknownTenant: There is no such tenant.
        NotAllowed: The tenant's stage does not allow it, or there is no such command.
        InvalidRequest: The order is incomplete.
        PlanMoved: The tenant is not any more what the plan was made from.
        RecordChanged: Others changed the tenant at every attempt.
        KeeperError: Exchange could not be read for an order that needs it.
    """
    asked = COMMANDS.get(order.name)
    if asked is None:
        raise NotAllowed("no such command")
    check_line("reason", order.reason)
    now, operation_id = world.clock(), world.new_id()
    change = _change(asked, order, now)
    _check_plan(order, tenant_id, world, policy)
    if order.name == "accept":
        change = _acceptance(order, now, plan_for(tenant_id, "remediate", world, policy)[0])

    def wanted(tenant: Tenant) -> Tenant:
        after = change(tenant)
        if asked.takes_plan:
            after = approved(after, tenant, operation_id, order.plan_hash)
        # Where the message is lost, the timer makes it so.
        turn = after.next_check_at if after.stage is Stage.OFFBOARDED else min(after.next_check_at, now + GRACE)
        return replace(after, next_check_at=next_moment(after, turn))

    thread = Thread(now, order.by, operation_id)
    event = thread.event(EventKind.OPERATOR, order.name, order.setting, _said(order))
    _, tenant = changed(tenant_id, wanted, thread, world, event)
    queue, cause = asked.queue, asked.cause
    if queue is Queue.REMEDIATE and tenant.stage is Stage.AWAITING_CONSENT:
        queue = Queue.PROVISION
    message = new_message(tenant, cause, now, operation_id)
    return Outcome(f"{order.name} was asked for", deliveries=(Delivery(queue, message),))


def _change(asked: _Command, order: Order, now: datetime) -> Change:
    return lambda tenant: asked.change(tenant, order, now)


def _check_plan(order: Order, tenant_id: UUID, world: World, policy: Policy) -> None:
    """Refuse what was decided on another sight of the tenant, before anything is changed."""
    if not order.plan_hash:
        return
    if order.name not in _MAY_NAME_A_PLAN:
        raise InvalidRequest(f"plan_hash: {order.name} is not bound to a plan")
    sight, _ = plan_for(tenant_id, order.name, world, policy)
    if sight.plan_hash != order.plan_hash:
        raise PlanMoved("the tenant has moved since the plan was made; nothing was done, make a new plan")


def _said(order: Order) -> str:
    until = f"until {order.until.isoformat(timespec='minutes')}" if order.until else ""
    plan = f"plan {order.plan_hash[:12]}" if order.plan_hash else ""
    return "; ".join(part for part in (until, order.reason, plan) if part)


def _suspension(order: Order, now: datetime) -> Suspension:
    if order.until is None or not order.reason:
        raise InvalidRequest(f"{order.name}: reason and until are expected")
    return Suspension(order.by, order.reason, now, checked_until(order.until, now, LONGEST_SUSPENSION))


def _acceptance(order: Order, now: datetime, sight: Sight) -> Change:
    """Pin the value that was read just now."""
    if order.until is None or not order.reason:
        raise InvalidRequest("accept: setting, reason and until are expected")
    if len(sight.tenant.deviations) >= _MOST_DEVIATIONS:
        raise NotAllowed(f"{_MOST_DEVIATIONS} deviations are accepted already; revoke one first")
    value = acceptable(sight.drifts, order.setting)
    deviation = Deviation(value, order.by, order.reason, checked_until(order.until, now, LONGEST_DEVIATION))
    return lambda tenant: replace(tenant, deviations={**tenant.deviations, order.setting: deviation})


def _revoked(tenant: Tenant, order: Order, _: datetime) -> Tenant:
    if order.setting not in tenant.deviations:
        raise NotAllowed(f"{order.setting[:128]!r}: no such deviation is accepted")
    left = {name: deviation for name, deviation in tenant.deviations.items() if name != order.setting}
    return replace(tenant, deviations=left)


COMMANDS: Mapping[str, _Command] = {
    "verify": _Command(lambda tenant, _, __: watchable(tenant), Queue.VERIFY, Cause.OPERATOR),
    "remediate": _Command(lambda tenant, _, __: repairable(tenant), Queue.REMEDIATE, Cause.OPERATOR, takes_plan=True),
    "activate": _Command(lambda tenant, _, __: activated(tenant), Queue.REMEDIATE, Cause.ACTIVATE, takes_plan=True),
    "deactivate": _Command(lambda tenant, _, __: deactivated(tenant), Queue.REMEDIATE, Cause.DEACTIVATE),
    "pause": _Command(lambda tenant, order, now: paused(tenant, _suspension(order, now)), Queue.REMEDIATE, Cause.PAUSE),
    "hold": _Command(lambda tenant, order, now: held(tenant, _suspension(order, now)), Queue.VERIFY, Cause.OPERATOR),
    # The ordinary activation brings a paused tenant back.
    "resume": _Command(lambda tenant, _, __: resumed(tenant), Queue.REMEDIATE, Cause.ACTIVATE),
    "accept": _Command(lambda tenant, _, __: watchable(tenant), Queue.VERIFY, Cause.OPERATOR),
    "revoke": _Command(_revoked, Queue.VERIFY, Cause.OPERATOR),
    "offboard": _Command(lambda tenant, _, __: offboarding(tenant), Queue.OFFBOARD, Cause.OFFBOARD),
}
"""What each command changes of what is wanted, and whom it asks."""
