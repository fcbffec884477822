"""The product's own Exchange edge on the twin, inside one process: real requests, real msal, no socket."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import requests

from local.demo.items import foreign, six_items
from local.twin.admin_api import ADMINISTRATOR, APPLICATION
from local.twin.control_api import state
from local.twin.state import TenantState
from local.twin.twin import Twin
from local.twin.wire import Delivery, Request
from shared.adapters.credentials import ClientSecret
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.application.ports import World
from shared.domain.tenants import Stage, Tenant
from shared.domain.values import Secret
from tests.fakes import SKIP_IPS, TENANT_ID, Clock, new_tenant, new_world
from tests.in_process import Received, Sent, TwinTransport, session_over

ROOT = "https://127.0.0.1:8443"
DOMAIN = "contoso.onmicrosoft.com"

State = dict[str, list[dict[str, object]]]
Watcher = Callable[[], Callable[[], None]]
"""Looks at the tenant before a write of the product, and gives what looks at it afterwards."""


@dataclass
class OnTwin:
    """The product and one tenant of the twin."""

    twin: Twin
    directory: TenantState
    world: World
    clock: Clock
    before: dict[str, object]
    seen: list[Received]
    watchers: list[Watcher] = field(default_factory=list)

    def state(self) -> State:
        """Everything in the tenant."""
        return state(self.directory)  # type: ignore[return-value]

    def items(self) -> dict[str, str]:
        """The six items, read off the tenant itself."""
        return six_items(self.state(), SKIP_IPS)

    def is_untouched(self) -> bool:
        """Whether everything that is not ours is as it was, in every field and in order."""
        return foreign(self.state()) == self.before

    def writes(self) -> list[str]:
        """What the product wrote, in order."""
        sent = [entry["cmdlet"] for entry in self.directory.history if entry["actor"] == APPLICATION]
        return [cmdlet for cmdlet in sent if not cmdlet.startswith("Get-")]

    def administrator(self, cmdlet: str, **parameters: object) -> None:
        """Its administrator runs a cmdlet."""
        response = self.twin.exchange.perform(self.directory, cmdlet, parameters, ADMINISTRATOR)
        assert response.status == 200, response.body

    def keep(self, stage: Stage, **changes: object) -> Tenant:
        """Store the tenant's record."""
        return self.world.tenants.add(new_tenant(stage, TENANT_ID, **changes)).tenant

    def record(self) -> Tenant:
        """The tenant's record."""
        return self.world.tenants.get(TENANT_ID).tenant


def on_twin(rules: int = 4) -> OnTwin:
    """The product on a twin with one tenant that has so many rules of its own, at a clock that stands still."""
    clock = Clock()
    twin = Twin(ROOT, clock)
    directory = twin.create_tenant(str(TENANT_ID), DOMAIN, seed=7, rules=rules)

    watchers: list[Watcher] = []

    def handle(received: Received) -> Sent:
        afterwards = [watcher() for watcher in watchers] if _is_write(received) else []
        response = twin.handle(Request(received.method, received.path, received.headers, received.body))
        for check in afterwards:
            check()
        if response.delivery is not Delivery.WHOLE:
            raise requests.ConnectionError("the connection broke")
        return response.status, response.headers, response.body

    transport = TwinTransport(handle)
    sessions = Sessions(lambda: session_over(transport))
    registration = Registration("11111111-2222-4333-8444-555555555555", ClientSecret(Secret("any")), ROOT)
    tokens = Tokens(registration, ROOT, sessions)
    exchange = ExchangeOnline(Transport(ROOT, sessions), tokens, clock, uuid4)
    before = foreign(state(directory))  # type: ignore[arg-type]
    return OnTwin(twin, directory, new_world(exchange, clock), clock, before, transport.seen, watchers)


def _is_write(received: Received) -> bool:
    if not received.path.lower().partition("?")[0].endswith("/invokecommand"):
        return False
    cmdlet = json.loads(received.body)["CmdletInput"]["CmdletName"]
    return not cmdlet.startswith("Get-")
