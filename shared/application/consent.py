"""The administrator's consent: a signed state out, the same state back once, and a proof of access before it counts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.application.attempt import attempted
from shared.application.handlers import new_message
from shared.application.ports import Policy, World
from shared.application.provision import inspect
from shared.domain.consent_state import LIFETIME, ConsentState, opened, seal
from shared.domain.errors import KeeperError, Unauthentic
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.tenants import Stage, Tenant, Verdict

KEY = "consent-state"
"""The name of the deployment's key that states are signed with."""

_ADMINISTRATOR = "administrator"
_UNPROVED = frozenset({Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE, Verdict.NEEDS_HUMAN, Verdict.TENANT_GONE})
_PROOF_SECONDS = 30
"""Anybody may come back from here without ever having been at Entra: one proof in so many seconds is enough."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Entra sent the administrator back with.

    Attributes:
        state: The state, as it came.
        tenant: The tenant that the redirect names; anybody can write one there.
        error: Entra's word for a refusal; empty where there was none.
    """

    state: str
    tenant: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Consented:
    """What a consent came to.

    Attributes:
        tenant: The record afterwards.
        is_proved: Access was proved: the token is this tenant's, and so is the domain that was signed up.
        deliveries: The messages to send.
    """

    tenant: Tenant
    is_proved: bool
    deliveries: tuple[Delivery, ...] = ()


def invitation(tenant_id: UUID, world: World) -> str:
    """Make the state of one consent round trip.

    Raises:
        UnknownTenant: There is no such tenant.
    """
    world.tenants.get(tenant_id)
    state = ConsentState(tenant_id, world.clock() + LIFETIME, world.new_id())
    return seal(state, world.keys.get(KEY))


def consented(answer: Answer, world: World, policy: Policy) -> Consented:
    """Take in what Entra answered; only the state is believed, and only a proof of access counts.

    Raises:
        Unauthentic: The state is none of ours, too old, or was used before, or the redirect names another tenant.
        UnknownTenant: There is no such tenant any more.
    """
    now = world.clock()
    state = opened(answer.state, world.keys.get(KEY), now)
    if answer.tenant and answer.tenant.casefold() != str(state.tenant_id):
        raise Unauthentic("the consent was given in another tenant than the one that was signed up")
    if not world.journal.first_time("consent", state.nonce.hex, now):
        raise Unauthentic("the consent link was used before, is too old, or is none of ours: open a new one")
    tenant = world.tenants.get(state.tenant_id).tenant
    thread = Thread(now, _ADMINISTRATOR, world.new_id())
    if answer.error:
        refused = thread.event(EventKind.CONSENT, "", "", f"refused: {answer.error[:64]}")
        world.history.append(tenant.tenant_id, [refused])
        return Consented(tenant, is_proved=False)
    slot = f"{tenant.tenant_id} {int(now.timestamp()) // _PROOF_SECONDS}"
    if not world.journal.first_time("consent-proof", slot, now):
        # Whatever has changed meanwhile, the timer sees it.
        return Consented(tenant, is_proved=False)
    return _proved(tenant, thread, now, world, policy)


def _proved(tenant: Tenant, thread: Thread, now: datetime, world: World, policy: Policy) -> Consented:
    """Prove access with a token for this tenant and its accepted domains, then let the work begin or go on."""
    message = new_message(tenant, Cause.CONSENT, now, thread.correlation_id)
    queue = {Stage.AWAITING_CONSENT: Queue.PROVISION, Stage.OFFBOARDING: Queue.OFFBOARD}
    deliveries = (Delivery(queue.get(tenant.stage, Queue.VERIFY), message),)
    try:
        report, _ = attempted(message, world.tenants.get(tenant.tenant_id), inspect, world, policy)
    except KeeperError:
        # Entra and Exchange need a while to learn of a consent: the queue waits better than an administrator.
        return Consented(world.tenants.get(tenant.tenant_id).tenant, is_proved=False, deliveries=deliveries)
    is_proved = report.verdict not in _UNPROVED
    if is_proved:
        world.history.append(tenant.tenant_id, [thread.event(EventKind.CONSENT, "", "", "given")])
    return Consented(world.tenants.get(tenant.tenant_id).tenant, is_proved, deliveries)
