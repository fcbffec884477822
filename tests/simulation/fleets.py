"""Many tenants that are copies of one healthy tenant, over an Exchange that answers from memory."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from shared.domain.errors import Throttled, Unavailable
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Kind
from shared.domain.schedule import next_turn
from shared.domain.steps import Applied, Step
from shared.domain.survey import Survey
from shared.domain.tenants import Tenant
from tests.application.life import POLICY
from tests.fakes import TENANT_ID, MemoryTenants
from tests.simulation.damage import TO
from tests.simulation.parts import begin
from tests.simulation.seams import LONGEST_WRITE
from tests.simulation.sim import Setting, Sim


@dataclass
class Stub:
    """An Exchange in which every tenant shows the same, unless it is broken or hangs.

    Attributes:
        sim: The run.
        shown: What a healthy tenant shows.
        broken: Whose outbound connector is off.
        hanging: Who never answers: its deadline ends the call.
        throttled: Whom Exchange always asks to come again in two minutes.
        looks: How often each tenant was looked at.
        repairs: Who was written to, in order.
    """

    sim: Sim
    shown: Observation
    broken: set[UUID] = field(default_factory=set)
    hanging: set[UUID] = field(default_factory=set)
    throttled: set[UUID] = field(default_factory=set)
    looks: Counter[UUID] = field(default_factory=Counter)
    repairs: list[UUID] = field(default_factory=list)

    def observe(self, tenant: Tenant) -> Observation:
        self.looks[tenant.tenant_id] += 1
        if tenant.tenant_id in self.hanging:
            self.sim.stall(LONGEST_WRITE)
            raise Unavailable("no answer came in time")
        if tenant.tenant_id in self.throttled:
            raise Throttled("too many calls", timedelta(seconds=120))
        if tenant.tenant_id not in self.broken:
            return self.shown
        reading = self.shown[Kind.OUTBOUND_CONNECTOR]
        assert isinstance(reading, Complete)
        rows = tuple({**row, "Enabled": False} if row["Name"] == TO else row for row in reading.rows)
        return {**self.shown, Kind.OUTBOUND_CONNECTOR: Complete(rows)}

    def survey(self, tenant: Tenant) -> Survey:
        raise AssertionError(f"nobody looks thoroughly at {tenant.tenant_id}")

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        self.repairs.append(tenant.tenant_id)
        if step.name == TO:
            self.broken.discard(tenant.tenant_id)
        return Applied()


def fleet(seed: int, count: int, setting: Setting) -> tuple[Sim, Stub, list[UUID]]:
    """So many healthy, active tenants, each with its own turn in the hour."""
    sim = Sim(seed, setting, begin("active"))
    one = sim.tenant()
    stub = Stub(sim, sim.raw.exchange.observe(one))
    ids = [UUID(int=sim.dice.getrandbits(128), version=4) for _ in range(count)]
    tenants = MemoryTenants()
    for tenant_id in ids:
        turn = next_turn(tenant_id, sim.clock.now, POLICY.period)
        tenants.add(replace(one, tenant_id=tenant_id, lease=None, next_check_at=turn))
    assert TENANT_ID not in tenants.rows
    sim.live_in(replace(sim.raw, exchange=stub, tenants=tenants))
    return sim, stub, ids
