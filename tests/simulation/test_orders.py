"""An operator decides in the middle of a worker's work: nothing of the older wish is written once it can be known."""

from datetime import timedelta

import pytest

from shared.application.wishing import freeze, release
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


def test_a_freeze_at_any_moment_of_a_repair_counts_from_the_next_write_on() -> None:
    plain = at("repair", 0, Setting())
    plain.run()
    some = 0
    for number in range(1, len(plain.trace)):
        sim = at("repair", number, Setting())
        done: list[int] = []

        def braked(sim: Sim = sim, done: list[int] = done) -> None:
            freeze("jane", "a test", sim.raw)
            done.append(mark(sim))

        sim.happenings[number] = braked
        sim.run()
        # One whose order was already on its way is carried out; the next one is not.
        late = writes(sim, done[0])
        some += len(late)
        assert len(late) <= 1, (number, late)
        assert sim.judge.violations == []
        release("jane", sim.raw)
        assert settled(sim) == [], number
    assert some < len(plain.trace) / 4


def test_a_sealer_that_an_administrator_adds_while_a_tenant_leaves_stays() -> None:
    plain = at("offboard", 0, Setting())
    start = mark(plain)
    plain.run()
    sealer = "arc.wattle.example"
    lost = []
    last_write = max(count for count, call in enumerate(plain.trace, 1) if call == ("exchange", "apply"))
    last_read = max(count for count, call in enumerate(plain.trace[:last_write], 1) if call == ("exchange", "observe"))
    for number in range(1, len(plain.trace)):
        sim = at("offboard", number, Setting())
        sim.happenings[number] = lambda sim=sim: added(sim, sealer)  # type: ignore[misc]
        sim.run()
        assert settled(sim) == [], number
        if sealer not in str(sim.scene.state()["arc"]):
            lost.append(number)
    assert [entry["cmdlet"] for entry in writes(plain, start)][-1] == "Set-ArcConfig"
    # Only between the last read and the write itself can nobody know of it: that is a few calls of storage.
    assert lost == list(range(last_read + 1, last_write + 1))
    assert last_write - last_read < 6


def added(sim: Sim, sealer: str) -> None:
    """Let an administrator trust one more sealer."""
    there = sim.scene.state()["arc"][0]["ArcTrustedSealers"]
    sim.administrator(("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": [*there, sealer]}))  # type: ignore[misc]


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
