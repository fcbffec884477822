"""The HTTP API: asks, reads answers into values, and turns every failure into one declared error."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol, TypeVar

import requests

from cli.answers import Accepted, Event, Parked, ParkedPage, Problem, Timeline
from cli.answers_plans import Plan
from cli.answers_tenants import TenantLine, TenantPage
from cli.connection import Connection
from cli.errors import NoAnswer, Refused, StrangeAnswer
from cli.inert import one_line
from cli.reading import document_of, read
from cli.sessions import Sessions

PAGE = 200
"""Rows that are asked for at once, and the most that are held."""

_TIMEOUT_S = (10.0, 180.0)
"""To connect, and to answer: a plan reads a live tenant."""
_TRIES = 4
_LONGEST_WAIT_S = 30.0
_LONGEST_CAUSE = 600

_T = TypeVar("_T")


class _Page(Protocol):
    @property
    def cursor(self) -> str | None: ...


_P = TypeVar("_P", bound=_Page)


@dataclass(frozen=True, slots=True)
class Api:
    """The API.

    Attributes:
        connection: The way to it.
        sessions: What requests go through.
        sleep: Waits for so many seconds, where the API asks for it.
    """

    connection: Connection
    sessions: Sessions
    sleep: Callable[[float], None]

    def get(self, form: type[_T], path: str, **query: object) -> _T:
        """Read an answer; where the API asks for a wait, it is asked again.

        Raises:
            CommandError: There is none, or it is a refusal.
        """
        wanted = {name: str(value) for name, value in query.items() if value is not None}
        answer = self._call("GET", path, params=wanted)
        for _ in range(_TRIES - 1):
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            self.sleep(_wait(answer.headers.get("Retry-After", "")))
            answer = self._call("GET", path, params=wanted)
        return _read(form, answer)

    def post(self, path: str, body: Mapping[str, object]) -> Accepted:
        """Give an order. It is sent once: who gets no answer looks before asking again.

        Raises:
            CommandError: It was refused, or nobody knows.
        """
        return _read(Accepted, self._call("POST", path, json={k: v for k, v in body.items() if v not in (None, "")}))

    def tenants(self, **filters: object) -> Iterator[TenantLine]:
        """Read tenants page by page."""
        for page in self._pages(TenantPage, "/api/tenants", **filters):
            yield from page.tenants

    def events(self, path: str) -> Iterator[Event]:
        """Read what happened, newest first, page by page."""
        for page in self._pages(Timeline, path):
            yield from page.events

    def parked(self) -> Iterator[Parked]:
        """Read parked messages, newest first, page by page."""
        for page in self._pages(ParkedPage, "/api/poison"):
            yield from page.parked

    def plan(self, tenant_id: str, purpose: str) -> Plan:
        """Have a tenant looked at now, and an order planned."""
        return self.get(Plan, f"/api/tenants/{tenant_id}/plan", **{"for": purpose})

    def server_time(self) -> datetime | None:
        """The API's own time, as the head of any answer says it; ``None`` where none does.

        Raises:
            NoAnswer: Nothing answers.
        """
        try:
            return parsedate_to_datetime(self._call("GET", "/api/health").headers.get("Date", ""))
        except ValueError:
            return None

    def _pages(self, form: type[_P], path: str, **filters: object) -> Iterator[_P]:
        cursor: str | None = None
        while True:
            page = self.get(form, path, limit=PAGE, cursor=cursor, **filters)
            yield page
            if page.cursor is None:
                return
            if page.cursor == cursor:
                raise StrangeAnswer(f"{path}: the next page is the same page")
            cursor = page.cursor

    def _call(self, method: str, path: str, **parts: object) -> requests.Response:
        url = self.connection.url + path
        options = {"auth": self._prove, "timeout": _TIMEOUT_S, "allow_redirects": False, **parts}
        try:
            return self.sessions.here().request(method, url, **options)  # type: ignore[arg-type]
        except requests.RequestException as error:
            said = f"{self.connection.url} does not answer ({type(error).__name__})"
            raise NoAnswer(said if method == "GET" else f"{said}: whether the order arrived is not known") from None

    def _prove(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header that proves who asks: by itself requests would put what a .netrc says in its place."""
        name, value = self.connection.header()
        request.headers[name] = value
        return request


def _read(form: type[_T], answer: requests.Response) -> _T:
    if HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return read(form, document_of(answer.content))
    try:
        problem = read(Problem, document_of(answer.content))
    except StrangeAnswer:
        raise StrangeAnswer(f"HTTP {answer.status_code} without a problem that could be read") from None
    raise Refused(one_line(problem.code)[:64], one_line(problem.detail)[:_LONGEST_CAUSE])


def _wait(asked: str) -> float:
    """How long to wait: what was asked for, within reason."""
    return min(max(float(asked), 1.0), _LONGEST_WAIT_S) if asked.isascii() and asked.isdecimal() else 1.0
