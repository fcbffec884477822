"""B6: how fast one turn of the timer asks for a fleet, on Azurite, beside a plain loop of ``send_message``."""

import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from azure.storage.queue import QueueClient

from bench.rows import Row, at_least, compared, taken_in_turns
from bench.scenes import FEW, NOBODY, asking, assembled, fleet, recorded, settings, stored
from functions.shell import sweep
from local.azurite import running_azurite
from shared import bootstrap
from shared.adapters.settings import ConnectionString
from shared.domain.messages import Queue

REPEATS = 5
_FLEET = 400


def rows() -> list[Row]:
    """Measure."""
    tenant = recorded(FEW).tenant
    with tempfile.TemporaryDirectory(prefix="bench-") as name, running_azurite(Path(name)) as azurite:
        with assembled(settings(NOBODY, azurite.connection_string, Path(name))) as app:
            due = [replace(each, next_check_at=datetime.now(UTC)) for each in fleet(tenant, _FLEET)]
            stored(app, due)
            turns = _turns(app)
            pairs = taken_in_turns(lambda: next(turns), lambda: _sent(app, asking(tenant)), REPEATS)
    return [compared("B6", f"tenants asked for a second, of {_FLEET}", at_least(5), pairs)]


def _turns(app: bootstrap.Application) -> Iterator[float]:
    """Each turn comes a period later, when everybody is due once more."""
    for hours in count(1):
        ahead = timedelta(hours=hours) + app.policy.period
        world = replace(app.world, clock=partial(_later, ahead))
        bootstrap._application[:] = [replace(app, world=world)]  # noqa: SLF001 - a later process, as it were
        begun = time.monotonic()
        sweep(past_due=False)
        took = time.monotonic() - begun
        assert _emptied(app) == _FLEET, "the timer did not ask for everybody"
        yield _FLEET / took


def _later(ahead: timedelta) -> datetime:
    return datetime.now(UTC) + ahead


def _sent(app: bootstrap.Application, message: bytes) -> float:
    client, text = _queue(app), b64encode(message).decode()
    begun = time.monotonic()
    for _ in range(_FLEET):
        client.send_message(text, time_to_live=-1)
    took = time.monotonic() - begun
    _emptied(app)
    return _FLEET / took


def _queue(app: bootstrap.Application) -> QueueClient:
    storage = app.settings.storage
    assert isinstance(storage, ConnectionString)
    return QueueClient.from_connection_string(storage.secret.reveal, Queue.VERIFY)


def _emptied(app: bootstrap.Application) -> int:
    client = _queue(app)
    count = client.get_queue_properties().approximate_message_count or 0
    client.clear_messages()
    return count
