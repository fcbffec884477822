"""``keeper`` inside one process: its requests reach the real API over memory, and its waiting lets the workers work."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from uuid import UUID

import pytest
import requests

from cli.main import run
from cli.outside import Outside
from local.demo.items import six_items
from local.twin.admin_api import ADMINISTRATOR
from local.twin.control_api import state
from local.twin.state import TenantState
from shared.application.recheck import handle_recheck
from shared.domain.tenants import Stage, Tenant
from tests.fakes import SKIP_IPS, new_policy, new_tenant
from tests.functions.calling import ADMIN, Api
from tests.in_process import Received, Sent, TwinTransport, session_over
from tests.on_twin import OnTwin, on_twin
from tests.pump import pump

URL = "https://keeper.example"
POLICY = new_policy(settling_seconds=60)
FROM, TO = "From MailMarshal Cloud Integrated", "To MailMarshal Cloud Integrated"
LOOP_CHECK, REDIRECT = "MailMarshal Cloud Integrated Loop Check", "MailMarshal Cloud Integrated Redirect"


class Terminal(io.StringIO):
    """A file that may be a terminal."""

    def __init__(self, text: str = "", *, is_terminal: bool = False) -> None:
        super().__init__(text)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass
class Keeper:
    """The command line, the API that it calls, and the tenants behind it."""

    on: OnTwin
    api: Api
    environment: dict[str, str] = field(default_factory=dict)
    directories: dict[UUID, TenantState] = field(default_factory=dict)
    hooks: list[Callable[[Received], None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_stopped: bool = False

    def __call__(self, *arguments: str, typed: str | None = None, piped: str = "", terminal: bool = False) -> Ran:
        """Run a command; ``typed`` is what a person at a terminal answers, ``piped`` what a file does."""
        stdin = Terminal(typed or piped, is_terminal=typed is not None)
        out, err = Terminal(is_terminal=terminal), Terminal(is_terminal=terminal)
        environment = {"KEEPER_URL": URL, "KEEPER_TOKEN": ADMIN, "TERM": "xterm", **self.environment}
        session = session_over(TwinTransport(self._answer))
        outside = Outside(environment, lambda: session, self.on.clock, self._wait, stdin, out, err)
        code = run(arguments, outside)
        return Ran(code, out.getvalue(), err.getvalue())

    def tenant(self, number: int = 1, stage: Stage = Stage.STAGED, **changes: object) -> Tenant:
        """One more tenant, provisioned: healthy, staged or active."""
        tenant_id = UUID(int=(number << 96) + number)
        domain = f"tenant{number}.onmicrosoft.com"
        self.directories[tenant_id] = self.on.twin.create_tenant(str(tenant_id), domain, seed=number, rules=1)
        self.on.world.tenants.add(new_tenant(stage, tenant_id, initial_domain=domain, **changes))
        self.ask(tenant_id, "remediate")
        # What was written settles: from now on a difference is one.
        self.on.clock.advance(minutes=5)
        return self.record(tenant_id)

    def ask(self, tenant_id: UUID, command: str) -> None:
        """Let an operator ask for something by the API, and the workers work."""
        answer = self.api.call("POST", f"/api/tenants/{tenant_id}/{command}", ADMIN)
        assert answer.status == 202, answer.text
        self.work()

    def work(self) -> None:
        """Let the workers work on what waits, and on all that follows."""
        waiting, self.api.sent.deliveries = self.api.sent.deliveries, []
        pump(self.on.clock, self.on.world, POLICY, waiting)

    def count(self) -> None:
        """Let the timer count."""
        self.on.clock.advance(seconds=1)
        list(handle_recheck(self.on.world, POLICY))

    def record(self, tenant_id: UUID) -> Tenant:
        return self.on.world.tenants.get(tenant_id).tenant

    def administrator(self, tenant_id: UUID, cmdlet: str, **parameters: object) -> None:
        """A tenant's administrator runs a cmdlet."""
        directory = self.directories[tenant_id]
        response = self.on.twin.exchange.perform(directory, cmdlet, parameters, ADMINISTRATOR)
        assert response.status == 200, response.body

    def turn(self, tenant_id: UUID, **switches: object) -> None:
        """Turn switches of a tenant; tokens that are out are forgotten with their hour."""
        self.directories[tenant_id].switches.turn(switches)
        self.on.clock.advance(hours=2)

    def state(self, tenant_id: UUID) -> Mapping[str, list[dict[str, object]]]:
        return state(self.directories[tenant_id])  # type: ignore[return-value]

    def items(self, tenant_id: UUID) -> dict[str, str]:
        """The six items, read off the tenant itself."""
        return six_items(self.state(tenant_id), SKIP_IPS)

    def orders(self) -> list[str]:
        """What was asked for that changes something."""
        return [line for line in self.asked if line.startswith("POST")]

    def _answer(self, received: Received) -> Sent:
        for hook in self.hooks:
            hook(received)
        self.asked.append(f"{received.method} {received.path}")
        answer = self.api.call(received.method, received.path, "", body=received.body, headers=received.headers)
        date = {"Date": format_datetime(self.on.clock(), usegmt=True)}
        return answer.status, {**answer.headers, **date}, answer.text.encode()

    def _wait(self, seconds: float) -> None:
        self.on.clock.advance(seconds=seconds)
        if not self.is_stopped:
            self.work()


def unreachable(_: Received) -> None:
    """Nobody answers."""
    raise requests.ConnectionError("refused")


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """The command line over an empty fleet."""
    on = on_twin(rules=1)
    return Keeper(on, Api(on.world).install(monkeypatch))
