"""B4: many tenants at once while Exchange takes its time, with records and queues on Azurite."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import requests

from bench.rows import Row, at_least, compared, taken_in_turns
from bench.scenes import (
    FULL,
    Recording,
    assembled,
    fleet,
    playing,
    recorded,
    settings,
    stored,
    verify,
)
from local.azurite import running_azurite
from shared.domain.tenants import Tenant, Verdict

LATENCY_S = 0.3
REPEATS = 5
_THREADS = 12
"""So few that one processor can serve them all: with more, neither side waits for Exchange, but for the processor."""
_ROUNDS = 15
"""Looks for each thread in one sample: so many that its start, where all ask in the same moment, says little."""


def rows() -> list[Row]:
    """Measure."""
    return [_with_storage()]


def _with_storage() -> Row:
    found, many = recorded(FULL), _THREADS
    script = replace(found.script, delay=LATENCY_S)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, running_azurite(Path(name)) as azurite:
        with playing(script) as where, assembled(settings(where, azurite.connection_string, Path(name))) as app:
            tenants = fleet(found.tenant, many * _ROUNDS)
            stored(app, tenants)
            with ThreadPoolExecutor(many) as ours, ThreadPoolExecutor(many) as bare:
                session = threading.local()
                post = partial(_post, session, found, where["url"])
                list(ours.map(verify, tenants))  # every token is warm, and every connection open
                list(bare.map(post, tenants))
                assert all(
                    record.tenant.verdict is Verdict.HEALTHY for record in map(app.world.tenants.get, _ids(tenants))
                )
                pairs = taken_in_turns(
                    partial(_rate, ours, verify, tenants), partial(_rate, bare, post, tenants), REPEATS
                )
    return compared(
        "B4", f"verifies a second at {LATENCY_S * 1000:g} ms, {many} at once, storage", at_least(0.8), pairs
    )


def _ids(tenants: Sequence[Tenant]) -> Iterator[UUID]:
    return (tenant.tenant_id for tenant in tenants)


def _rate(pool: ThreadPoolExecutor, work: Callable[[Tenant], None], tenants: Sequence[Tenant]) -> float:
    begun = time.monotonic()
    list(pool.map(work, tenants))
    return len(tenants) / (time.monotonic() - begun)


def _post(own: threading.local, found: Recording, url: str, tenant: Tenant) -> None:
    """The same request by a thread of its own with its own connection, and nothing else."""
    session = own.__dict__.setdefault("session", requests.Session())
    path = found.question.path.replace(str(found.tenant.tenant_id), str(tenant.tenant_id))
    answer = session.post(url + path, data=found.question.body, headers=dict(found.question.headers), timeout=30)
    assert answer.status_code == 200, answer.status_code  # noqa: PLR2004
