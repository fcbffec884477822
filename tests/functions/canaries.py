"""A deployment whose every secret is a canary, a world that answers with whatever it was sent, and where to look."""

import json
import logging
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit
from uuid import uuid4

import pytest
import requests

from local.demo.items import foreign
from local.twin.control_api import state
from local.twin.twin import Twin
from local.twin.wire import Request
from shared.adapters import event_rows, parked_rows, proofs, telemetry, tenant_rows
from shared.adapters.credentials import ClientSecret, Credential
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.sessions import Sessions
from shared.adapters.settings import from_environment
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.domain.messages import encode
from shared.domain.values import Secret
from tests.fakes import TENANT_ID, Clock, new_world
from tests.functions.site import GUID, SECRET, MemoryQueues, Site, environment, whsec
from tests.in_process import Received, Sent, TwinTransport, session_over
from tests.on_twin import DOMAIN, OnTwin
from tests.twin.badges import new_badge

LOGIN, EXCHANGE = "https://login.keeper.example", "https://outlook.keeper.example"
TOKEN = "kanarie.access.token.qzxwvu"
ASSERTION = "kanarie.client.assertion.zqvxwk"
CLIENT_SECRET = "kanarie~client~secret~wqzjxk"
OPERATOR_KEY = "kanarie+operator/key+vzqwxj"
ACCOUNT_KEY = b64encode(b"kanarie storage key of 32 bytes!").decode()
CANARIES: Mapping[str, str] = {
    "access token": TOKEN,
    "client assertion": ASSERTION,
    "client secret": CLIENT_SECRET,
    "operator key": OPERATOR_KEY,
    "storage key": ACCOUNT_KEY,
    "webhook key": whsec(SECRET).removeprefix("whsec_"),
    "loop-check GUID": GUID,
}

REFUSALS = (401, 403, 429, 500, 503)
FAULTS = (*map(str, REFUSALS), "reset", "redirect", "nonsense")


