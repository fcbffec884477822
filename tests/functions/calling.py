"""The HTTP functions inside one process, as the functions host calls them, over a world of stand-ins."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import azure.functions as func
import pytest
import requests

from functions.web import asgi
from shared import bootstrap
from shared.adapters.heartbeat import Heartbeat
from shared.adapters.opening import open_sign_in
from shared.adapters.sessions import Sessions
from shared.adapters.settings import Settings, from_environment
from shared.adapters.sign_in import SignIn
from shared.application.ports import World
from shared.application.sinks import Notices
from shared.bootstrap import Application
from shared.domain.errors import Forbidden, TransientError, Unauthentic
from shared.domain.messages import Delivery
from shared.domain.operators import Operator, Role
from shared.domain.values import Secret
from tests.fakes import new_policy

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://keeper.example"
KEY = "the key of a trial"
PATIENT = 10_000
TOKENS: Mapping[str, Role] = {"t.reader.t": Role.READ, "t.worker.t": Role.OPERATE, "t.admin.t": Role.ADMIN}
READER, WORKER, ADMIN = TOKENS


class Roster:
    """Knows three tokens, and a fourth that gives no role."""

    def operator(self, token: str) -> Operator:
        if token == "t.nobody.t":
            raise Forbidden("the caller's role does not allow it")
        if token not in TOKENS:
            raise Unauthentic("the caller did not prove to be an operator")
        return Operator(token.split(".")[1], frozenset({TOKENS[token]}))


@dataclass
class Sent:
    """Queues that keep what they are sent, until they are away."""

    deliveries: list[Delivery] = field(default_factory=list)
    until_away: int = PATIENT

    def send(self, delivery: Delivery) -> None:
        if len(self.deliveries) >= self.until_away:
            raise TransientError("the queues are away")
        self.deliveries.append(delivery)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever an answer holds
        return json.loads(self.text)

    @property
    def refusal(self) -> tuple[int, str]:
        """The status and the stable code of a problem, which is one by its form."""
        assert self.headers["content-type"] == "application/problem+json"
        document = self.json
        assert document.keys() == {"type", "title", "status", "detail", "code"}
        assert document["status"] == self.status
        return self.status, document["code"]


def settings(**changes: object) -> Settings:
    """The example's settings, changed."""
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    return replace(
        from_environment({**values, "KEEPER_REGIONS": str(ROOT / values["KEEPER_REGIONS"])}),
        **changes,  # type: ignore[arg-type]
    )


@dataclass
class Api:
    """The application under test."""

    world: World
    sent: Sent = field(default_factory=Sent)
    operators: object = field(default_factory=Roster)
    sign_in: SignIn | None = None

    def install(self, monkeypatch: pytest.MonkeyPatch, **changes: object) -> "Api":
        """Let every function find this application."""
        chosen = settings(**{"operator_key": Secret(KEY), **changes})
        silent = Heartbeat(None, Sessions(requests.Session))
        parts: Any = (self.sent, self.operators, silent, self.sign_in or open_sign_in(chosen), Notices())
        app = Application(chosen, self.world, new_policy(), *parts)
        monkeypatch.setattr(bootstrap, "_application", [app])
        return self

    def call(
        self,
        method: str,
        path: str,
        token: str = ADMIN,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the API."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {**({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        request = func.HttpRequest(method, ORIGIN + path, headers=given, params=_query(path), body=raw)
        return answer_of(asyncio.run(asgi().handle_async(request, None)))

    def get(self, path: str, token: str = READER) -> Answer:
        return self.call("GET", path, token)

    def post(self, path: str, token: str = ADMIN, **body: object) -> Answer:
        return self.call("POST", path, token, body=body or None)


def visit(function: object, path: str, method: str = "GET", **parts: Any) -> Answer:  # noqa: ANN401 - as it is called
    """Call a function that answers by itself, as the functions host does: with its route's values read."""
    values = {"tenantId": unquote(urlsplit(path).path.rpartition("/")[2])}
    given = {"params": _query(path), "route_params": values, "body": b"", **parts}
    answer = function._function.get_user_function()  # type: ignore[attr-defined]
    return answer_of(answer(func.HttpRequest(method, ORIGIN + path, **given)))


def _query(path: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(path).query))


def answer_of(response: func.HttpResponse) -> Answer:
    """What a caller sees of a function's answer."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    headers.setdefault("content-type", str(response.mimetype))
    return Answer(response.status_code, headers, response.get_body().decode())
