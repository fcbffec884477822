"""The connection, over real sockets: what is cut off, what is kept, and what nobody can know."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest
import requests

from shared.adapters.exchange import ExchangeOnline
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_protocol import Request, Sender, encode
from shared.adapters.sessions import Sessions
from shared.adapters.transport import Limits, Transport
from shared.domain.errors import Ambiguous, KeeperError, NeedsRole, RolePropagating, Unavailable
from shared.domain.values import Secret
from tests.fakes import TENANT_ID, Clock, new_tenant

Respond = Callable[[BaseHTTPRequestHandler, bytes], None]
LIMITS = Limits(connect=0.5, read=0.15, write=0.15, size=10_000)


class Server(ThreadingHTTPServer):
    """A loopback server; it counts connections and keeps what it received."""

    daemon_threads = True

    def __init__(self, respond: Respond, host: str = "127.0.0.1") -> None:
        self.connections = 0
        self.received: list[tuple[str, str | None, bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.received.append((self.path, self.headers["Authorization"], body))
                respond(self, body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        super().__init__((host, 0), Handler)
        self.url = f"http://{host}:{self.server_port}"

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what these tests are about."""


@contextmanager
def serving(respond: Respond, host: str = "127.0.0.1") -> Iterator[Server]:
    server = Server(respond, host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(status: int = 200, body: bytes = b'{"value":[]}', **headers: str) -> Respond:
    def respond(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def silence(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    time.sleep(0.25)
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"value":[]}')
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.02)


def flood(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"400\r\n" + b" " * 1024 + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def request_for(cmdlet: str) -> Request:
    return encode(Call(cmdlet, {}), Sender("", TENANT_ID, UUID(int=1), Secret("a-token")))


READ, WRITE = request_for("Get-ArcConfig"), request_for("Set-ArcConfig")


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    opened: list[requests.Session] = []

    def factory() -> requests.Session:
        opened.append(requests.Session())
        return opened[-1]

    yield Sessions(factory)
    for session in opened:
        session.close()


def post(url: str, sessions: Sessions, request: Request) -> bytes:
    transport = Transport(url, sessions, LIMITS)
    return transport.send(request, transport.deadline(is_read=request.is_read)).body


@pytest.mark.parametrize("respond", [silence, reset, hang_up, half, drip, flood], ids=lambda respond: respond.__name__)
def test_what_breaks_after_the_body_went_out_is_unknown_for_a_write(respond: Respond, sessions: Sessions) -> None:
    with serving(respond) as server:
        for request, error in ((READ, Unavailable), (WRITE, Ambiguous)):
            begun = time.monotonic()
            with pytest.raises(error) as caught:
                post(server.url, sessions, request)
            assert type(caught.value) is error
            assert time.monotonic() - begun < 1.5
        assert len(server.received) == 2


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_a_server_that_is_not_there_was_sent_nothing(request_: Request, sessions: Sessions) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="cannot be reached"):
            post(f"http://127.0.0.1:{taken.getsockname()[1]}", sessions, request_)


def test_when_the_time_is_over_nothing_is_sent(sessions: Sessions) -> None:
    with serving(answer()) as server:
        with pytest.raises(Unavailable, match="time for this operation"):
            Transport(server.url, sessions).send(WRITE, time.monotonic())
        assert server.received == []


def test_one_connection_serves_many_requests(sessions: Sessions) -> None:
    with serving(answer()) as server:
        for _ in range(3):
            assert post(server.url, sessions, READ) == b'{"value":[]}'
        assert server.connections == 1


def test_each_thread_has_its_own_connection(sessions: Sessions) -> None:
    with serving(answer()) as server:
        threads = [threading.Thread(target=post, args=(server.url, sessions, READ)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.connections == 3


def test_the_body_comes_as_it_was_sent_whatever_the_headers_claim(sessions: Sessions) -> None:
    with serving(answer(403, b"\0" * 4096, Content_Encoding="gzip")) as server:
        assert post(server.url, sessions, READ) == b"\0" * 4096


class Tokens:
    def token(self, _tenant_id: UUID, *, fresh: bool = False) -> str:
        return f"a-token-{fresh}"


@pytest.mark.parametrize(
    ("headers", "error"),
    [({}, RolePropagating), ({"X-ExceptionType": "CmdletAccessDeniedException"}, NeedsRole)],
)
def test_a_refusal_in_nul_bytes_that_claim_to_be_gzip_is_understood(
    headers: dict[str, str], error: type[KeeperError], sessions: Sessions
) -> None:
    with serving(answer(403, b"\0" * 4096, Content_Encoding="gzip", **headers)) as server:
        exchange = ExchangeOnline(Transport(server.url, sessions, LIMITS), Tokens(), Clock(), uuid4)
        with pytest.raises(error):
            exchange.observe(new_tenant())


def test_a_redirect_to_another_host_takes_no_token_there(sessions: Sessions) -> None:
    with serving(answer()) as stranger:
        location = stranger.url.replace("127.0.0.1", "localhost")
        with serving(answer(302, b"", Location=f"{location}/x")) as server:
            for request in (READ, WRITE):
                with pytest.raises(Unavailable, match="token must not go"):
                    post(server.url, sessions, request)
        assert stranger.connections == 0


def test_a_redirect_to_the_same_host_is_the_same_post(sessions: Sessions) -> None:
    with serving(answer()) as second, serving(answer(302, b"", Location=f"{second.url}/x")) as first:
        assert post(first.url, sessions, WRITE) == b'{"value":[]}'
        assert second.received == [("/x", "Bearer a-token", WRITE.body)]


def test_cookies_last_for_the_hops_of_one_operation(sessions: Sessions) -> None:
    cookies: list[str | None] = []

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        cookies.append(handler.headers["Cookie"])
        again = {"Location": "/again", "Set-Cookie": "affinity=one; path=/"}
        answer(200 if handler.path == "/again" else 302, b"{}", **again)(handler, body)

    with serving(respond) as server:
        post(server.url, sessions, READ)
        post(server.url, sessions, READ)
    assert cookies == [None, "affinity=one", None, "affinity=one"]
