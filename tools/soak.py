"""Simulate for a while: pairs of faults, random interleavings, and anything in any order; every failure has its seed.

``python tools/soak.py --seconds 600`` goes through seeds from ``--first`` on; ``--seed 4711`` replays one run.
"""

import argparse
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.chaos import chaos
from tests.simulation.faults import Fault
from tests.simulation.machine import Anything
from tests.simulation.parts import PARTS, at
from tests.simulation.settling import settled
from tests.simulation.sim import Setting

PAIRS = 2
"""Every second seed is a pair of faults in one worker's run; the others are interleavings."""
_LIVES = 20
"""How many lives of the state machine are tried before the time is looked at again."""
_MACHINE_SHARE = 5
"""The state machine gets one part in so many of the time."""


def pair(seed: int) -> tuple[str, Counter[str], list[str]]:
    """Run one part of a life with two faults."""
    dice = Random(f"pair {seed}")
    part = dice.choice(list(PARTS))
    first, second = sorted(dice.sample(range(1, 100), 2))
    faults = {first: dice.choice(list(Fault)), second: dice.choice(list(Fault))}
    sim = at(part, seed, Setting(faults=faults, workers=2 if Fault.SLEEP in faults.values() else 1))
    sim.run()
    wrong = settled(sim, person=True)
    if sim.tenant().stage is not PARTS[part].end:
        wrong.append(f"it ends {sim.tenant().stage}")
    sim.close()
    return f"{part}, {faults}", Counter(map(str, faults.values())), wrong


def run(seed: int) -> tuple[str, Counter[str], list[str]]:
    """Run what a seed says."""
    if seed % PAIRS == 0:
        return pair(seed)
    what, sim, wrong = chaos(seed)
    return what, Counter(map(str, sim.setting.faults.values())), wrong


def replayed(seed: int) -> int:
    """Run one seed and say everything about it."""
    what, _, wrong = run(seed)
    print(f"seed {seed}: {what}")
    for line in wrong:
        print(f"  {line}")
    print("safe and well" if not wrong else f"{len(wrong)} violations")
    return 1 if wrong else 0


def soaked(seconds: float, first: int) -> int:
    """Go through seeds until the time is over, then let hypothesis make things up for the rest."""
    begun = time.monotonic()
    end = begun + seconds * (1 - 1 / _MACHINE_SHARE)
    faults: Counter[str] = Counter()
    failed: list[int] = []
    runs = 0
    for seed in count(first):
        if time.monotonic() >= end:
            break
        what, met, wrong = run(seed)
        runs += 1
        faults += met
        if wrong:
            failed.append(seed)
            print(f"seed {seed}: {what}\n  " + "\n  ".join(wrong) + f"\n  replay it: make soak SEED={seed}", flush=True)
    print(f"{runs} runs, seeds {first} to {first + runs - 1}, {time.monotonic() - begun:.0f} s")
    print("faults: " + ", ".join(f"{name} {number}" for name, number in sorted(faults.items())))
    print(f"{len(failed)} runs with violations" + (f": {failed[:50]}" if failed else ""), flush=True)
    machines = _machines(begun + seconds)
    return 1 if failed or machines else 0


def _machines(end: float) -> int:
    """Let hypothesis make up lives of fifty steps; it prints the steps of one that fails, as short as it can."""
    lives = failed = 0
    while time.monotonic() < end and not failed:
        many = settings(
            max_examples=_LIVES,
            stateful_step_count=50,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(Anything, settings=many)
        except AssertionError as error:
            failed = 1
            print(f"the state machine: {error}")
            print("\n".join(getattr(error, "__notes__", [])))
        lives += _LIVES
    print(f"{lives} lives of up to fifty steps, {failed} with violations")
    return failed


def main() -> int:
    """Soak, or replay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    asked = parser.parse_args()
    return replayed(asked.seed) if asked.seed is not None else soaked(asked.seconds, asked.first)


if __name__ == "__main__":
    sys.exit(main())
