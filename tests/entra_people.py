"""People who sign in at the twin's Entra, and the product's own way to it, inside one process."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from local.twin.twin import Twin
from local.twin.wire import Request
from shared.adapters.credentials import ClientSecret
from shared.adapters.entra_http import EntraHttp
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.sessions import Sessions
from shared.adapters.sign_in import SignIn
from shared.adapters.tokens import Registration
from shared.domain.values import Secret
from tests.in_process import Received, Sent, TwinTransport, session_over

ROOT = "https://127.0.0.1:8443"
CLIENT = "11111111-2222-4333-8444-555555555555"
AUDIENCE = f"api://{CLIENT}"
VENDOR, PARTNER, STRANGER = (UUID(f"5e1d0000-0000-4000-8000-0000000000{end}") for end in ("aa", "bb", "cc"))


def today() -> datetime:
    """The time; msal reads the clock itself when it looks at an ID token."""
    return datetime.now(UTC)


@dataclass
class Entra:
    """The twin's Entra, and who asks it."""

    twin: Twin
    transport: TwinTransport

    def account(self, name: str, *roles: str, directory: UUID = VENDOR) -> str:
        """Make an account; what it is named by."""
        body = json.dumps({"tenant_id": str(directory), "name": name, "roles": list(roles)}).encode()
        answer = self.twin.handle(Request("POST", "/twin/operators", {}, body))
        return str(json.loads(answer.body)["login"])

    def sign_in(self, *directories: UUID, audience: str = AUDIENCE) -> SignIn:
        """The product's way to it."""
        registration = Registration(CLIENT, ClientSecret(Secret("any")), ROOT)
        return SignIn(registration, frozenset(directories or {VENDOR}), audience, EntraHttp(self._sessions()))

    def operators(self, *directories: UUID) -> OperatorTokens:
        """What checks the tokens that come of it."""
        known = frozenset(directories or {VENDOR})
        return OperatorTokens(ROOT, known, (AUDIENCE,), self._sessions(), today)

    def visit(self, address: str, login: str, **more: str) -> dict[str, str]:
        """Open the page as a browser does, choose an account, and say what Entra sends the browser back with."""
        parts = urlsplit(address)
        path = f"{parts.path}?{urlencode({**dict(parse_qsl(parts.query)), 'login_hint': login, **more})}"
        answer = self.twin.handle(Request("GET", path, {}, b""))
        assert answer.status == 302, answer.body
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def _sessions(self) -> Sessions:
        return Sessions(lambda: session_over(self.transport))


def new_entra() -> Entra:
    """An Entra whose clock is the true one."""
    twin = Twin(ROOT, today)

    def handle(received: Received) -> Sent:
        response = twin.handle(Request(received.method, received.path, received.headers, received.body))
        return response.status, response.headers, response.body

    return Entra(twin, TwinTransport(handle))
