"""What is measured: a healthy tenant of the twin, its answer played back over HTTPS, the product assembled over it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from bench.replay import Script
from functions.shell import work
from local.azurite import ACCOUNT, ACCOUNT_KEY
from local.twin.wire import Request
from shared import bootstrap
from shared.application.handlers import handle_verify, new_message
from shared.domain.messages import Cause, Message, Queue, encode
from shared.domain.tenants import Tenant
from tests.application.life import Life
from tests.fakes import SKIP_IPS
from tests.in_process import Received

ROOT = Path(__file__).resolve().parents[1]
FULL = 40
"""Transport rules of somebody else in one tenant, each of full size."""
FEW = 4
"""For rows about many tenants at once, where the size of one says nothing."""

NOBODY = {"url": "https://127.0.0.1:9", "ca_file": ""}
"""Where no Exchange is: for the timer, which asks nothing of it."""
NO_ACCOUNT = f"AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};EndpointSuffix=localhost"
"""A storage account that is not there: for rows that say nothing of storage."""

_NAMESPACE = UUID("2f0c6f2e-6a55-4c53-9b1e-6a4c1f0b7d11")


@dataclass(frozen=True, slots=True)
class Recording:
    """A healthy, active tenant and what its Exchange answers to a look.

    Attributes:
        tenant: Its record.
        question: The request that the product sent.
        script: The twin's answer.
    """

    tenant: Tenant
    question: Received
    script: Script


@cache
def recorded(rules: int) -> Recording:
    """Provision and activate a tenant with so many rules of its own on the twin, verify it, and keep the answer."""
    life = Life(rules).active()
    life.later(hours=1)
    asked = [each for each in life.scene.seen if each.path.endswith("$batch")][-1]
    answer = life.scene.twin.handle(Request(asked.method, asked.path, asked.headers, asked.body))
    places = {part["id"]: place for place, part in enumerate(json.loads(asked.body)["requests"])}
    parts = tuple((places[part["id"]], part) for part in json.loads(answer.body)["responses"])
    return Recording(life.scene.record(), asked, Script(parts))


def fleet(tenant: Tenant, count: int) -> list[Tenant]:
    """As many tenants as are wanted, each as healthy as the first, in the order of their ids."""
    ids = sorted(uuid5(_NAMESPACE, str(number)) for number in range(count))
    return [replace(tenant, tenant_id=tenant_id) for tenant_id in ids]


def asking(tenant: Tenant) -> bytes:
    """The message by which the timer asks for a look."""
    return encode(message_for(tenant))


def message_for(tenant: Tenant) -> Message:
    """The same, before it is written."""
    return new_message(tenant, Cause.RECHECK, datetime.now(UTC), uuid4())


@contextlib.contextmanager
def playing(script: Script) -> Iterator[Mapping[str, str]]:
    """Play an answer back in a process of its own; yields its ``url`` and ``ca_file``."""
    with tempfile.TemporaryDirectory(prefix="script-") as folder:
        path = Path(folder) / "script.json"
        script.write(path)
        command = [sys.executable, "-m", "bench.replay", str(path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield json.loads(process.stdout.readline())
            finally:
                process.kill()  # it holds nothing, and would wait for the product's open connections


def settings(where: Mapping[str, str], storage: str, folder: Path) -> dict[str, str]:
    """The settings that join the product to a played answer and to a storage account.

    Args:
        where: What ``playing`` yields.
        storage: A connection string.
        folder: Where the region data may be written.
    """
    regions = folder / "regions.json"
    data = {region: {"skip_ips": SKIP_IPS} for region in ("au", "eu", "us")}
    regions.write_text(json.dumps({"version": "documentation-1", "regions": data}), "utf-8")
    values: dict[str, str] = json.loads((ROOT / "local.settings.example.json").read_text("utf-8"))["Values"]
    urls = dict.fromkeys(("KEEPER_EXCHANGE_URL", "KEEPER_LOGIN_URL", "KEEPER_GRAPH_URL"), where["url"])
    accounts = dict.fromkeys(("KEEPER_STORAGE", "AzureWebJobsStorage"), storage)
    ours = {"KEEPER_REGIONS": str(regions), "REQUESTS_CA_BUNDLE": where["ca_file"], "KEEPER_RECHECK_SECONDS": "3600"}
    return {**values, **urls, **accounts, **ours}


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set some variables for as long as the block runs."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def assembled(values: Mapping[str, str]) -> Iterator[bootstrap.Application]:
    """The product in this process, assembled from settings as a worker does it."""
    with environment(values):
        yield bootstrap.application()
        bootstrap._application.clear()  # noqa: SLF001 - the next row is another process, as it were
        bootstrap._foundation.clear()  # noqa: SLF001


def slots() -> int:
    """How many messages of a queue one instance works on at once, by host.json."""
    queues = json.loads((ROOT / "host.json").read_text("utf-8"))["extensions"]["queues"]
    return int(queues["batchSize"] + queues["newBatchThreshold"])


def stored(app: bootstrap.Application, tenants: Sequence[Tenant]) -> None:
    """Put records into the account."""
    for tenant in tenants:
        app.world.tenants.add(tenant)


def verify(tenant: Tenant) -> None:
    """Work on one message by the shell, as the function does."""
    work(Queue.VERIFY, asking(tenant), handle_verify)
