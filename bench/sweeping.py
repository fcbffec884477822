"""B6 and B12: how fast one turn of the timer asks for a fleet, on Azurite, beside a plain loop of ``send_message``."""

import contextlib
import tempfile
import time
import unittest.mock
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import requests
from azure.storage.queue import QueueClient
from requests.adapters import HTTPAdapter

from bench.rows import Row, at_least, compared, taken_in_turns
from bench.scenes import FEW, NOBODY, asking, assembled, fleet, recorded, settings, stored
from functions.shell import sweep
from local.azurite import running_azurite
from shared import bootstrap
from shared.adapters.settings import ConnectionString
from shared.domain.messages import Queue

REPEATS = 5
_FLEET = 1_200
"""Azurite looks through all cleared messages once a minute, and answers nobody meanwhile: a row must end before."""
_MESSAGES = 100
"""What the loop sends in one sample; its rate is the same for any number."""
_AWAY_S = 0.02


def rows() -> list[Row]:
    """Measure where the account is on this machine, and where it is some way off, as one over a network is."""
    what = f"tenants asked for a second, of {_FLEET}"
    return [
        compared("B6", what, at_least(5), _pairs(0)),
        compared("B12", f"{what}, where storage is {_AWAY_S * 1000:g} ms away", at_least(5), _pairs(_AWAY_S)),
    ]


def _pairs(away: float) -> list[tuple[float, float]]:
    tenant = recorded(FEW).tenant
    with tempfile.TemporaryDirectory(prefix="bench-") as name, running_azurite(Path(name)) as azurite:
        with assembled(settings(NOBODY, azurite.connection_string, Path(name))) as app:
            due = [replace(each, next_check_at=datetime.now(UTC)) for each in fleet(tenant, _FLEET)]
            stored(app, due)
            turns, loop = _turns(app), partial(_sent, app, asking(tenant))
            with _away(away):
                return taken_in_turns(lambda: next(turns), loop, REPEATS)


@contextlib.contextmanager
def _away(seconds: float) -> Iterator[None]:
    """Let every request of this process, whoever makes it, be under way for so long before it arrives."""
    send = HTTPAdapter.send

    def sent(adapter: HTTPAdapter, *request: Any, **how: Any) -> requests.Response:  # noqa: ANN401 - as it is called
        time.sleep(seconds)
        return send(adapter, *request, **how)

    with unittest.mock.patch.object(HTTPAdapter, "send", sent):
        yield


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
    for _ in range(_MESSAGES):
        client.send_message(text, time_to_live=-1)
    took = time.monotonic() - begun
    _emptied(app)
    return _MESSAGES / took


def _queue(app: bootstrap.Application) -> QueueClient:
    storage = app.settings.storage
    assert isinstance(storage, ConnectionString)
    return QueueClient.from_connection_string(storage.secret.reveal, Queue.VERIFY)


def _emptied(app: bootstrap.Application) -> int:
    client = _queue(app)
    count = client.get_queue_properties().approximate_message_count or 0
    client.clear_messages()
    return count
