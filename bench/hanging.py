"""One sample of B10, in a process of its own: a hung call to Exchange outlives its measurement, and ends with this one.

``python -m bench.hanging URL`` verifies the fleet and prints the seconds until every healthy tenant was done;
``without`` as a further word leaves the hanging ones out.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from bench.scenes import FEW, fleet, recorded, slots, verify
from shared import bootstrap
from shared.adapters.opening import open_exchange
from shared.adapters.settings import from_environment
from shared.application.ports import World
from shared.application.sinks import Notices
from shared.domain.tenants import Verdict
from tests.application.life import POLICY
from tests.fakes import new_world

FLEET, HANGING = 1000, 10


def hanging() -> frozenset[str]:
    """Which tenants get no answer: one in a hundred, spread over the whole fleet."""
    return frozenset(str(tenant.tenant_id) for tenant in fleet(recorded(FEW).tenant, FLEET)[:: FLEET // HANGING])


class _Warm:
    """Tokens that are there already: their cost has rows of its own."""

    def token(self, tenant_id: UUID, *, fresh: bool = False) -> str:  # noqa: ARG002 - the form of a token source
        return "warm"


def _assembled() -> World:
    """The product with its records in memory, for the row says nothing of storage; its queues are never used."""
    settings, clock = from_environment(os.environ), lambda: datetime.now(UTC)
    exchange = replace(open_exchange(settings, clock), tokens=_Warm())
    world = replace(new_world(exchange), clock=clock, new_id=uuid4)
    nobody: Any = None
    app = bootstrap.Application(settings, world, POLICY, nobody, nobody, nobody, nobody, Notices())
    bootstrap._application[:] = [app]  # noqa: SLF001 - in place of the one that the settings would make
    bootstrap._foundation[:] = [bootstrap.Foundation(settings, world, nobody, Notices())]  # noqa: SLF001
    return world


def main(*, is_whole: bool) -> float:
    """Verify everybody, with as many threads as the host has messages at work; seconds until the healthy are done."""
    silent, tenants = hanging(), fleet(recorded(FEW).tenant, FLEET)
    world = _assembled()
    for tenant in tenants:
        world.tenants.add(tenant)
    asked = [tenant for tenant in tenants if is_whole or str(tenant.tenant_id) not in silent]
    with_threads = ThreadPoolExecutor(slots())
    begun = time.monotonic()
    work = {with_threads.submit(verify, tenant): str(tenant.tenant_id) for tenant in asked}
    wait([future for future, tenant_id in work.items() if tenant_id not in silent])
    took = time.monotonic() - begun
    healthy = [tenant for tenant in asked if str(tenant.tenant_id) not in silent]
    found = [world.tenants.get(tenant.tenant_id).tenant for tenant in healthy]
    assert all(
        tenant.verdict is Verdict.HEALTHY and tenant.checked_at != old.checked_at
        for tenant, old in zip(found, healthy, strict=True)
    )
    return took


if __name__ == "__main__":
    print(main(is_whole="without" not in sys.argv), flush=True)
    os._exit(0)
