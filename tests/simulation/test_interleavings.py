"""Several workers, duplicates and faults in seeded order: safe, well in the end, and the same again."""

import pytest
from hypothesis import Phase, settings

from tests.simulation.chaos import chaos
from tests.simulation.faults import Fault
from tests.simulation.machine import Anything
from tests.simulation.naive import NAIVE
from tests.simulation.parts import at
from tests.simulation.sim import Setting

CHUNKS = 8
SEEDS = 15


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_order_of_calls_and_no_faults_do_harm(chunk: int) -> None:
    for seed in range(chunk * SEEDS, (chunk + 1) * SEEDS):
        what, _, wrong = chaos(seed)
        assert wrong == [], f"seed {seed}: {what}"


def test_the_same_seed_replays_the_same_run_and_another_another() -> None:
    runs = []
    for seed in (7, 7, 8):
        what, sim, _ = chaos(seed)
        writes = [(entry["time"], entry["cmdlet"]) for entry in sim.scene.directory.history]
        runs.append((what, sim.trace, writes, sim.tenant(), sim.clock.now))
    assert runs[0] == runs[1]
    assert runs[0][1] != runs[2][1]


def test_a_product_written_in_a_hurry_is_caught_in_every_run_and_at_every_invariant_that_it_breaks() -> None:
    caught = [chaos(seed, NAIVE)[2] for seed in range(30)]
    assert all(caught)
    kinds = {what.split()[0] for wrong in caught for what in wrong}
    assert kinds >= {"S1", "S2", "S3", "S5", "S7", "L1", "L3"}, kinds


def test_two_workers_without_a_lease_are_caught_writing_in_turn() -> None:
    found = set()
    for seed in range(20):
        # Whatever one of them mends, an administrator breaks again for the other.
        faults = dict.fromkeys(range(4, 60, 2), Fault.DAMAGE)
        sim = at("activate", seed, Setting(workers=2, handlers=NAIVE, faults=faults))
        (letter,) = sim.queues.letters
        sim.queues.put(letter.queue, letter.body)
        sim.run()
        found |= {what.split()[0] for what in sim.judge.violations}
    assert "H1" in found


class TestAnything(Anything.TestCase):  # type: ignore[misc, valid-type]
    """The state machine, short and the same every time."""

    settings = settings(
        max_examples=40,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        # Shrinking a run takes minutes, in which nobody would hear what is wrong: twenty steps can be read.
        phases=(Phase.generate,),
    )
