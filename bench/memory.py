"""B7: what a turn of the timer holds in memory at its worst, over fleets of three sizes, each in a process of its own.

Records come as storage gives them, a page of a thousand rows at a time and each row read anew; sending takes longer
than finding, so that whatever is queued up between the two shows. Claims cost nothing here: speed has a row of its own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast
from uuid import UUID

import requests

from bench.rows import Goal, Row
from bench.scenes import FEW, NO_ACCOUNT, NOBODY, ROOT, recorded, settings
from functions.shell import sweep
from shared import bootstrap
from shared.adapters.heartbeat import Heartbeat
from shared.adapters.queues import Depth, Queues
from shared.adapters.sessions import Sessions
from shared.adapters.settings import from_environment
from shared.adapters.tenant_rows import from_row, to_row
from shared.application.sinks import Notices
from shared.domain.headcount import Counted
from shared.domain.messages import Delivery
from shared.domain.tenants import Record, Tenant
from tests.application.life import POLICY
from tests.fakes import MemoryTenants, new_world

SIZES = (10_000, 30_000, 100_000)
REPEATS = 5
_PAGE = 1000
_SENDING_S = 0.0002
_MOST_MB = 64
_NOISE_MB = 8
"""What two processes differ by without any reason of ours."""
_AT_ONCE = 2
_LOOK = 100
"""Messages between two looks at the process."""


@dataclass
class Fleet(MemoryTenants):
    """Tenants that are made while they are read."""

    tenant: Tenant | None = None
    size: int = 0

    def due(self, now: datetime) -> Iterator[Record]:  # noqa: ARG002 - everybody is due
        """Make everybody, who is due."""
        assert self.tenant is not None
        written = to_row(self.tenant)
        for page in range(0, self.size, _PAGE):
            rows = [{**written, "PartitionKey": "0", "RowKey": str(UUID(int=n))} for n in range(page, page + _PAGE)]
            yield from (Record(from_row(row), "1") for row in rows)

    def put(self, record: Record, tenant: Tenant) -> Record:
        """Keep nothing."""
        return replace(record, tenant=tenant)

    def counted(self) -> Iterator[Counted]:
        """Nobody is counted here."""
        return iter(())


class Slow:
    """A queue to which sending takes its time; it looks now and then how large the process is."""

    def __init__(self) -> None:
        self.sent, self.peak, self._lock = 0, 0.0, threading.Lock()

    def send(self, delivery: Delivery) -> None:  # noqa: ARG002 - it is dropped
        """Take as long as a queue does, and drop it."""
        time.sleep(_SENDING_S)
        with self._lock:
            self.sent += 1
            if self.sent % _LOOK == 0:
                self.peak = max(self.peak, resident())

    def depths(self, now: datetime) -> Iterator[Depth]:  # noqa: ARG002 - nothing waits
        """Nothing waits."""
        return iter(())


def rows() -> list[Row]:
    """Measure; two processes at once, because none is timed."""
    found: dict[int, list[float]] = {size: [] for size in SIZES}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        values = settings(NOBODY, NO_ACCOUNT, Path(folder))
        waiting = [size for _ in range(REPEATS) for size in SIZES]
        for size, megabytes in _measured(waiting, {**os.environ, **values}):
            found[size].append(megabytes)
    small, large = (median(found[size]) for size in (SIZES[0], SIZES[-1]))
    is_steady = large <= small + _NOISE_MB
    goal = Goal(f"≤ {_MOST_MB} MB, not growing", lambda megabytes: megabytes <= _MOST_MB and is_steady)
    what = f"peak extra MB of a sweep of {SIZES[-1]:,} tenants, beside {SIZES[0]:,}"
    return [Row("B7", what, goal, large, small, found[SIZES[-1]])]


def _measured(sizes: list[int], environment: Mapping[str, str]) -> Iterator[tuple[int, float]]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from zip(sizes, pool.map(partial(_child, environment), sizes), strict=True)


def _child(environment: Mapping[str, str], size: int) -> float:
    command = [sys.executable, "-m", "bench.memory", str(size)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(ended.stdout)


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def extra(size: int) -> float:
    """Sweep once a little and once the whole fleet; megabytes by which the process is larger at its worst."""
    _swept(_PAGE)
    before = resident()
    return max(0.0, _swept(size) - before)


def _swept(size: int) -> float:
    slow = Slow()
    settings_ = from_environment(os.environ)
    world = replace(new_world(), tenants=Fleet(tenant=recorded(FEW).tenant, size=size), clock=lambda: datetime.now(UTC))
    nobody: Any = None
    heartbeat = Heartbeat(None, Sessions(requests.Session))
    app = bootstrap.Application(settings_, world, POLICY, cast("Queues", slow), nobody, heartbeat, nobody, Notices())
    bootstrap._application[:] = [app]  # noqa: SLF001 - in place of the one that the settings would make
    sweep(past_due=False)
    assert slow.sent == size
    return slow.peak


if __name__ == "__main__":
    print(extra(int(sys.argv[1])), flush=True)
