"""Parked messages: a person sends one again or drops it, once."""

import pytest

from shared.application.poison import decide, replay
from shared.domain.errors import InvalidMessage, NotAllowed, UnknownParked
from shared.domain.messages import Fate, Parked, Queue, encode
from shared.domain.tenants import Stage
from tests.fakes import NOW, TENANT_ID, new_message, new_tenant, new_world

BODY = encode(new_message(generation=1, attempt=12)).decode()


def parked(body: str = BODY, parked_id: str = "1") -> Parked:
    return Parked(parked_id, "remediate", "unavailable: away", body, NOW)


def test_a_replay_asks_for_what_is_wanted_now() -> None:
    world = new_world()
    world.tenants.add(new_tenant(Stage.ACTIVE, generation=5))
    world.journal.park(parked())
    (delivery,) = replay("1", "jane", world).deliveries
    message = delivery.message
    assert (delivery.queue, message.tenant_id, message.generation, message.attempt) == (
        Queue.REMEDIATE,
        TENANT_ID,
        5,
        1,
    )
    assert decide("1", Fate.REPLAYED, "jane", world).decided_by == "jane"
    assert world.journal.parked(None, 10) == ([], None)
    (event,) = world.history.page(TENANT_ID, None, 10)[0]
    assert (event.subject, event.before, event.actor) == ("replay remediate", "unavailable", "jane")


def test_what_was_decided_once_is_decided() -> None:
    world = new_world()
    world.journal.park(parked())
    decide("1", Fate.DROPPED, "jane", world)
    for again in (lambda: decide("1", Fate.DROPPED, "joe", world), lambda: replay("1", "joe", world)):
        with pytest.raises(NotAllowed):
            again()
    # The poison queue delivers it once more: it stays dropped.
    world.journal.park(parked())
    assert world.journal.parked(None, 10) == ([], None)


def test_what_says_nothing_cannot_be_replayed_and_stays() -> None:
    world = new_world()
    world.journal.park(parked("nonsense"))
    with pytest.raises(InvalidMessage):
        replay("1", "jane", world)
    assert len(world.journal.parked(None, 10)[0]) == 1
    with pytest.raises(UnknownParked):
        decide("2", Fate.DROPPED, "jane", world)
