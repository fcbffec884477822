"""What becomes of the parked messages of a tenant that is found well: nobody has to decide on them any more."""

from dataclasses import replace
from datetime import datetime

from shared.application.ports import World
from shared.application.witness import KEEPER
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Fate, Message


def resolve(message: Message, since: datetime, world: World) -> None:
    """Close what was parked about a message's tenant before it was looked at and found well.

    Args:
        message: What led to the look.
        since: When the look began; what was parked later has a look of its own.
        world: The outside.
    """
    found = [parked for parked in world.journal.parked_about(message.tenant_id) if parked.parked_at <= since]
    thread = Thread(world.clock(), KEEPER, message.correlation_id)
    for parked in found:
        world.journal.park(replace(parked, fate=Fate.RESOLVED, decided_by=KEEPER, decided_at=thread.at))
    if found:
        event = thread.event(
            EventKind.OPERATOR, "parked messages", f"{len(found)} open", "resolved: the tenant is well"
        )
        world.history.append(message.tenant_id, [event])
