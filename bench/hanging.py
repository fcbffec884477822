"""One sample of B10, in a process of its own: a hung call to Exchange outlives its measurement, and ends with this one.

``python -m bench.hanging URL`` verifies the fleet and prints the seconds until every healthy tenant was done;
``without`` as a further word leaves the hanging ones out.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from uuid import UUID

from bench.scenes import FEW, fleet, recorded, slots, verify
from shared import bootstrap
from shared.domain.tenants import Verdict
from tests.fakes import new_world

FLEET, HANGING = 1000, 10


def hanging() -> frozenset[str]:
    """Which tenants get no answer: one in a hundred, spread over the whole fleet."""
    return frozenset(str(tenant.tenant_id) for tenant in fleet(recorded(FEW).tenant, FLEET)[:: FLEET // HANGING])


class _Warm:
    """Tokens that are there already: their cost has rows of its own."""

    def token(self, tenant_id: UUID, *, fresh: bool = False) -> str:  # noqa: ARG002 - the form of a token source
        return "warm"


def main(*, is_whole: bool) -> float:
    """Verify everybody, with as many threads as the host has messages at work; seconds until the healthy are done."""
    silent, tenants = hanging(), fleet(recorded(FEW).tenant, FLEET)
    app = bootstrap.application()
    exchange = replace(app.world.exchange, tokens=_Warm())  # type: ignore[type-var]
    world = replace(new_world(exchange), clock=app.world.clock, new_id=app.world.new_id)
    bootstrap._application[:] = [replace(app, world=world)]  # noqa: SLF001 - records in memory: the row says nothing of storage
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
    assert all(tenant.verdict is Verdict.HEALTHY and tenant.checked_at != old.checked_at for tenant, old in zip(found, healthy))
    return took


if __name__ == "__main__":
    print(main(is_whole="without" not in sys.argv), flush=True)
    os._exit(0)
