"""The application is assembled once; what keeps it from being assembled is heard by all who waited, and tried anew."""

import json
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared import bootstrap
from shared.adapters import telemetry
from shared.adapters.exchange import ExchangeOnline
from shared.bootstrap import Foundation, application, assemble, foundation, lay
from shared.domain.errors import InvalidSettings, NotYet, Unavailable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_foundation", "_application", "_failed"):
        monkeypatch.setattr(bootstrap, name, [])
    monkeypatch.setattr(telemetry, "configure", lambda: None)  # it would stay, for every test after this one
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    production = {
        "KEEPER_LOGIN_URL": "",
        "KEEPER_EXCHANGE_URL": "",
        "KEEPER_GRAPH_URL": "",
        "KEEPER_CLIENT_SECRET": "",
        "KEEPER_OPERATOR_KEY": "",
        "KEEPER_FEDERATED_IDENTITY": values["KEEPER_CLIENT_ID"],
        "KEEPER_REGIONS": str(ROOT / "none.json"),
    }
    for name, value in {**values, **production}.items():
        monkeypatch.setenv(name, value)


def test_without_region_data_there_is_a_foundation_to_keep_messages_by() -> None:
    assert foundation() is foundation()
    with pytest.raises(InvalidSettings, match="region data"):
        application()


def test_the_room_towards_exchange_is_as_large_as_the_setting_says() -> None:
    exchange = lay({**os.environ, "KEEPER_EXCHANGE_CALLS": "3", "KEEPER_LEASE_SECONDS": "30"}).world.exchange
    assert isinstance(exchange, ExchangeOnline)
    assert exchange.transport.limits.write == 10
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(exchange.transport.room.one(0))
        with pytest.raises(NotYet), exchange.transport.room.one(0):
            raise AssertionError("there was room for a fourth")


def test_what_could_not_be_assembled_is_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = iter([Unavailable("away"), None])

    def once(base: Foundation) -> object:
        if error := next(tries):
            raise error
        return base

    monkeypatch.setattr(bootstrap, "assemble", once)
    with pytest.raises(Unavailable):
        application()
    assert application() is application()


def test_who_waits_for_another_ones_try_hears_the_same_and_does_not_try_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries, heard, began, fail = list[int](), list[str](), threading.Event(), threading.Event()

    def failing(_base: Foundation) -> None:
        tries.append(1)
        began.set()
        fail.wait(10)
        raise Unavailable("away")

    def one() -> None:
        try:
            application()
        except Unavailable as error:
            heard.append(str(error))

    monkeypatch.setattr(bootstrap, "assemble", failing)
    threads = [threading.Thread(target=one) for _ in range(8)]
    threads[0].start()
    assert began.wait(10)
    for thread in threads[1:]:
        thread.start()
    while not all(thread.is_alive() for thread in threads):
        fail.wait(0.01)
    fail.wait(0.2)
    fail.set()
    for thread in threads:
        thread.join()
    assert heard == ["away"] * 8
    assert tries == [1]


def test_the_application_stands_on_the_foundation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPER_REGIONS", str(ROOT / "regions.example.json"))
    base = foundation()
    with pytest.raises(InvalidSettings, match="region data"):
        assemble(base)  # documentation addresses are refused in production
