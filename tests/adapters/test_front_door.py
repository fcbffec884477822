"""The front doors of Exchange and Entra through the real clients: down for everybody, or for one tenant alone."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import requests

from shared.adapters.breakers import REST_S, Breaker
from shared.adapters.credentials import ClientSecret
from shared.adapters.entra_http import EntraHttp
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.room import Room
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.domain.errors import Ambiguous, KeeperError, NotYet, Throttled, Unavailable
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Secret
from tests.fakes import Clock, new_tenant
from tests.in_process import Received, Sent, TwinTransport, session_over

TENANTS = [UUID(int=n) for n in range(1, 21)]
STEP = Step(Verb.ENABLE, Kind.TRANSPORT_RULE, "r", str(UUID(int=9)))
DOWN: Sent = (502, {}, b"")
Serve = Callable[[Received], Sent]


@dataclass
class Time:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Fleet:
    """Many tenants, an Entra and an Exchange that is served by a function."""

    serve: Serve
    entra: Serve = lambda _: (200, {}, b'{"token_type":"Bearer","expires_in":3599,"access_token":"t"}')
    clock: Time = field(default_factory=Time)
    asked: Counter[str] = field(default_factory=Counter)
    room: Room = field(default_factory=lambda: Room(16))

    def __post_init__(self) -> None:
        sessions = Sessions(lambda: session_over(TwinTransport(self.handle)))
        registration = Registration("11111111-2222-4333-8444-555555555555", ClientSecret(Secret("p")), "https://e.test")
        self.tokens = Tokens(registration, "https://x.test", sessions)
        self.tokens._http = EntraHttp(sessions, Breaker("Entra", self.clock))
        transport = Transport("https://x.test", sessions, breaker=Breaker("Exchange", self.clock), room=self.room)
        self.exchange = ExchangeOnline(transport, self.tokens, Clock(), uuid4)

    def handle(self, received: Received) -> Sent:
        name = "entra" if received.url.startswith("https://e.test") else "exchange"
        self.asked[name] += 1
        return self.entra(received) if name == "entra" else self.serve(received)

    def write(self, tenant_id: UUID) -> type[KeeperError] | None:
        try:
            self.exchange.apply(new_tenant(tenant_id=tenant_id), STEP)
        except KeeperError as error:
            return type(error)
        return None


def up(_: Received) -> Sent:
    return 200, {}, json.dumps({"value": []}).encode()


def broken(_: Received) -> Sent:
    raise requests.ConnectionError


def slow(_: Received) -> Sent:
    raise requests.ReadTimeout


@pytest.mark.parametrize("serve", [lambda _: DOWN, broken, slow], ids=["502", "broken", "slow"])
def test_an_exchange_that_is_down_for_everybody_is_asked_only_so_often(serve: Serve) -> None:
    fleet = Fleet(serve)
    ends = Counter(fleet.write(tenant_id) for _ in range(10) for tenant_id in TENANTS)
    assert fleet.asked["exchange"] == 5
    assert ends == {Ambiguous: 5, NotYet: 195}
    for rest in range(1, 4):
        fleet.clock.now += REST_S
        assert {fleet.write(tenant_id) for tenant_id in TENANTS} == {Ambiguous, NotYet}
        assert fleet.asked["exchange"] == 5 + rest
    fleet.serve = up
    fleet.clock.now += REST_S
    assert [fleet.write(tenant_id) for tenant_id in TENANTS] == [None] * 20


def test_one_bad_tenant_or_two_close_the_door_for_nobody() -> None:
    bad = {str(tenant_id) for tenant_id in TENANTS[:2]}
    fleet = Fleet(lambda received: DOWN if any(name in received.url for name in bad) else up(received))
    for _ in range(30):
        assert [fleet.write(tenant_id) for tenant_id in TENANTS[:2]] == [Ambiguous] * 2
    assert [fleet.write(tenant_id) for tenant_id in TENANTS[2:]] == [None] * 18


@pytest.mark.parametrize(("status", "error"), [(429, Throttled), (503, Ambiguous)])
def test_a_wait_that_is_asked_of_everybody_is_each_tenants_own(status: int, error: type[KeeperError]) -> None:
    fleet = Fleet(lambda _: (status, {"Retry-After": "60"}, b""))
    assert [fleet.write(tenant_id) for tenant_id in TENANTS] == [error] * 20


def test_an_entra_that_is_down_for_everybody_is_asked_only_so_often_and_exchange_not_at_all() -> None:
    fleet = Fleet(up, entra=lambda _: (500, {}, b"{}"))
    ends = Counter(fleet.write(tenant_id) for _ in range(10) for tenant_id in TENANTS)
    assert ends == {Unavailable: 5, NotYet: 195}
    assert fleet.asked == {"entra": 5}
    fleet.entra = Fleet.entra
    fleet.clock.now += REST_S
    assert [fleet.write(tenant_id) for tenant_id in TENANTS] == [None] * 20


def test_a_tenant_that_entra_does_not_answer_for_is_alone_with_it() -> None:
    bad = str(TENANTS[0])
    good = Fleet.entra
    fleet = Fleet(up, entra=lambda received: DOWN if bad in received.url else good(received))
    for _ in range(20):
        assert fleet.write(TENANTS[0]) is Unavailable
    assert [fleet.write(tenant_id) for tenant_id in TENANTS[1:]] == [None] * 19


def test_a_token_that_ages_still_serves_behind_an_open_breaker() -> None:
    body = b'{"token_type":"Bearer","expires_in":3599,"refresh_in":-10,"access_token":"t"}'
    fleet = Fleet(up, entra=lambda _: (200, {}, body))
    assert fleet.write(TENANTS[0]) is None
    fleet.clock.now += 61
    fleet.entra = lambda _: DOWN
    for tenant_id in TENANTS[1:7]:
        fleet.write(tenant_id)
    before = fleet.asked["entra"]
    assert fleet.write(TENANTS[0]) is None
    assert fleet.asked["entra"] == before


def test_a_request_that_is_none_says_nothing_about_the_door() -> None:
    fleet = Fleet(up, entra=lambda _: (200, {}, b'{"token_type":"Bearer","expires_in":3599,"access_token":"\xc4"}'))
    for tenant_id in TENANTS:
        assert fleet.write(tenant_id) is Unavailable
    fleet.entra = Fleet.entra
    assert fleet.write(UUID(int=99)) is None


def test_a_look_without_room_is_no_failure_of_the_tenant_and_asks_nothing() -> None:
    release, entered = threading.Event(), threading.Event()

    def held(received: Received) -> Sent:
        entered.set()
        release.wait(10)
        return up(received)

    fleet = Fleet(held, room=Room(1, patience=0.02))
    other = threading.Thread(target=fleet.write, args=(TENANTS[0],))
    other.start()
    assert entered.wait(10)
    with pytest.raises(NotYet) as caught:
        fleet.exchange.observe(new_tenant(tenant_id=TENANTS[1]))
    release.set()
    other.join()
    assert caught.value.retry_after == timedelta(seconds=0.02)
    assert fleet.asked["exchange"] == 1
