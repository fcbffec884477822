"""The console on loopback, inside the test's own process, over a fleet in memory and a tenant of the twin."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
import uvicorn

from functions.web import everything
from local.host.server import listening_socket
from shared.application.handlers import handle_reconcile, handle_verify
from shared.application.recheck import handle_recheck
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Cause, Parked, Queue, encode
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.tenants import Stage, Verdict
from shared.domain.values import Secret
from tests.fakes import NOW, TENANT_ID, new_message, new_policy, new_tenant
from tests.functions.calling import Api
from tests.on_twin import OnTwin, on_twin

KEY = "the key of a trial"
HOME = "/api/console"
TENANT = f"{HOME}/tenants/{TENANT_ID}"
NUMBER = 120


@dataclass(frozen=True)
class Served:
    """Where the console is, and what it shows."""

    url: str
    on: OnTwin


@contextmanager
def serving() -> Iterator[Served]:
    """Serve it until the block ends."""
    on, patch = on_twin(), pytest.MonkeyPatch()
    _fill(on)
    Api(on.world).install(patch, operator_key=Secret(KEY))
    listener = listening_socket(0)
    config = uvicorn.Config(everything, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", on)
    finally:
        server.should_exit = True
        thread.join()
        patch.undo()


def _fill(on: OnTwin) -> None:
    """A fleet in which something of everything is to be seen."""
    for number in range(NUMBER):
        verdict = list(Verdict)[number % len(Verdict)]
        on.world.tenants.add(
            new_tenant(
                list(Stage)[number % 3],
                UUID(int=number + 1),
                region=list(Region)[number % 3],
                verdict=verdict,
                reason="as it is",
                company_name=f"Company {number}",
                items={item.value: "on" if number % 2 else "missing" for item in Item},
                checked_at=NOW,
            )
        )
    on.keep(Stage.STAGED)
    handle_reconcile(new_message(Cause.OPERATOR), on.world, new_policy())
    on.clock.advance(hours=1)
    on.administrator("Set-InboundConnector", Identity=Item.FROM_CONNECTOR.value, RequireTls=False)
    on.administrator("Set-TransportRule", Identity=Item.LOOP_CHECK.value, Priority=0)
    handle_verify(new_message(Cause.OPERATOR), on.world, new_policy())
    on.world.history.append(TENANT_ID, [Thread(NOW, "ann", UUID(int=5)).event(EventKind.OPERATOR, "verify")])
    on.world.journal.park(Parked("p1", Queue.VERIFY, "throttled: x", encode(new_message()).decode(), NOW))
    list(handle_recheck(on.world, new_policy()))
