"""An operation that is bound to a plan: it is carried out as it was read, or not at all."""

from collections.abc import Callable
from dataclasses import replace

from shared.application.looks import look
from shared.application.ports import Policy, World
from shared.application.reconcile import carry_out
from shared.application.remember import changed
from shared.application.witness import KEEPER
from shared.domain.errors import PlanMoved
from shared.domain.history import EventKind, Thread
from shared.domain.lifecycle import withdrawn
from shared.domain.messages import Message
from shared.domain.report import Report
from shared.domain.tenants import Tenant

_Look = Callable[[Tenant, World, Policy], Report]


def bound(message: Message, otherwise: _Look) -> _Look:
    """Hold a message to the plan that was approved for it; others do what they always do."""

    def looked(tenant: Tenant, world: World, policy: Policy) -> Report:
        approval = tenant.approval
        if approval is None or approval.operation_id != message.correlation_id:
            return otherwise(tenant, world, policy)
        sight = look(tenant, world, policy)
        if sight.plan_hash != approval.plan_hash:
            _refuse(message, tenant, world)
            error = PlanMoved("the tenant has moved since the plan was made; nothing was written, make a new plan")
            return replace(sight.report(), failure=error)
        # From the first write on the tenant is not what it was: whoever goes on after a crash must not refuse.
        thread = Thread(world.clock(), KEEPER, message.correlation_id)
        changed(tenant.tenant_id, lambda newest: replace(newest, approval=None), thread, world)
        return carry_out(sight, world, policy)

    return looked


def _refuse(message: Message, tenant: Tenant, world: World) -> None:
    thread = Thread(world.clock(), KEEPER, message.correlation_id)
    refused = thread.event(EventKind.PLAN, message.cause, "approved", "refused: the tenant has moved")
    operation_id = message.correlation_id
    changed(tenant.tenant_id, lambda newest: withdrawn(newest, operation_id), thread, world, refused)
