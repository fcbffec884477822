"""What a signup comes to: a durable record first, then a message; the same webhook has one effect."""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.application.handlers import Outcome, new_message
from shared.application.ports import World
from shared.application.remember import changed
from shared.domain.errors import NotAllowed, RecordChanged, Unavailable, UnknownTenant
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.moments import GRACE
from shared.domain.signup import Signup, signed_up_again
from shared.domain.tenants import Stage, Tenant
from shared.domain.values import Secret

_WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One webhook that came in.

    Attributes:
        signup: What it says.
        webhook_id: The sender's id for it.
        correlation_id: The thread that begins with it.
    """

    signup: Signup
    webhook_id: str
    correlation_id: UUID


def sign_up(signup: Signup, webhook_id: str, world: World) -> Outcome:
    """Record a customer durably, then ask for its provision. The same webhook again has no further effect.

    A later signup of the same account may name another region, which is a move, or revive a tenant that has left.

    Raises:
        NotAllowed: The tenant belongs to another account, or the loop-check GUID to another tenant, or what is asked
            for cannot be had now.
        Unavailable: The record could not be stored; the same webhook may come again.
    """
    try:
        return _recorded(_Arrival(signup, webhook_id, world.new_id()), world)
    except RecordChanged:
        raise Unavailable("others changed the tenant at every attempt; send the same webhook again") from None


def _recorded(arrival: _Arrival, world: World) -> Outcome:
    signup = arrival.signup
    try:
        known = world.tenants.get(signup.tenant_id).tenant
    except UnknownTenant:
        known = None
    if known is None:
        try:
            return _first(arrival, world)
        except RecordChanged:
            known = world.tenants.get(signup.tenant_id).tenant
    return _later(arrival, known, world)


def _first(arrival: _Arrival, world: World) -> Outcome:
    now = world.clock()
    tenant = _new_tenant(arrival.signup, world)
    _claim(tenant.loop_check, tenant.tenant_id, world)
    world.tenants.add(tenant)
    if not _is_new(arrival, world):
        # The same webhook came twice at once, and the other one found the record that this one had just made.
        return Outcome("known already")
    thread = Thread(now, _WEBHOOK, arrival.correlation_id)
    world.history.append(tenant.tenant_id, [thread.event(EventKind.SIGNUP, tenant.region, "", tenant.stage)])
    return Outcome("signed up", deliveries=(_asking(tenant, arrival, world),))


def _later(arrival: _Arrival, known: Tenant, world: World) -> Outcome:
    """Take over what changed; a webhook that was answered before has no effect, whatever it says."""
    signup = arrival.signup
    if world.journal.knows(_WEBHOOK, _key(arrival)):
        return Outcome("known already")
    signed_up_again(known, signup)  # a refusal claims nothing and does not use the webhook up
    if signup.loop_check is not None:
        _claim(signup.loop_check, signup.tenant_id, world)
    now = world.clock()
    thread = Thread(now, _WEBHOOK, arrival.correlation_id)

    def renewed(tenant: Tenant) -> Tenant:
        again = signed_up_again(tenant, signup)
        moment = now + GRACE if again.generation != tenant.generation else tenant.next_check_at
        return replace(again, next_check_at=min(tenant.next_check_at, moment))

    _, tenant = changed(signup.tenant_id, renewed, thread, world)
    # Last: whoever dies before this has the same webhook come again, and it finds its effect done.
    if not _is_new(arrival, world):
        return Outcome("known already")
    event = thread.event(EventKind.SIGNUP, signup.region, known.stage, "again")
    world.history.append(tenant.tenant_id, [event])
    return Outcome("signed up again", deliveries=(_asking(tenant, arrival, world),))


def _is_new(arrival: _Arrival, world: World) -> bool:
    return world.journal.first_time(_WEBHOOK, _key(arrival), world.clock())


def _key(arrival: _Arrival) -> str:
    """The sender's ids are its own: another account's cannot use them up."""
    return f"{arrival.signup.account_id} {arrival.webhook_id}"


def _asking(tenant: Tenant, arrival: _Arrival, world: World) -> Delivery:
    queue = Queue.PROVISION if tenant.stage is Stage.AWAITING_CONSENT else Queue.REMEDIATE
    cause = Cause.MOVE if tenant.moving_from is not None else Cause.SIGNUP
    return Delivery(queue, new_message(tenant, cause, world.clock(), arrival.correlation_id))


def _claim(loop_check: Secret, tenant_id: UUID, world: World) -> None:
    if not world.journal.claim(loop_check, tenant_id):
        raise NotAllowed("loop_check_guid: it is another tenant's, and each customer has its own")


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
        next_check_at=now + GRACE,
        company_name=signup.company_name,
        contact=signup.contact,
    )
