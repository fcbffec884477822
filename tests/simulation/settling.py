"""When nothing goes wrong any more: everything must come to its end, once, and stay there."""

from local.demo.items import ITEMS, OURS
from local.twin.positions import Replicas
from shared.application.failures import open_parked
from shared.application.wishing import release
from shared.domain.incidents import LIVE, IncidentCause
from shared.domain.tenants import LEAVING, Stage, Verdict
from tests.simulation.judge import guids, path_faults, regions
from tests.simulation.sim import Sim

MOST_ROUNDS = 8
"""Hours within which a tenant must be well."""

_FOR_A_PERSON = frozenset({Verdict.CONTESTED, Verdict.NEEDS_HUMAN})
_NOUNS = {ITEMS[0]: "InboundConnector", ITEMS[1]: "OutboundConnector"}
_WANTED = {
    Stage.STAGED: ["on", "on", "off", "off", "on", "on"],
    Stage.ACTIVE: ["on"] * 6,
    Stage.PAUSED: ["on", "on", "on", "off", "on", "on"],
}


def settled(sim: Sim, *, person: bool = False) -> list[str]:
    """Let faults end and time pass; give everything that is wrong then.

    Args:
        sim: The run.
        person: Somebody decides where the product asks for a decision.
    """
    sim.faults.clear()
    sim.queues.lost_deletes = sim.receiver.deaf = 0
    sim.scene.directory.switches.replicas = Replicas.ONE
    sim.run()
    for done in range(MOST_ROUNDS):
        if person:
            _decide(sim)
        # What an administrator did last, nobody has seen yet.
        if is_well(sim) and (done or not sim.is_damaged):
            break
        sim.later()
        sim.run()
    wrong = [*sim.judge.violations, *sim.bugs, *_leaks(sim)]
    if not is_well(sim):
        tenant = sim.record()
        told = f"{tenant.stage} {tenant.verdict} {tenant.reason}" if tenant else "no record"
        return [*wrong, f"L1 not well after {MOST_ROUNDS} hours: {told}; {sim.scene.items()}"]
    return [*wrong, *_stays(sim)]


def is_well(sim: Sim) -> bool:
    """Whether the tenant is what is wanted of it, and its record says so."""
    tenant = sim.record()
    if tenant is None:
        return False
    if tenant.stage is Stage.OFFBOARDED:
        return set(list(sim.scene.items().values())[:5]) == {"missing"} or _only_strangers_left(sim)
    wanted = _WANTED.get(tenant.stage)
    is_as_wanted = wanted == [sim.scene.items()[name] for name in ITEMS]
    return is_as_wanted and tenant.verdict is Verdict.HEALTHY and tenant.moving_from is None


def _only_strangers_left(sim: Sim) -> bool:
    return not sim.judge.made & guids(sim.scene.state()).keys()


def _decide(sim: Sim) -> None:
    """A person looks at what the product asks about: what wears our names goes, and the product tries again."""
    release("joe", sim.raw)
    tenant = sim.record()
    if tenant is None or tenant.stage in LEAVING or (tenant.verdict not in _FOR_A_PERSON and tenant.hold is None):
        return
    if tenant.verdict is Verdict.NEEDS_HUMAN:
        mine = {str(guid) for guid in tenant.owned.values()}
        for guid, name in guids(sim.scene.state()).items():
            if name in OURS and guid not in mine:
                sim.administrator((f"Remove-{_NOUNS.get(name, 'TransportRule')}", {"Identity": guid}))
    sim.ask("resume" if tenant.hold else "remediate")
    sim.run()


def _stays(sim: Sim) -> list[str]:
    """One of each, nothing more to write, nothing under way, and nothing set aside without a cause."""
    tenant = sim.tenant()
    wrong = []
    state = sim.scene.state()
    if tenant.stage is Stage.ACTIVE:
        wrong += [f"S1 at the end: {what}" for what in path_faults(state, tenant)]
    if tenant.stage is not Stage.OFFBOARDED:
        names = list(guids(state).values())
        wrong += [f"L2 {name} is there {names.count(name)} times" for name in OURS if names.count(name) != 1]
        if regions(state) != {tenant.region.value}:
            wrong.append(f"L1 the connectors show {regions(state)}, wanted is {tenant.region}")
    writes = sim.scene.writes()
    sim.later()
    sim.run()
    # A pause that ends just then is another wish.
    if sim.tenant().generation == tenant.generation and sim.scene.writes() != writes:
        wrong.append(f"L3 the next look writes again: {sim.scene.writes()[len(writes) :]}")
    if sim.queues.letters:
        wrong.append(f"L4 {len(sim.queues.letters)} messages are left")
    wrong += _told(sim)
    return wrong + [f"L4 set aside of a healthy tenant: {reason}" for reason in set_aside(sim)]


def _told(sim: Sim) -> list[str]:
    """What people would still be told of a tenant that is well; what a person set aside, a person takes up."""
    if not sim.setting.is_told:
        return []
    sim.later(hours=4, ticks=4)
    sim.run()
    causes = [each.incident.cause for each in sim.raw.incidents.all() if each.incident.phase in LIVE]
    live = [f"N2 {cause} is told of, and nothing is wrong" for cause in causes if cause is not IncidentCause.PARKED]
    return [*live, *sim.receiver.wrong()]


def set_aside(sim: Sim) -> list[str]:
    """Why messages are in the poison queues; one that was worked on and whose deletions were lost may be there."""
    now = sim.clock.now
    letters = [letter for letter in sim.queues.poison if not letter.lost]
    opened = (open_parked(letter.queue, "id", letter.body.decode(), now) for letter in letters)
    return [f"{letter.queue}: {letter.reason}" for letter in opened]


def _leaks(sim: Sim) -> list[str]:
    return ["S9 the secret in a message"] if sim.queues.leaks else []
