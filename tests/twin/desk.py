"""A twin inside the process with one tenant, and short words for what tests ask of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from local.twin.admin_api import ADMINISTRATOR
from local.twin.control_api import state
from local.twin.state import TenantState
from local.twin.twin import Twin
from local.twin.wire import Request, Response

ROOT = "https://127.0.0.1:8443"
TENANT_ID = "6f1d3c5a-0000-4000-8000-000000000001"
DOMAIN = "fabrikam.onmicrosoft.com"
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ADMIN = f"/adminapi/beta/{TENANT_ID}"
TOKEN = f"/{TENANT_ID}/oauth2/v2.0/token"
CREDENTIALS = {
    "client_id": "11111111-2222-4333-8444-555555555555",
    "client_secret": "any",
    "grant_type": "client_credentials",
    "scope": f"{ROOT}/.default",
}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TRANSFORMATION = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException"


@dataclass(frozen=True)
class Refusal:
    """What a refused cmdlet said, wherever the body hid it."""

    status: int
    type: str
    text: str

    @property
    def is_about_a_value(self) -> bool:
        """Whether a value did not become what its parameter takes."""
        return (self.status, self.type) == (400, _TRANSFORMATION)


@dataclass
class Clock:
    """A clock that stands still until somebody moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """The twin and its one tenant."""

    twin: Twin
    tenant: TenantState
    clock: Clock = field(repr=False)

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, raw: bytes = b""
    ) -> Response:
        """One request; the body is JSON unless it is raw."""
        data = raw if body is None else json.dumps(body).encode()
        return self.twin.handle(Request(method, path, headers or {}, data))

    def ask(self, cmdlet: str, **parameters: object) -> Response:
        """The administrator runs a cmdlet."""
        return self.twin.exchange.perform(self.tenant, cmdlet, parameters, ADMINISTRATOR)

    def run(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """The same, and it must run; its objects, without annotations."""
        return plain(opened(self.ask(cmdlet, **parameters)))

    def warnings(self, cmdlet: str, **parameters: object) -> list[str]:
        """The same; its warnings."""
        found: list[str] = opened(self.ask(cmdlet, **parameters))["@adminapi.warnings"]
        return found

    def refusal(self, cmdlet: str, **parameters: object) -> Refusal:
        """The same, and it must not run, and nothing may have changed."""
        before = self.state()
        response = self.ask(cmdlet, **parameters)
        assert response.status >= 400, response.body
        assert self.state() == before
        return refusal_in(response)

    def one(self, kind: str, name: str) -> dict[str, Any]:
        """One object as it reads back."""
        [row] = self.run(f"Get-{kind}", Identity=name)
        return row

    def state(self) -> dict[str, Any]:
        """Everything in the tenant."""
        return state(self.tenant)

    def token(self, **changes: str) -> str:
        """A token for the application."""
        response = self.send("POST", TOKEN, headers=_FORM, raw=urlencode({**CREDENTIALS, **changes}).encode())
        assert response.status == 200, response.body
        return str(json.loads(response.body)["access_token"])

    def refused_token(self, path: str = TOKEN, **changes: str) -> tuple[int, dict[str, Any]]:
        """A request for a token that must fail; an empty change leaves the field out."""
        form = {name: value for name, value in {**CREDENTIALS, **changes}.items() if value}
        response = self.send("POST", path, headers=_FORM, raw=urlencode(form).encode())
        return response.status, json.loads(response.body)

    def invoke(self, token: str, cmdlet: str, /, **parameters: object) -> Response:
        """The application runs a cmdlet."""
        return self.send("POST", f"{ADMIN}/InvokeCommand", calling(cmdlet, **parameters), bearer(token))

    def advance(self, **duration: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(**duration)


def new_desk(rules: int = 0, *, empty: bool = True) -> Desk:
    """A twin with one tenant, with nothing in it unless it may have objects of its own."""
    clock = Clock()
    twin = Twin(ROOT, clock)
    tenant = twin.create_tenant(TENANT_ID, DOMAIN, seed=1, rules=rules)
    # Members that nobody knows yet have a test of their own.
    tenant.switches.turn({"extras": "none"})
    if empty:
        tenant.rules.clear()
        tenant.inbound.clear()
        tenant.outbound.clear()
        tenant.arc = None
    return Desk(twin, tenant, clock)


def opened(response: Response) -> dict[str, Any]:
    """The envelope of a success."""
    assert response.status == 200, response.body
    envelope: dict[str, Any] = json.loads(response.body)
    return envelope


def plain(envelope: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of an envelope without annotations."""
    return [{name: value for name, value in row.items() if "@" not in name} for row in envelope["value"]]


def refusal_in(response: Response) -> Refusal:
    """The .NET type and the text of an error body in any of its encodings."""
    error = json.loads(response.body)["error"]
    found = error["innererror"].get("internalexception")
    if "details" in error:
        message = error["details"][0]["message"]
        if message.startswith("{"):
            nested = json.loads(message)
            return Refusal(response.status, nested["TypeName"], nested["Message"])
        _, kind, text = message.split("|", 2)
        return Refusal(response.status, kind, text)
    return Refusal(response.status, found["type"], found["message"])


def calling(cmdlet: str, **parameters: object) -> dict[str, object]:
    """The body of a call."""
    return {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}


def bearer(token: str) -> dict[str, str]:
    """The header of a call."""
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}
