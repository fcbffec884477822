"""Anything in any order, as hypothesis makes it up: administrators, operators, time, duplicates and faults."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from local.twin.positions import Replicas
from shared.application.wishing import freeze, release
from shared.domain.errors import KeeperError
from shared.domain.regions import Region
from tests.application.life import SIGNUP
from tests.simulation.damage import DAMAGES, Act
from tests.simulation.faults import Fault
from tests.simulation.parts import begin
from tests.simulation.settling import settled
from tests.simulation.sim import Setting, Sim

ORDERS = ("verify", "remediate", "activate", "deactivate", "pause", "hold", "resume", "offboard")


class Anything(RuleBasedStateMachine):
    """One tenant, and everything that may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sim = Sim()
        self.webhooks = 0

    @initialize(
        seed=st.integers(0, 2**16),
        workers=st.integers(1, 3),
        first=st.sampled_from(("active", "staged")),
        is_told=st.booleans(),
    )
    def made(self, seed: int, workers: int, first: str, *, is_told: bool) -> None:
        self.sim = Sim(seed, Setting(workers=workers, is_told=is_told), begin(first))

    @rule(act=st.sampled_from(DAMAGES))
    def damage(self, act: Act) -> None:
        self.sim.administrator(act)

    @rule(minutes=st.integers(1, 180))
    def wait(self, minutes: int) -> None:
        self.sim.run(self.sim.clock.now + timedelta(minutes=minutes))

    @rule()
    def tick(self) -> None:
        self.sim.tick()

    @rule(steps=st.integers(1, 40))
    def work(self, steps: int) -> None:
        """Stop in the middle: whoever is at work stays where it stands."""
        self.sim.some(steps)

    @rule(name=st.sampled_from(ORDERS))
    def order(self, name: str) -> None:
        until = self.sim.clock.now + timedelta(hours=3)
        more = {"reason": "a test", "until": until} if name in ("pause", "hold") else {}
        with suppress(KeeperError):
            self.sim.ask(name, **more)

    @rule(region=st.sampled_from((Region.EU, Region.US)))
    def sign_up(self, region: Region) -> None:
        self.webhooks += 1
        with suppress(KeeperError):
            self.sim.sign_up(f"again_{self.webhooks}", replace(SIGNUP, region=region))

    @rule(offset=st.integers(1, 30), fault=st.sampled_from(sorted(Fault)))
    def fault(self, offset: int, fault: Fault) -> None:
        self.sim.faults[len(self.sim.trace) + offset] = fault

    @precondition(lambda self: self.sim.queues.letters)
    @rule(which=st.integers(0, 9), seconds=st.integers(0, 900))
    def duplicate(self, which: int, seconds: int) -> None:
        letters = self.sim.queues.letters
        letter = letters[which % len(letters)]
        self.sim.queues.put(letter.queue, letter.body, timedelta(seconds=seconds))

    @rule(lagging=st.booleans())
    def copies(self, *, lagging: bool) -> None:
        self.sim.scene.directory.switches.replicas = Replicas.LAGGING if lagging else Replicas.ONE

    @rule(frozen=st.booleans())
    def brake(self, *, frozen: bool) -> None:
        if frozen:
            freeze("jane", "a test", self.sim.raw)
        else:
            release("jane", self.sim.raw)

    @invariant()
    def holds(self) -> None:
        assert self.sim.judge.violations == [], self.sim.judge.violations
        assert self.sim.bugs == [], self.sim.bugs

    def teardown(self) -> None:
        try:
            if self.sim.record() is not None:
                wrong = settled(self.sim, person=True)
                assert wrong == [], wrong
        finally:
            self.sim.close()
