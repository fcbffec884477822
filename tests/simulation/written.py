"""What the product asked of a tenant, read off the twin's own history."""

from typing import Any

from local.twin.running import APPLICATION
from tests.simulation.sim import Sim

SEEDS = range(20)
"""How often each case is run."""


def asked(sim: Sim, since: int = 0) -> list[dict[str, Any]]:
    """Every cmdlet of the product, in order."""
    return [entry for entry in sim.scene.directory.history[since:] if entry["actor"] == APPLICATION]


def writes(sim: Sim, since: int = 0) -> list[dict[str, Any]]:
    """Every write of the product, whether it had an effect or not."""
    return [entry for entry in asked(sim, since) if not entry["cmdlet"].startswith("Get-")]


def mark(sim: Sim) -> int:
    """A moment in the twin's history."""
    return len(sim.scene.directory.history)


def spoken(entry: dict[str, Any]) -> tuple[str, str]:
    """A cmdlet and the object that it is about."""
    parameters = entry["parameters"]
    return entry["cmdlet"], str(parameters.get("Identity") or parameters.get("Name"))


def name_of(sim: Sim, identity: str) -> str:
    """The name of one of our objects, by its Guid or its name."""
    names = {str(guid): name for name, guid in sim.tenant().owned.items()}
    return names.get(identity, identity)
