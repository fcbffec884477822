"""An operator decides in the middle of a worker's work: nothing of the older wish is written once it can be known."""

from datetime import timedelta

import pytest

from shared.domain.tenants import Stage
from tests.simulation.parts import at
from tests.simulation.settling import settled
from tests.simulation.sim import Setting, Sim
from tests.simulation.written import mark, writes

ORDERS = {"deactivate": Stage.STAGED, "pause": Stage.PAUSED, "offboard": Stage.OFFBOARDED}


def asked(sim: Sim, name: str) -> None:
    until = sim.clock.now + timedelta(days=9)
    sim.ask(name, **({"reason": "a test", "until": until} if name == "pause" else {}))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("part", ["activate", "move"])
def test_an_order_at_any_moment_of_the_work_counts_from_the_next_look_at_the_record_on(part: str, order: str) -> None:
    plain = at(part, 0, Setting())
    plain.run()
    for number in range(1, len(plain.trace), 3):
        sim = at(part, number, Setting())
        sim.happenings[number] = lambda sim=sim: asked(sim, order)  # type: ignore[misc]
        sim.run()
        assert settled(sim) == [], number
        assert sim.tenant().stage is ORDERS[order], number


def test_an_old_message_that_comes_after_an_order_writes_nothing() -> None:
    sim = at("activate", 0, Setting())
    letters = list(sim.queues.letters)
    sim.run()
    sim.ask("deactivate")
    sim.run()
    start = mark(sim)
    for letter in letters:
        sim.queues.put(letter.queue, letter.body)
    sim.run()
    assert writes(sim, start) == []
    assert settled(sim) == []