def disguises(secret: str) -> frozenset[str]:
    """A secret as it is, in base64 at each of its three alignments, in a URL, and a GUID without hyphens."""
    raw = secret.encode()
    # What stands before it in the same base64 shifts it by none, one or two bytes; its ends depend on its neighbours.
    shifted = {b64encode(b"\0" * shift + raw).decode().rstrip("=")[-(-shift * 8 // 6) : -2] for shift in range(3)}
    return frozenset({secret, secret.replace("-", ""), quote(secret, safe=""), quote_plus(secret), *shifted})


FORMS = {name: frozenset(form.casefold() for form in disguises(secret)) for name, secret in CANARIES.items()}


def found_in(text: str) -> list[str]:
    """The canaries that a text has in it, in any form and case."""
    text = text.casefold()
    return [name for name, forms in FORMS.items() if any(form in text for form in forms)]


class Assertion:
    """A credential whose assertion is a canary."""

    def for_msal(self) -> dict[str, Callable[[], str]]:
        return {"client_assertion": lambda: ASSERTION}


@dataclass
class Echo:
    """The twin at two hosts; at one request it answers with a refusal that repeats everything that it was sent."""

    twin: Twin
    kind: str = ""
    at: int = 0
    count: int = 0
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def has_struck(self) -> bool:
        return bool(self.at) and self.count >= self.at

    def handle(self, received: Received) -> Sent:
        self.count += 1
        if self.count == self.at:
            return self._refusal(received)
        token = self.tokens.get(TOKEN, TOKEN)
        headers = {name: value.replace(TOKEN, token) for name, value in received.headers.items()}
        is_exchange = received.url.startswith(EXCHANGE)
        body = received.body.replace(TOKEN.encode(), token.encode()) if is_exchange else _shown(received.body)
        response = self.twin.handle(Request(received.method, received.path, headers, body))
        return response.status, response.headers, self._masked(response.body)

    def _masked(self, body: bytes) -> bytes:
        """Give every token out under the canary's name."""
        try:
            document = json.loads(body)
        except ValueError:
            return body
        if not isinstance(document, dict) or "access_token" not in document:
            return body
        self.tokens[TOKEN] = document["access_token"]
        return json.dumps({**document, "access_token": TOKEN}).encode()

    def _refusal(self, received: Received) -> Sent:
        said = f"{received.method} {received.url} {dict(received.headers)} {received.body.decode(errors='replace')}"
        if received.url.startswith(EXCHANGE):
            # What is wrong with a rule may be told with the words that the rule looks for.
            said = f"{GUID} {GUID.upper()} {GUID.replace('-', '')} {said}"
        if self.kind == "reset":
            raise requests.ConnectionError(said)
        if self.kind == "redirect":
            return 307, {"Location": f"https://evil.example/?{quote(said)}"}, said.encode()
        if self.kind == "nonsense":
            return 200, {"Content-Type": "application/json"}, said.encode()
        document = {
            "error": {"code": said, "message": said, "details": [{"message": said}], "innererror": {"message": said}},
            "error_description": said,
            "error_codes": [said],
        }
        headers = {"Content-Type": "application/json", "x-ms-diagnostics": f"2000001;reason={said[:900]!r}"}
        return int(self.kind), headers, json.dumps(document).encode()


def _shown(form: bytes) -> bytes:
    """A form for the token endpoint with an assertion that is a token by its form."""
    jwt = new_badge().signed({"sub": "1"}).encode()
    return form.replace(ASSERTION.encode(), jwt).replace(quote_plus(ASSERTION).encode(), jwt)


def new_watched_site(patch: pytest.MonkeyPatch, credential: Credential | None = None) -> tuple[Site, Echo]:
    """A deployment over an echo."""
    clock = Clock()
    twin = Twin(EXCHANGE, clock)
    directory = twin.create_tenant(str(TENANT_ID), DOMAIN, seed=7, rules=1)
    echo = Echo(twin)
    transport = TwinTransport(echo.handle)
    sessions = Sessions(lambda: session_over(transport))
    given: Any = credential or Assertion()
    tokens = Tokens(Registration("11111111-2222-4333-8444-555555555555", given, LOGIN), EXCHANGE, sessions)
    exchange = ExchangeOnline(Transport(EXCHANGE, sessions), tokens, clock, uuid4)
    before = foreign(state(directory))  # type: ignore[arg-type]
    scene = OnTwin(twin, directory, new_world(exchange, clock), clock, before, transport.seen)
    values = {
        **environment(),
        "KEEPER_OPERATOR_KEY": OPERATOR_KEY,
        "KEEPER_CLIENT_SECRET": CLIENT_SECRET,
        "KEEPER_STORAGE": f"AccountName=canary;AccountKey={ACCOUNT_KEY};EndpointSuffix=core.example",
    }
    site = Site(scene, MemoryQueues(clock=clock), from_environment(values), patch)
    site.start()
    return site, echo


SECRET_CREDENTIAL = ClientSecret(Secret(CLIENT_SECRET))


@dataclass
class Sinks:
    """Everything that the log was given: as text, as fields, and as tracebacks."""

    said: list[str] = field(default_factory=list)

    def leaks(self) -> list[tuple[str, str]]:
        return [(name, text[:400]) for text in self.said for name in found_in(text)]


class _Collector(logging.Handler):
    def __init__(self, sinks: Sinks) -> None:
        super().__init__(logging.DEBUG)
        self._sinks = sinks

    def emit(self, record: logging.LogRecord) -> None:
        self._sinks.said.append(f"{record.name} {self.format(record)} {record.__dict__!r}")
        if record.exc_info and record.exc_info[1]:
            self._sinks.said.append("".join(traceback.format_exception(record.exc_info[1])))


@contextmanager
def everything_logged() -> Iterator[Sinks]:
    """Listen at the root, with every logger there is at its most talkative."""
    sinks, root = Sinks(), logging.getLogger()
    telemetry.configure()
    loggers = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    levels = {each: each.level for each in loggers}
    for each in loggers:
        each.setLevel(logging.DEBUG)
    collector = _Collector(sinks)
    root.addHandler(collector)
    try:
        yield sinks
    finally:
        root.removeHandler(collector)
        for each, level in levels.items():
            each.setLevel(level)


def stored(site: Site) -> Iterator[str]:
    """Every row as its table has it, without the one column that is there for the secret; and every message."""
    world: Any = site.world
    for tenant, _ in world.tenants.rows.values():
        yield repr({name: value for name, value in tenant_rows.to_row(tenant).items() if name != "loop_check"})
    for tenant_id, events in world.history.events.items():
        yield repr(list(event_rows.to_rows(tenant_id, events)))
    for tenant_id, proof in world.proofs.kept.items():
        yield repr(proofs.to_row(tenant_id, proof))
    for parked in world.journal.kept.values():
        yield repr(parked_rows.to_row(parked))
    yield repr([*world.journal.seen, *world.journal.broken, world.wishes.fleet])
    yield repr([encode(delivery.message) for _, delivery in site.queues.waiting])
    yield repr(site.queues.parked)
    yield repr([replace(tenant) for tenant, _ in world.tenants.rows.values()])


def gone_astray(seen: list[Received]) -> list[str]:
    """Requests that carry a secret to where it does not belong."""
    wrong = []
    for received in seen:
        head = f"{received.url} { {n: v for n, v in received.headers.items() if n != 'authorization'} }"
        bearer, body = received.headers.get("authorization", ""), received.body.decode(errors="replace")
        host = "{0.scheme}://{0.netloc}".format(urlsplit(received.url))
        allowed = {
            EXCHANGE: {"loop-check GUID", "access token"},  # the parts of a batch carry it each
            LOGIN: {"client assertion", "client secret"},
        }.get(host, set())
        if (
            found_in(head)
            or set(found_in(body)) - allowed
            or (bearer and (host, bearer) != (EXCHANGE, f"Bearer {TOKEN}"))
        ):
            wrong.append(f"{received.method} {host}")
    return wrong
