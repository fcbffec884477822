"""What the simulation once found, each by its own name."""

import pytest

from tests.simulation.faults import Fault
from tests.simulation.parts import at
from tests.simulation.sim import Setting


@pytest.mark.parametrize("call", [("wishes", "get"), ("tenants", "put"), ("tenants", "get")], ids="-".join)
def test_whoever_sleeps_in_storage_just_before_a_write_writes_nothing(call: tuple[str, str]) -> None:
    plain = at("activate", 0, Setting())
    plain.run()
    before_writes = [
        number
        for number in range(1, len(plain.trace))
        if plain.trace[number - 1] == call and ("exchange", "apply") in plain.trace[number : number + 2]
    ]
    for number in before_writes:
        sim = at("activate", 0, Setting(faults={number: Fault.SLEEP}, workers=2))
        sim.run()
        assert sim.judge.violations == []
