"""Region data from a file, and over TLS from a server on loopback."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
import trustme

from shared.adapters import region_source
from shared.adapters.region_source import LARGEST, load
from shared.domain.errors import InvalidSettings, KeeperError, Unavailable
from tests.in_process import Received, Sent, TwinTransport, session_over

URL = "https://regions.test/regions.json?sig=canary"


def fetched(*answers: Sent | Exception, source: str = URL) -> tuple[bytes, list[Received]]:
    rest = iter(answers)

    def handle(_: Received) -> Sent:
        answer = next(rest)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = TwinTransport(handle)
    return load(source, lambda: session_over(transport)), transport.seen


def failure(*answers: Sent | Exception, source: str = URL) -> KeeperError:
    with pytest.raises(KeeperError) as caught:
        fetched(*answers, source=source)
    assert "canary" not in str(caught.value)
    return caught.value


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "regions.json"
    path.write_bytes(b"{}")
    assert load(str(path)) == b"{}"
    path.write_bytes(b"x" * LARGEST)
    assert len(load(str(path))) == LARGEST


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b"x" * (LARGEST + 1))
    for source in (str(tmp_path / "none.json"), str(tmp_path), str(large), "a\0b", "", "x" * 5_000):
        with pytest.raises(InvalidSettings, match="region data"):
            load(source)


def test_a_page() -> None:
    data, seen = fetched((200, {}, b"{}"))
    assert data == b"{}"
    assert [request.url for request in seen] == [URL]


def test_a_redirect_is_followed_by_https_only() -> None:
    data, seen = fetched((302, {"Location": "/other.json"}, b""), (200, {}, b"{}"))
    assert data == b"{}"
    assert seen[-1].url == "https://regions.test/other.json"
    assert isinstance(failure((302, {"Location": "http://regions.test/canary"}, b"")), InvalidSettings)
    assert isinstance(failure((302, {"Location": "file:///canary"}, b"")), InvalidSettings)
    assert isinstance(failure((302, {"Location": "https://["}, b"")), InvalidSettings)
    assert isinstance(failure(*[(302, {"Location": URL}, b"")] * 4), Unavailable)


@pytest.mark.parametrize(("status", "kind"), [(404, InvalidSettings), (403, InvalidSettings), (500, Unavailable)])
def test_a_page_that_is_refused(status: int, kind: type[KeeperError]) -> None:
    assert type(failure((status, {}, b"canary"))) is kind


def test_a_page_that_is_too_large() -> None:
    assert len(fetched((200, {}, b"x" * LARGEST))[0]) == LARGEST
    assert isinstance(failure((200, {}, b"x" * (LARGEST + 1))), InvalidSettings)


@pytest.mark.parametrize("fault", [requests.ConnectionError("canary"), requests.Timeout("canary")])
def test_a_broken_connection(fault: Exception) -> None:
    assert isinstance(failure(fault), Unavailable)


def test_a_server_that_never_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_source, "LONGEST_S", -1.0)
    assert isinstance(failure((200, {}, b"{}")), Unavailable)


def test_a_url_that_is_none() -> None:
    with pytest.raises(InvalidSettings):
        load("https://")


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with HTTPServer(("127.0.0.1", 0), Pages) as https:
        https.socket = context.wrap_socket(https.socket, server_side=True)
        thread = threading.Thread(target=https.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://localhost:{https.server_port}/regions.json"
        https.shutdown()
        thread.join()


def test_over_tls(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(server) == b"{}"
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(Unavailable, match="SSLError"):
        load(server)
