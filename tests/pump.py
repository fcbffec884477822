"""Messages worked on one after another, each at its time, with all that follow from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from shared.application.handlers import Outcome, handle_reconcile, handle_verify
from shared.application.leave import handle_offboard
from shared.application.ports import Policy, Silence, World
from shared.application.recheck import handle_recheck
from shared.domain.messages import Delivery, Message, Queue
from tests.fakes import Clock

HANDLERS: dict[Queue, Callable[[Message, World, Policy], Outcome]] = {
    Queue.PROVISION: handle_reconcile,
    Queue.REMEDIATE: handle_reconcile,
    Queue.VERIFY: handle_verify,
    Queue.OFFBOARD: handle_offboard,
}


@dataclass
class Endings(Silence):
    """Hears which decisions of people end."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def ending(self, whose: str, reason: str) -> None:
        self.told.append((whose, reason))


def pump(clock: Clock, world: World, policy: Policy, deliveries: Iterable[Delivery]) -> list[str]:
    """Work on messages and on all that follow, each at its time, until there are none; gives what each came to."""
    waiting = [(clock.now + delivery.delay, delivery) for delivery in deliveries]
    notes: list[str] = []
    for _ in range(60):
        if not waiting:
            return notes
        waiting.sort(key=lambda pair: pair[0])
        due, delivery = waiting.pop(0)
        clock.now = max(clock.now, due)
        outcome = HANDLERS[delivery.queue](delivery.message, world, policy)
        notes.append(outcome.note)
        waiting += [(clock.now + following.delay, following) for following in outcome.deliveries]
    raise AssertionError(f"the messages do not come to an end: {notes[-5:]}")


def turn(clock: Clock, world: World, policy: Policy) -> list[str]:
    """Let the timer fire once, and work on all that follows; gives what the timer had to say."""
    endings = Endings()
    heard = replace(world, telemetry=endings)
    pump(clock, world, policy, list(handle_recheck(heard, policy)))
    return [reason for _, reason in endings.told]
