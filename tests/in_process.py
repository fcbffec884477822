"""A server inside the process: a requests adapter that answers from a function, without a socket."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse


@dataclass(frozen=True)
class Received:
    """A request as the server sees it; header names are in lower case, the path has its query."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


Sent = tuple[int, Mapping[str, str], bytes]


class _Original:
    """What requests reads cookies from."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers.items():
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class TwinTransport(BaseAdapter):
    """Hands each request to a function and gives back what it returns, or raises what it raises."""

    handle: Callable[[Received], Sent]
    seen: list[Received] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, *_args: object, **_options: object) -> requests.Response:
        body = request.body or b""
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        data = body.encode() if isinstance(body, str) else bytes(body)
        received = Received(str(request.method), str(request.url), headers, data)
        self.seen.append(received)
        status, answered, content = self.handle(received)
        response = requests.Response()
        response.status_code = status
        response.headers.update(answered)
        response.raw = HTTPResponse(
            io.BytesIO(content),
            headers=dict(answered),
            status=status,
            preload_content=False,
            original_response=_Original(answered),  # type: ignore[arg-type]
        )
        response.request = request
        response.url = received.url
        return response

    def close(self) -> None:
        """Nothing is open."""


def session_over(transport: BaseAdapter, made: Callable[[], requests.Session] = requests.Session) -> requests.Session:
    """A session whose every request goes to the transport."""
    session = made()
    session.mount("https://", transport)
    session.mount("http://", transport)
    return session
