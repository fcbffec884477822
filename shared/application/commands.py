"""What a signup and an operator's command come to: a durable record first, then a message."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from shared.application.handlers import Outcome, new_message
from shared.application.ports import World
from shared.domain.errors import NotAllowed, RecordChanged
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.signup import Signup
from shared.domain.tenants import Stage, Tenant, activated, deactivated
from shared.domain.values import Secret

_MOST_EDITIONS = 5
_GRACE = timedelta(minutes=2)
"""When the timer takes over a signup whose message was lost."""


def sign_up(signup: Signup, webhook_id: str, world: World) -> Outcome:
    """Record a customer durably, then ask for its provision. The same webhook again has no further effect.

    Raises:
        NotAllowed: The tenant belongs to another account.
        Unavailable: The record could not be stored; nothing has happened.
    """
    now = world.clock()
    tenant = _new_tenant(signup, world)
    try:
        world.tenants.add(tenant)
    except RecordChanged:
        tenant = world.tenants.get(signup.tenant_id).tenant
        if tenant.account_id != signup.account_id:
            raise NotAllowed("the tenant belongs to another account") from None
        if not world.journal.first_time(webhook_id, tenant.tenant_id, now):
            return Outcome("known already")
    else:
        world.journal.first_time(webhook_id, tenant.tenant_id, now)
    message = new_message(tenant, Cause.SIGNUP, now, world.new_id())
    return Outcome("signed up", deliveries=(Delivery(Queue.PROVISION, message),))


def _new_tenant(signup: Signup, world: World) -> Tenant:
    now = world.clock()
    return Tenant(
        tenant_id=signup.tenant_id,
        account_id=signup.account_id,
        region=signup.region,
        initial_domain=signup.initial_domain,
        loop_check=signup.loop_check or Secret(str(world.new_id())),
        stage=Stage.AWAITING_CONSENT,
        generation=1,
        created_at=now,
        next_check_at=now + _GRACE,
        company_name=signup.company_name,
        contact=signup.contact,
    )


def command(name: str, tenant_id: UUID, world: World) -> Outcome:
    """Do what an operator asks: change what is wanted, if it does, then ask for the work.

    Args:
        name: ``verify``, ``remediate``, ``activate`` or ``deactivate``.
        tenant_id: Of which tenant.
        world: The outside.

    Raises:
        UnknownTenant: There is no such tenant.
        NotAllowed: The tenant's stage does not allow it, or there is no such command.
        RecordChanged: Others changed the tenant at every attempt.
    """
    if name not in _COMMANDS:
        raise NotAllowed("no such command")
    wanted, queue, cause = _COMMANDS[name]
    tenant = _changed(tenant_id, wanted, f"{name} was asked for", world)
    message = new_message(tenant, cause, world.clock(), world.new_id())
    return Outcome(f"{name} was asked for", deliveries=(Delivery(queue, message),))


def _changed(tenant_id: UUID, wanted: Callable[[Tenant], Tenant], reason: str, world: World) -> Tenant:
    """Change what is wanted on top of the newest edition: a worker may note what it saw at the same moment."""
    for _ in range(_MOST_EDITIONS):
        record = world.tenants.get(tenant_id)
        tenant = wanted(record.tenant)
        if tenant == record.tenant:
            return tenant
        with suppress(RecordChanged):
            world.tenants.put(record, replace(tenant, reason=reason))
            return tenant
    raise RecordChanged("others changed the tenant at every attempt; ask again")


def _as_it_is(tenant: Tenant) -> Tenant:
    return tenant


_COMMANDS: dict[str, tuple[Callable[[Tenant], Tenant], Queue, Cause]] = {
    "verify": (_as_it_is, Queue.VERIFY, Cause.OPERATOR),
    "remediate": (_as_it_is, Queue.REMEDIATE, Cause.OPERATOR),
    "activate": (activated, Queue.REMEDIATE, Cause.ACTIVATE),
    "deactivate": (deactivated, Queue.REMEDIATE, Cause.DEACTIVATE),
}
"""What each command changes of what is wanted, and whom it asks."""
