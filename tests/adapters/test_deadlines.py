"""Everything ends by itself before the platform ends it, and everybody else in the process with it."""

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import requests

from shared.adapters import bounded, entra_http, region_source, signing_keys, storage_account
from shared.adapters.credentials import IDENTITY_LONGEST_S
from shared.adapters.entra_http import EntraHttp, Unanswered
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_protocol import Sender, encode
from shared.adapters.sessions import Sessions
from shared.adapters.transport import Limits, Transport
from shared.domain.errors import KeeperError
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Secret
from tests.adapters.test_exchange_transport import Respond, drip, serving
from tests.fakes import Clock, new_policy, new_tenant

HOST = json.loads((Path(__file__).resolve().parents[2] / "host.json").read_text())
STEP = Step(Verb.ENABLE, Kind.TRANSPORT_RULE, "r", str(UUID(int=9)))


def seconds(text: str) -> int:
    hours, minutes, rest = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + rest


def longest_operation(limit: float) -> float:
    """A token may be asked for at the begin, and once more until half of the time is over; a call ends with it."""
    token: float = IDENTITY_LONGEST_S + entra_http.LONGEST_S
    return max(limit, limit / 2 + token)


def test_the_longest_piece_of_work_ends_before_the_platform_ends_it() -> None:
    policy, limits = new_policy(), Limits()
    job, lease = policy.job.total_seconds(), policy.lease.total_seconds()
    operation = max(longest_operation(limits.read), longest_operation(limits.write))
    # The application that had to be assembled first is part of the job (functions/shell.py). Storage that fails once
    # ends the work; where it is slow time after time, the platform's end is what there is.
    longest = job + operation + storage_account.LONGEST_S
    assert longest < seconds(HOST["functionTimeout"])
    assert job > region_source.LONGEST_S
    assert limits.write <= lease / 3
    # An operator's call: the keys of its token, a plan, a record. Azure waits so long for an answer over HTTP.
    assert signing_keys.LONGEST_S + operation + storage_account.LONGEST_S < 230


class Counted:
    """Tokens that come at once; the argument of every question is kept."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def token(self, _tenant_id: UUID, *, fresh: bool = False) -> str:
        self.asked.append(fresh)
        return "t"


@pytest.mark.parametrize("ask", ["observe", "apply"])
@pytest.mark.parametrize(("late", "expected"), [(False, [False, True]), (True, [False])])
def test_another_token_is_asked_for_only_while_half_of_the_time_is_left(
    ask: str, *, late: bool, expected: list[bool]
) -> None:
    def refuse(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        time.sleep(0.3 if late else 0)
        handler.send_response(401)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    tokens, limits = Counted(), Limits(read=0.5, write=0.5)
    with serving(refuse) as server, requests.Session() as session:
        transport = Transport(server.url, Sessions(lambda: session), limits)
        exchange = ExchangeOnline(transport, tokens, Clock(), uuid4)
        with pytest.raises(KeeperError):
            exchange.observe(new_tenant()) if ask == "observe" else exchange.apply(new_tenant(), STEP)
    assert tokens.asked == expected


def stall(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    """Send a byte late, and then nothing: a socket's own timeout would begin anew."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    time.sleep(0.3)
    handler.wfile.write(b" ")
    handler.wfile.flush()
    time.sleep(1.5)


def by_entra(url: str, session: requests.Session) -> None:
    with pytest.raises(Unanswered):
        EntraHttp(Sessions(lambda: session)).post(url, data="x")


def by_hand(url: str, session: requests.Session) -> None:
    with session.post(url, data="x", stream=True, timeout=(1, 1)) as response, pytest.raises(bounded.FAULTS):
        list(bounded.chunks(response, time.monotonic() + 0.4))


@pytest.mark.parametrize("respond", [stall, drip], ids=lambda respond: str(respond.__name__))
@pytest.mark.parametrize("read", [by_entra, by_hand])
def test_a_body_that_never_comes_to_its_end_is_not_waited_for(
    respond: Respond, read: Callable[[str, requests.Session], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entra_http, "LONGEST_S", 0.4)
    with serving(respond) as server, requests.Session() as session:
        begun = time.monotonic()
        read(server.url, session)
        assert time.monotonic() - begun < 1.2


def test_a_read_of_exchange_ends_at_its_limit_even_where_the_last_byte_came_late() -> None:
    with serving(stall) as server, requests.Session() as session:
        transport = Transport(server.url, Sessions(lambda: session), Limits(read=0.5))
        begun = time.monotonic()
        sender = Sender(server.url, UUID(int=1), UUID(int=2), Secret("t"))
        with pytest.raises(KeeperError):
            transport.send(encode(Call("Get-X", {}), sender), transport.deadline(is_read=True))
        assert time.monotonic() - begun < 0.9
