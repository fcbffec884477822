"""Parked messages: the keeper looks whether the tenant is well all the same, a person sends one again or drops it."""

from dataclasses import replace

from shared.application.handlers import Outcome, new_message
from shared.application.ports import World
from shared.domain.errors import InvalidMessage, NotAllowed, UnknownParked, UnknownTenant
from shared.domain.history import EventKind, Thread
from shared.domain.letters import Outbox, Posting, decode_letter
from shared.domain.messages import Cause, Delivery, Fate, Message, Parked, Queue, decode
from shared.domain.tenants import LEAVING


def look_again(parked: Parked, world: World) -> tuple[Delivery, ...]:
    """Ask for a look at the tenant of a message that was parked; where it is well, the message is closed.

    Nobody is asked about a tenant that is unknown or leaves; and a look that was parked itself leads to no other one.
    """
    try:
        message = decode(parked.body.encode("utf-8", "backslashreplace"))
        tenant = world.tenants.get(message.tenant_id).tenant
    except (InvalidMessage, UnknownTenant):
        return ()
    if message.cause is Cause.PARKED or tenant.stage in LEAVING:
        return ()
    return (Delivery(Queue.VERIFY, new_message(tenant, Cause.PARKED, world.clock(), message.correlation_id)),)


def replay(parked_id: str, by: str, world: World) -> Outcome:
    """Ask for the work of a parked message once more, of what is wanted now; call ``decide`` once it is sent.

    Raises:
        UnknownParked: There is no such message.
        NotAllowed: It was decided on before.
        InvalidMessage: It says nothing that could be sent.
    """
    parked = _open(parked_id, world)
    if parked.queue == Outbox.NOTIFY:
        letter = decode_letter(parked.body.encode("utf-8", "backslashreplace"))
        return Outcome("replayed", postings=(Posting(replace(letter, attempt=1)),))
    message = decode(parked.body.encode("utf-8", "backslashreplace"))
    try:
        generation = world.tenants.get(message.tenant_id).tenant.generation
    except UnknownTenant:
        generation = message.generation
    anew = replace(message, attempt=1, generation=generation)
    _tell(message, by, "replay", parked, world)
    return Outcome("replayed", deliveries=(Delivery(Queue(parked.queue), anew),))


def decide(parked_id: str, fate: Fate, by: str, world: World) -> Parked:
    """Note what a person made of a parked message.

    Raises:
        UnknownParked: There is no such message.
        NotAllowed: It was decided on before.
    """
    parked = replace(_open(parked_id, world), fate=fate, decided_by=by, decided_at=world.clock())
    world.journal.park(parked)
    return parked


def _open(parked_id: str, world: World) -> Parked:
    parked = world.journal.find_parked(parked_id)
    if parked is None:
        raise UnknownParked("there is no such parked message")
    if parked.fate is not Fate.OPEN:
        raise NotAllowed(f"the message was {parked.fate} before")
    return parked


def _tell(message: Message, by: str, what: str, parked: Parked, world: World) -> None:
    thread = Thread(world.clock(), by, message.correlation_id)
    event = thread.event(EventKind.OPERATOR, f"{what} {parked.queue}", parked.reason.partition(":")[0], "")
    world.history.append(message.tenant_id, [event])
