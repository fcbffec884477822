"""The probe on the twin, inside one process, with an operator who follows a script."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.probe.conduct import Scene, conduct
from local.probe.line import Line
from local.twin.control_api import state
from local.twin.state import TenantState
from local.twin.twin import Twin
from local.twin.wire import Request
from shared.adapters.credentials import ClientSecret
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.domain.values import Secret
from tests.fakes import TENANT_ID, Clock
from tests.in_process import Received, Sent, TwinTransport, session_over

ROOT = "https://127.0.0.1:8443"
DOMAIN = "wombat-bakery.onmicrosoft.com"
Handle = Callable[[Received], Sent]
Answering = Callable[[str], bool]


def yes(_: str) -> bool:
    """Consents to everything."""
    return True


def no(_: str) -> bool:
    """Consents to nothing."""
    return False


@dataclass
class Operator:
    """Somebody at the terminal."""

    answers: Answering = yes
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def consents(self, question: str) -> bool:
        self.asked.append(question)
        self.said.append(question)
        return self.answers(question)


@dataclass
class Bench:
    """The probe before a tenant of the twin."""

    tenant: TenantState
    folder: Path
    handle: Handle
    clock: Clock
    operator: Operator = field(default_factory=Operator)
    seen: list[Received] = field(default_factory=list)

    def probe(self, around: Callable[[Handle], Handle] = lambda handle: handle) -> int:
        """One run; what goes over the wire may be spoilt on its way."""
        transport = TwinTransport(around(self.handle), self.seen)
        sessions = Sessions(lambda: session_over(transport))
        registration = Registration("11111111-2222-4333-8444-555555555555", ClientSecret(Secret("any")), ROOT)
        tokens = Tokens(registration, ROOT, sessions)
        line = Line(TENANT_ID, Transport(ROOT, sessions), tokens, self.clock)
        return conduct(Scene(line, self.operator, self.folder, lambda: self.clock.advance(seconds=61), "a twin"))

    def state(self) -> dict[str, Any]:
        """Everything in the tenant."""
        return state(self.tenant)

    def writes(self) -> list[str]:
        """The cmdlets that were to change something."""
        return [entry["cmdlet"] for entry in self.tenant.history if not entry["cmdlet"].startswith("Get-")]

    def left(self) -> list[str]:
        """The names of the probe's objects that are in the tenant."""
        kinds = ("inbound_connectors", "outbound_connectors", "transport_rules")
        names = [row["Name"] for kind in kinds for row in self.state()[kind]]
        return [name for name in names if name.startswith("Mailflow Keeper probe")]

    def answers(self) -> dict[int, str]:
        """The answers by the number of the question, from the page."""
        rows = [line.split(" | ") for line in self.page().splitlines() if line.startswith("| ") and line[2].isdigit()]
        return {int(cells[0].strip("| ")): cells[2] for cells in rows}

    def page(self) -> str:
        return (self.folder / "answers.md").read_text("utf-8")

    def samples(self) -> dict[str, Any]:
        """Every sample by its file's name."""
        return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(self.folder.glob("*.json"))}

    def everything_told(self) -> str:
        """Every file's name and text and every line said, in lower case."""
        files = [path.name + "\n" + path.read_text("utf-8") for path in self.folder.iterdir()]
        return "\n".join([*files, *self.operator.said]).casefold()


def new_bench(folder: Path, rules: int = 4, answers: Answering = yes) -> Bench:
    """A tenant with objects of its own, and somebody who answers."""
    clock = Clock()
    twin = Twin(ROOT, clock)
    tenant = twin.create_tenant(str(TENANT_ID), DOMAIN, seed=7, rules=rules)

    def handle(received: Received) -> Sent:
        response = twin.handle(Request(received.method, received.path, received.headers, received.body))
        return response.status, response.headers, response.body

    return Bench(tenant, folder / "found", handle, clock, Operator(answers))
