"""How what is wanted of a tenant changes by a person's decision; every change of the stage is a new generation."""

from dataclasses import replace
from uuid import UUID

from shared.domain.decisions import Suspension
from shared.domain.errors import NotAllowed
from shared.domain.tenants import LEAVING, Approval, Stage, Tenant, unseen


def activated(tenant: Tenant) -> Tenant:
    """Want mail to pass through MailMarshal Cloud.

    Raises:
        NotAllowed: The tenant has not been provisioned yet, its mail flow is paused, or its repairs are held.
    """
    _refuse_on_hold(tenant)
    return _moved(tenant, Stage.ACTIVE, allowed_from=(Stage.STAGED, Stage.ACTIVE))


def deactivated(tenant: Tenant) -> Tenant:
    """Want mail to pass by MailMarshal Cloud, with everything staying in place; a hold ends, a person has decided.

    Raises:
        NotAllowed: The tenant has not been provisioned yet.
    """
    moved = _moved(tenant, Stage.STAGED, allowed_from=(Stage.STAGED, Stage.ACTIVE, Stage.PAUSED))
    return replace(moved, hold=None)


def paused(tenant: Tenant, suspension: Suspension) -> Tenant:
    """Want mail to pass by MailMarshal Cloud for a while; a hold ends, a person has decided.

    Raises:
        NotAllowed: No mail passes through MailMarshal Cloud that could be paused.
    """
    moved = _moved(tenant, Stage.PAUSED, allowed_from=(Stage.ACTIVE, Stage.PAUSED))
    return replace(moved, pause=suspension, hold=None)


def held(tenant: Tenant, suspension: Suspension) -> Tenant:
    """Want nothing to be repaired for a while; everything is still watched.

    Raises:
        NotAllowed: The tenant is leaving.
    """
    if tenant.stage in LEAVING:
        raise NotAllowed(f"a tenant that is {tenant.stage} cannot be held")
    return replace(tenant, hold=suspension)


def resumed(tenant: Tenant) -> Tenant:
    """End a pause and a hold; where there is neither, nothing changes.

    Raises:
        NotAllowed: The tenant is leaving.
    """
    if tenant.stage in LEAVING:
        raise NotAllowed(f"a tenant that is {tenant.stage} cannot be resumed")
    tenant = replace(tenant, hold=None)
    return _moved(tenant, Stage.ACTIVE, allowed_from=(Stage.PAUSED,)) if tenant.stage is Stage.PAUSED else tenant


def offboarding(tenant: Tenant) -> Tenant:
    """Want everything of ours to be removed; a tenant that has left stays as it is."""
    if tenant.stage in LEAVING:
        return tenant
    return _moved(tenant, Stage.OFFBOARDING, allowed_from=tuple(Stage))


def repairable(tenant: Tenant) -> Tenant:
    """The tenant as it is, where its stage and its hold admit repairs.

    Raises:
        NotAllowed: The tenant is leaving, or its repairs are held.
    """
    _refuse_on_hold(tenant)
    return watchable(tenant)


def watchable(tenant: Tenant) -> Tenant:
    """The tenant as it is, where its stage admits a look.

    Raises:
        NotAllowed: The tenant is leaving.
    """
    if tenant.stage in LEAVING:
        raise NotAllowed(f"a tenant that is {tenant.stage} is not looked at")
    return tenant


def approved(tenant: Tenant, before: Tenant, operation_id: UUID, plan_hash: str) -> Tenant:
    """Bind the next operation to a plan; an empty hash binds it to none.

    Args:
        tenant: As the order wants it.
        before: As it was wanted before the order.
        operation_id: The operation.
        plan_hash: What the plan was made from.
    """
    if not plan_hash:
        return replace(tenant, approval=None)
    restores = before.stage if before.stage is not tenant.stage else None
    return replace(tenant, approval=Approval(operation_id, plan_hash, restores))


def withdrawn(tenant: Tenant, operation_id: UUID) -> Tenant:
    """Take back an operation whose plan did not fit any more: what it changed of the stage has not happened.

    An operation that somebody else's has overtaken meanwhile takes nothing back.
    """
    approval = tenant.approval
    if approval is None or approval.operation_id != operation_id:
        return tenant
    activated_by_it = approval.restores is Stage.STAGED and tenant.stage is Stage.ACTIVE
    return replace(deactivated(tenant) if activated_by_it else tenant, approval=None)


def rearmed(tenant: Tenant) -> Tenant:
    """Want mail to pass through MailMarshal Cloud again, because the pause is over; a hold stays."""
    return replace(_moved(tenant, Stage.ACTIVE, allowed_from=(Stage.PAUSED,)), hold=tenant.hold)


def _moved(tenant: Tenant, stage: Stage, allowed_from: tuple[Stage, ...]) -> Tenant:
    if tenant.stage not in allowed_from:
        raise NotAllowed(f"a tenant that is {tenant.stage} cannot become {stage}")
    if tenant.stage is stage:
        return tenant
    anew = unseen(tenant, stage)
    return replace(anew, stage=stage, generation=tenant.generation + 1, pause=None, hold=None, approval=None)


def _refuse_on_hold(tenant: Tenant) -> None:
    if tenant.hold is not None:
        raise NotAllowed("repairs are held; resume the tenant first")
