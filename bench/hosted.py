"""B5: what the worker and the host cost a verify message, beside a function that does nothing in the same host.

Messages run one after another. From the end of one to the beginning of the next is the host's and the worker's time;
what a verify has more of it than nothing has is what the product costs them.
"""

import contextlib
import shutil
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient

from bench.rows import Row, at_most
from bench.scenes import FULL, ROOT, asking, assembled, fleet, playing, recorded, settings, stored
from bench.waiting import LATENCY_S
from local.azurite import running_azurite
from local.demo.processes import host

REPEATS = 5
_MANY = 12
"""Messages in one sample."""
_PATIENCE_S = 120.0
_ONE_BY_ONE = {
    "AzureFunctionsJobHost__extensions__queues__batchSize": "1",
    "AzureFunctionsJobHost__extensions__queues__newBatchThreshold": "0",
}


@dataclass(frozen=True, slots=True)
class Times:
    """One sample, in seconds.

    Attributes:
        own: What a message took inside the function.
        around: What passed between two messages.
    """

    own: float
    around: float


def rows() -> list[Row]:
    """Measure."""
    found = recorded(FULL)
    script = replace(found.script, delay=LATENCY_S)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, running_azurite(Path(name)) as azurite:
        folder = Path(name)
        with playing(script) as where:
            values = settings(where, azurite.connection_string, folder)
            tenants = fleet(found.tenant, _MANY)
            with assembled(values) as app:
                stored(app, tenants)
            asked = {"verify": [asking(tenant) for tenant in tenants], "nothing": [b"{}"] * _MANY}
            with _host(folder, values):
                _sample(
                    folder, azurite.connection_string, "verify", asked
                )  # the application is assembled, a token there
                samples = [_pair(folder, azurite.connection_string, asked, turn) for turn in range(REPEATS)]
    what = "seconds that a verify message takes through the host, beside its own and a no-op's"
    goal = replace(at_most(0.1), text="≤ 10 % of the verify's own time above it")
    product = median(verify.own + verify.around for verify, _ in samples)
    limit = median(verify.own + nothing.own + nothing.around for verify, nothing in samples)
    above = [(v.around - nothing.around - nothing.own) / v.own for v, nothing in samples]
    return [Row("B5", what, goal, product, limit, above)]


@contextlib.contextmanager
def _host(folder: Path, values: Mapping[str, str]) -> Iterator[None]:
    """The local host on the two functions of ``bench/app``, which takes one message at a time."""
    shutil.copy(ROOT / "host.json", folder)
    shutil.copy(Path(__file__).parent / "app" / "function_app.py", folder)
    ours = {"BENCH_FOLDER": str(folder), "PYTHONPATH": str(ROOT), **_ONE_BY_ONE}
    with host(folder / "host.log", {**values, **ours}, "--app", str(folder), "--max-polling-seconds", "0.05"):
        yield


def _pair(folder: Path, storage: str, asked: Mapping[str, Sequence[bytes]], turn: int) -> tuple[Times, Times]:
    if turn % 2:
        nothing = _sample(folder, storage, "nothing", asked)
        return _sample(folder, storage, "verify", asked), nothing
    return _sample(folder, storage, "verify", asked), _sample(folder, storage, "nothing", asked)


def _sample(folder: Path, storage: str, queue: str, asked: Mapping[str, Sequence[bytes]]) -> Times:
    """Send the messages and wait until the function has noted them all."""
    notes = folder / queue
    notes.write_text("", "utf-8")
    with QueueClient.from_connection_string(storage, queue) as client:
        with contextlib.suppress(ResourceExistsError):
            client.create_queue()
        for body in asked[queue]:
            client.send_message(b64encode(body).decode())
    deadline = time.monotonic() + _PATIENCE_S
    while len(lines := notes.read_text("utf-8").splitlines()) < _MANY:
        assert time.monotonic() < deadline, (folder / "host.log").read_text("utf-8")[-2000:]
        time.sleep(0.02)
    spans = [tuple(map(float, line.split())) for line in lines]
    own = median(ended - begun for begun, ended in spans)
    return Times(own, median(later[0] - earlier[1] for earlier, later in pairwise(spans)))
