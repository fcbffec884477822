"""Runs that chance makes up: several workers, duplicates, copies that lag, and a few faults anywhere."""

from datetime import timedelta
from random import Random

from functions.shell import Handler
from local.twin.positions import Replicas
from shared.domain.messages import Queue
from shared.domain.tenants import Stage
from tests.simulation.faults import Fault
from tests.simulation.parts import PARTS, at
from tests.simulation.settling import settled
from tests.simulation.sim import HANDLERS, Setting, Sim

MOST_CALLS = 130
"""Faults are spread over so many calls."""


def chaos(seed: int, handlers: dict[Queue, Handler] | None = None) -> tuple[str, Sim, list[str]]:
    """Run what a seed says, to the end; give what it was, the world, and what was wrong."""
    dice = Random(f"chaos {seed}")
    part = dice.choice(list(PARTS))
    kinds = [dice.choice(list(Fault)) for _ in range(dice.choice((0, 1, 2, 2, 2, 3)))]
    faults = {dice.randrange(1, MOST_CALLS): kind for kind in kinds}
    workers, lost = dice.choice((1, 2, 2, 3)), dice.choice((0, 0, 20))
    is_told = handlers is None and seed % 2 == 0
    sim = at(part, seed, Setting(workers, 1, faults, lost, handlers or HANDLERS, is_told=is_told))
    if dice.random() < 0.3:
        sim.scene.directory.switches.replicas = Replicas.LAGGING
    for letter in list(sim.queues.letters):
        for _ in range(dice.choice((0, 0, 1, 2))):
            sim.queues.put(letter.queue, letter.body, timedelta(seconds=dice.randrange(6)))
    what = f"{part}, {workers} workers, {faults}, {lost} % lost deletes, {sim.scene.directory.switches.replicas}"
    for _ in range(6 if is_told else 0):
        sim.run(sim.clock.now + timedelta(seconds=20))
        sim.tick()
    sim.run()
    wrong = settled(sim, person=True)
    tenant = sim.record()
    if tenant is None or (tenant.stage is not PARTS[part].end and tenant.stage is not Stage.OFFBOARDED):
        wrong.append(f"it ends {tenant.stage if tenant else 'without a record'}")
    sim.close()
    return what, sim, wrong
