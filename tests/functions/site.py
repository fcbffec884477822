"""The product's functions inside one process, over a tenant of the twin and storage that can fail."""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest
import standardwebhooks

from functions import shell
from functions.signup import signup
from shared import bootstrap
from shared.adapters.heartbeat import Heartbeat
from shared.adapters.opening import open_sign_in
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.queues import Depth
from shared.adapters.sessions import Sessions
from shared.adapters.settings import Settings, from_environment
from shared.application.ports import Policy, World
from shared.application.sinks import Notices
from shared.bootstrap import Application, Foundation
from shared.domain.errors import Unavailable
from shared.domain.messages import Delivery, Queue, encode
from tests.fakes import Clock, new_policy
from tests.on_twin import OnTwin, on_twin
from tests.pump import HANDLERS

ROOT = Path(__file__).resolve().parents[2]
SECRET, OLD_SECRET = bytes(range(32)), bytes(range(32, 64))
GUID = "5ec7e700-5a11-4c1a-9a11-c0ffee000000"
TENANT = "6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10"
SIGNUP: Mapping[str, object] = {
    "account_id": "acme",
    "tenant_id": TENANT,
    "region": "eu",
    "initial_domain": "contoso.onmicrosoft.com",
    "loop_check_guid": GUID,
}
POLICY = new_policy(settling_seconds=60)
MOST_MESSAGES = 80


def whsec(secret: bytes) -> str:
    return "whsec_" + b64encode(secret).decode()


def environment(keys: Iterable[Mapping[str, object]] = ()) -> dict[str, str]:
    """The settings of a trial."""
    values: dict[str, str] = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    entries = list(keys) or [{"id": "now", "secret": whsec(SECRET)}]
    return {**values, "KEEPER_REGIONS": str(ROOT / "regions.example.json"), "KEEPER_WEBHOOK_KEYS": json.dumps(entries)}


@dataclass
class MemoryQueues:
    """Queues that keep what they are sent, until they are away."""

    waiting: list[tuple[datetime, Delivery]] = field(default_factory=list)
    parked: list[tuple[Queue, str]] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    is_away: bool = False

    def send(self, delivery: Delivery) -> None:
        self._check()
        self.waiting.append((self.clock() + delivery.delay, delivery))

    def depths(self, now: datetime) -> Iterator[Depth]:
        """Every queue is empty, as far as anybody asks."""
        assert now.tzinfo is not None
        return iter([Depth(queue, 0, 0.0) for queue in Queue])

    def park(self, queue: Queue, text: str) -> None:
        self._check()
        self.parked.append((queue, text))

    def _check(self) -> None:
        if self.is_away:
            raise Unavailable("storage: send: no answer; try again later")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    document: Mapping[str, Any]
    headers: Mapping[str, str]
    text: str


@dataclass
class Site:
    """One deployment: what it keeps outlives each process of it."""

    scene: OnTwin
    queues: MemoryQueues
    settings: Settings
    patch: pytest.MonkeyPatch
    policy: Policy = POLICY
    numbers: int = 0

    @property
    def clock(self) -> Clock:
        return self.scene.clock

    @property
    def world(self) -> World:
        return self.scene.world

    def start(self, world: World | None = None) -> None:
        """A process begins: nothing is in its memory but the settings."""
        nobody = OperatorTokens(self.settings.login_url, frozenset(), (), Sessions(_no_session), self.clock)
        silent = Heartbeat(None, Sessions(_no_session))
        queues: Any = self.queues
        parts: Any = (queues, nobody, silent, open_sign_in(self.settings), Notices())
        app = Application(self.settings, world or self.world, self.policy, *parts)
        self.patch.setattr(bootstrap, "_application", [app])
        ground = Foundation(self.settings, world or self.world, queues, Notices())
        self.patch.setattr(bootstrap, "_foundation", [ground])

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Call the function as the platform does."""
        request = func.HttpRequest("POST", "https://keeper.example/api/signup", headers=dict(headers), body=body)
        response = signup._function.get_user_function()(request)
        text = response.get_body().decode()
        return Answer(response.status_code, json.loads(text), {**response.headers, "type": response.mimetype}, text)

    def sign_up(self, webhook_id: str = "msg_1", **changes: object) -> Answer:
        """Send a webhook as the vendor does, signed now."""
        body = json.dumps({**SIGNUP, **changes}).encode()
        return self.post(body, signed(body, webhook_id, self.clock()))

    def work(self) -> list[Delivery]:
        """Work on messages and all that follow, each at its time, by the shell."""
        worked: list[Delivery] = []
        while self.queues.waiting:
            assert len(worked) < MOST_MESSAGES, "the messages do not come to an end"
            self.queues.waiting.sort(key=lambda pair: pair[0])
            due, delivery = self.queues.waiting.pop(0)
            self.clock.now = max(self.clock.now, due)
            shell.work(delivery.queue, encode(delivery.message), HANDLERS[delivery.queue])
            worked.append(delivery)
        return worked

    def later(self, **duration: float) -> list[Delivery]:
        """Let time pass and the timer fire; gives what it asked for."""
        self.clock.advance(**duration)
        shell.sweep(past_due=False)
        return [delivery for _, delivery in self.queues.waiting]


def new_site(patch: pytest.MonkeyPatch, keys: Iterable[Mapping[str, object]] = ()) -> Site:
    """A deployment whose one tenant has a rule of its own."""
    scene = on_twin(rules=1)
    site = Site(scene, MemoryQueues(clock=scene.clock), from_environment(environment(keys)), patch)
    site.start()
    return site


def signed(
    body: bytes, webhook_id: str, at: datetime, *secrets: bytes, content_type: str = "application/json"
) -> dict[str, str]:
    """The headers of a webhook; what the independent library cannot sign, because it is no text, is signed by hand."""
    signatures = " ".join(_signature(secret, body, webhook_id, at) for secret in secrets or (SECRET,))
    return {
        "Content-Type": content_type,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }


def _signature(secret: bytes, body: bytes, webhook_id: str, at: datetime) -> str:
    try:
        return standardwebhooks.Webhook(whsec(secret)).sign(webhook_id, at, body.decode())
    except UnicodeDecodeError:
        content = f"{webhook_id}.{int(at.timestamp())}.".encode() + body
        return "v1," + b64encode(hmac.new(secret, content, sha256).digest()).decode()


PORTS = ("tenants", "journal", "history", "wishes")


class Hooked:
    """A port that lets something happen around each of its calls."""

    def __init__(self, port: object, hook: Callable[[Callable[[], Any]], Any]) -> None:
        self._port = port
        self._hook = hook

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        call = getattr(self._port, name)
        return lambda *arguments: self._hook(lambda: call(*arguments))


def hooked(world: World, hook: Callable[[Callable[[], Any]], Any]) -> World:
    """The world with a hook around every call to storage."""
    return replace(world, **{name: Hooked(getattr(world, name), hook) for name in PORTS})  # type: ignore[arg-type]


def _no_session() -> Any:  # noqa: ANN401 - never made
    raise AssertionError("nobody may ask Entra for keys")
