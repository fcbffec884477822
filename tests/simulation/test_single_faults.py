"""Every fault at every call of every part of a life: safe after every write, and in the end all is well."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.simulation.faults import Fault, applies, is_like_another
from tests.simulation.parts import PARTS, at
from tests.simulation.settling import settled
from tests.simulation.sim import Setting


@cache
def calls(part: str) -> list[tuple[str, str]]:
    """The calls of a part in which nothing goes wrong."""
    sim = at(part, 0, Setting())
    sim.run()
    return sim.trace


def wrong(part: str, fault: Fault) -> Iterator[str]:
    for number, (port, name) in enumerate(calls(part), 1):
        if not applies(fault, port, name) or is_like_another(fault, port, name):
            continue
        # Whoever sleeps has somebody beside him who wakes him up too late.
        sim = at(part, number, Setting(faults={number: fault}, workers=2 if fault is Fault.SLEEP else 1))
        sim.run()
        found = settled(sim)
        if sim.tenant().stage is not PARTS[part].end:
            found.append(f"it ends {sim.tenant().stage}")
        sim.close()
        yield from (f"{fault} at call {number}, {port}.{name}: {what}" for what in found)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (Fault.CRASH_BEFORE, Fault.RESET)])
@pytest.mark.parametrize("part", PARTS)
def test_any_single_fault_at_any_call_is_safe_and_ends_well(part: str, fault: Fault) -> None:
    assert list(wrong(part, fault)) == []
