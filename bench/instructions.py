"""Bytecode instructions of the pure core, counted: the same on every machine, so that CI can hold them to a budget.

``python -m bench.instructions`` writes what it counts to ``bench/budget.json``. Needs Python 3.12 (PEP 669).
"""

import gc
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.application.looks import Sight, seen
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.observation import Complete
from shared.domain.plan import plan
from shared.domain.resources import Kind
from shared.domain.tenants import Tenant
from shared.domain.values import Row
from tests.application.life import POLICY
from tests.domain.world import NOW, SPEC, edited, fresh, healthy, rows, tenant_of

BUDGET = Path(__file__).with_name("budget.json")
GROWTH = 0.05
"""By how much a count may grow before somebody has to say that it may."""
_FOREIGN = 40
_TOOL = "mailflow-keeper-budget"


def counted(work: Callable[[], object]) -> int:
    """Run some work twice, and count the instructions of the second time: the first one fills every cache.

    What other threads do meanwhile, and what a collection of garbage runs, is none of it.
    """
    work()
    monitoring: Any = vars(sys)["monitoring"]  # the type checker looks with the eyes of 3.11, which has none
    count, mine = 0, threading.get_ident()

    def one(*_: object) -> None:
        nonlocal count
        count += threading.get_ident() == mine

    collects = gc.isenabled()
    gc.disable()

    monitoring.use_tool_id(monitoring.PROFILER_ID, _TOOL)
    monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.INSTRUCTION, one)
    try:
        monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.INSTRUCTION)
        work()
    finally:
        monitoring.set_events(monitoring.PROFILER_ID, 0)
        monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.INSTRUCTION, None)
        monitoring.free_tool_id(monitoring.PROFILER_ID)
        if collects:
            gc.enable()
    return count


def counts() -> Mapping[str, int]:
    """What each part of the core takes for one tenant, the whole for one that is well, damaged, and new, and a look.

    A look is everything that is made of what was read, among forty rules of somebody else.
    """
    tenant = tenant_of()
    desired = desired_state(tenant, SPEC)
    damaged = edited(healthy(tenant), desired[0].name, Enabled=False)

    def core(world: Mapping[Kind, object]) -> Callable[[], object]:
        def work() -> object:
            drifts = diff(desired, world, tenant.owned, active=True)  # type: ignore[arg-type]
            return plan(desired, world, drifts, tenant.fail_policy)  # type: ignore[arg-type]

        return work

    crowded, policy = _crowded(tenant), replace(POLICY, spec=SPEC)

    def look() -> Sight:
        # Anew each time: what follows from a list is worked out once for each answer.
        return seen(tenant, {kind: Complete(rows) for kind, rows in crowded.items()}, NOW, policy)

    assert not look().drifts
    return {
        "look": counted(look),
        "desired": counted(lambda: desired_state(tenant, SPEC)),
        "healthy": counted(core(healthy(tenant))),
        "damaged": counted(core(damaged)),
        "fresh": counted(core(fresh(tenant))),
    }


def _crowded(tenant: Tenant) -> Mapping[Kind, tuple[Row, ...]]:
    """What a healthy tenant reads back that has forty rules of its own above ours."""
    world = healthy(tenant)
    rules = rows(world, Kind.TRANSPORT_RULE)
    foreign = [{**rules[0], "Name": f"Foreign {number}"} for number in range(_FOREIGN)]
    ranked = tuple({**rule, "Priority": place} for place, rule in enumerate([*foreign, *rules[-2:]]))
    return {kind: ranked if kind is Kind.TRANSPORT_RULE else rows(world, kind) for kind in world}


def version() -> str:
    """Whose bytecode it is: each minor version compiles to its own."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


if __name__ == "__main__":
    known = json.loads(BUDGET.read_text("utf-8")) if BUDGET.exists() else {}
    BUDGET.write_text(json.dumps({**known, version(): counts()}, indent=2, sort_keys=True) + "\n", "utf-8")
