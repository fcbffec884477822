"""Receivers of notifications on loopback: they check what the vendors publish, and keep who believes what open."""

import json
import socketserver
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import standardwebhooks

from tests.adapters.told import ROUTING_KEY, SECRETS, check, check_card
from tests.functions.site import whsec


@dataclass
class Receiver:
    """Teams, PagerDuty and somebody's webhook in one: what came, and what is open now by each of them.

    Attributes:
        url: Where it is.
        answers: What it answers next: a status, headers, and seconds to wait before; 202 at once where there is none.
        told: What it took, in order: which form, and the document.
        open: What is open, by the form and the key.
        wrong: What was not as it is published, or came twice.
        tries: How many requests came.
        clock: Its time; a webhook may be five minutes old.
    """

    url: str
    answers: deque[tuple[int, Mapping[str, str], float]] = field(default_factory=deque)
    told: list[tuple[str, Any]] = field(default_factory=list)
    open: set[tuple[str, str]] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    tries: int = 0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, status: int, headers: Mapping[str, str] | None = None, wait: float = 0.0) -> None:
        """Answer the next request so."""
        self.answers.append((status, headers or {}, wait))

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        """Take a request, or refuse it as was said."""
        self.tries += 1
        status, answered, wait = self.answers.popleft() if self.answers else (202, {}, 0.0)
        time.sleep(wait)
        if 200 <= status < 300:
            try:
                self._take(path.partition("?")[0], headers, body)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it
                self.wrong.append(f"{path.partition('?')[0]}: {type(error).__name__}: {error}"[:500])
        return status, answered

    def kinds(self, form: str) -> list[str]:
        """What one of them was told, in short and in order."""
        return [_kind(form, document) for told, document in self.told if told == form]

    def _take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        assert headers["content-type"] == "application/json"
        if path == "/teams":
            self.told.append(("teams", check_card(body)))
        elif path == "/v2/change/enqueue":
            self.told.append(("changes", check("pagerduty-change", body)))
        elif path == "/v2/enqueue":
            event = check("pagerduty-alert", body)
            assert event["routing_key"] == ROUTING_KEY
            self._keep("pagerduty", event["dedup_key"], event, is_over=event["event_action"] == "resolve")
        else:
            assert path == "/hook", path
            self._check_signatures(headers, body)
            document = check("webhook", body)
            assert headers["webhook-id"] not in self.seen, "told twice"
            self.seen.add(headers["webhook-id"])
            is_over = document["type"] != "incident.opened"
            self._keep("webhook", document["data"]["incident_id"], document, is_over=is_over)

    def _check_signatures(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check as the vendor's library does, but for the clock, which is ours."""
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert abs(self.clock() - at) <= timedelta(minutes=5)
        for secret in SECRETS:
            signature = standardwebhooks.Webhook(whsec(secret)).sign(headers["webhook-id"], at, body.decode())
            assert signature in headers["webhook-signature"].split(" ")

    def _keep(self, form: str, key: str, document: Any, *, is_over: bool) -> None:  # noqa: ANN401 - a JSON document
        self.told.append((form, document))
        (self.open.discard if is_over else self.open.add)((form, key))


def _kind(form: str, document: Any) -> str:  # noqa: ANN401 - a JSON document
    if form == "pagerduty":
        return str(document["event_action"])
    if form == "webhook":
        return str(document["type"])
    return json.dumps(document)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answered = receiver.take(self.path, headers, body)
            with suppress(OSError):
                self.send_response(status)
                for name, value in {"Content-Length": "0", **answered}.items():
                    self.send_header(name, value)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    with running(server):
        yield receiver


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    """Run a server until the block ends."""
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
