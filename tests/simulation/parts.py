"""The parts of a tenant's life that everything is tried on: how each begins, who asks for it, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from shared.domain.regions import Region
from shared.domain.tenants import Stage
from tests.application.life import SIGNUP
from tests.simulation.damage import FROM, LOOP_CHECK, TO
from tests.simulation.sim import Setting, Sim
from tests.simulation.snapshots import Snapshot


@dataclass(frozen=True)
class Part:
    """One part of a life.

    Attributes:
        begin: Where it begins; ``None`` for a tenant that nobody knows.
        ask: What somebody asks for, or does.
        end: The stage that it ends in.
    """

    begin: str | None
    ask: Callable[[Sim], None]
    end: Stage


def _broken(sim: Sim) -> None:
    """Several things are wrong at once, and the timer finds them."""
    sim.administrator(("Remove-TransportRule", {"Identity": LOOP_CHECK}))
    sim.administrator(("Set-OutboundConnector", {"Identity": TO, "SmartHosts": ["evil.example"]}))
    sim.administrator(("Set-InboundConnector", {"Identity": FROM, "Enabled": False}))
    sim.clock.advance(hours=2)
    sim.tick()


PARTS: dict[str, Part] = {
    "provision": Part(None, lambda sim: sim.sign_up(), Stage.STAGED),
    "activate": Part("staged", lambda sim: sim.ask("activate"), Stage.ACTIVE),
    "repair": Part("active", _broken, Stage.ACTIVE),
    "move": Part("active", lambda sim: sim.sign_up("msg_2", replace(SIGNUP, region=Region.US)), Stage.ACTIVE),
    "offboard": Part("active", lambda sim: sim.ask("offboard"), Stage.OFFBOARDED),
}


@cache
def begin(name: str, rules: int = 1) -> Snapshot:
    """A healthy tenant that is staged or active, made once by the product itself."""
    sim = Sim(-1, Setting(rules=rules))  # its ids must be no other run's
    sim.sign_up()
    sim.run()
    if name == "active":
        sim.ask("activate")
        sim.run()
    assert sim.tenant().stage == name
    assert sim.judge.violations == []
    return sim.snapshot()


def at(part: str, seed: int, setting: Setting) -> Sim:
    """A world in which a part of a life has just been asked for."""
    one = PARTS[part]
    sim = Sim(seed, setting, begin(one.begin, setting.rules) if one.begin else None)
    one.ask(sim)
    return sim
