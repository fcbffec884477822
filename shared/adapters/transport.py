"""Carry one request to Exchange and bring back whatever came, within limits of time, size and hops.

Nothing here retries: a refused connection, a timeout or a reset is an answer too. Source: exchange contract §1.9 (raw
bytes), §1.12 (redirects), §1.13 (timeouts).
"""

import time
from dataclasses import dataclass, field

import requests

from shared.adapters.bounded import FAULTS, chunks, was_sent
from shared.adapters.breakers import Breaker, Call, is_answer
from shared.adapters.exchange_answers import Answer
from shared.adapters.exchange_envelope import LARGEST
from shared.adapters.exchange_protocol import Request
from shared.adapters.redirects import next_hop
from shared.adapters.room import Room
from shared.adapters.sessions import Sessions
from shared.domain.errors import Ambiguous, Unavailable


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may cost.

    Attributes:
        connect: Seconds to reach a server.
        read: Seconds for everything that a look at a tenant takes.
        write: Seconds for one write (exchange contract §1.13).
        size: Bytes of one answer.
        hops: Redirects that are followed.
    """

    connect: float = 10.0
    read: float = 100.0
    write: float = 60.0
    size: int = LARGEST
    hops: int = 3


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LIMITS = Limits()
CALLS = 64
"""How many calls go out at once where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Requests to one Exchange.

    Attributes:
        base_url: Where Exchange is, such as ``https://outlook.office365.com``.
        sessions: The connections.
        limits: What one operation may cost.
        breaker: Leaves Exchange alone when it answers nobody.
        room: How many calls go out at once.
    """

    base_url: str
    sessions: Sessions
    limits: Limits = _LIMITS
    breaker: Breaker = field(default_factory=lambda: Breaker("Exchange"))
    room: Room = field(default_factory=lambda: Room(CALLS))

    @property
    def root(self) -> str:
        """The base URL without a final slash."""
        return self.base_url.rstrip("/")

    def deadline(self, *, is_read: bool) -> float:
        """When an operation that begins now must be over, on the monotonic clock."""
        return time.monotonic() + (self.limits.read if is_read else self.limits.write)

    def is_early(self, deadline: float, *, is_read: bool) -> bool:
        """Whether half of the time that an operation has is left: enough to ask for another token first."""
        return deadline - time.monotonic() > (self.limits.read if is_read else self.limits.write) / 2

    def send(self, request: Request, deadline: float) -> Answer:
        """Send a request and follow its redirects by hand: each hop is the same request, to Exchange's own hosts only.

        Raises:
            NotYet: It was not sent: Exchange answers nobody, or too many calls are under way.
            Unavailable: It was not sent, or it was a read and nothing came back that can be used.
            Ambiguous: It was a write that went out, and no whole answer came back.
        """
        # Cookies tie later hops to the server that the first chose; between tenants they would tie strangers.
        self.sessions.here().cookies.clear()
        return self._answered(self.root + request.path, request, deadline)

    def follow(self, request: Request, link: str, deadline: float) -> Answer:
        """Send a read again, to where the rest of its list is, with the cookies that lead to the same server.

        Source: exchange contract §1.7.

        Raises:
            NotYet: It was not sent.
            Unavailable: The link leads to where the token must not go, or nothing came back that can be used.
        """
        url = next_hop(self.root, self.root + request.path, link)
        if url is None:
            raise Unavailable("the rest of a list is where the token must not go; try again later")
        return self._answered(url, request, deadline)

    def _answered(self, url: str, request: Request, deadline: float) -> Answer:
        for _ in range(self.limits.hops + 1):
            answer = self._fetched(url, request, deadline)
            if answer.status not in _REDIRECTS:
                return answer
            hop = next_hop(self.root, url, answer.headers.get("location"))
            if hop is None:
                raise Unavailable("Exchange redirects to where the token must not go; try again later")
            url = hop
        raise Unavailable("Exchange redirects without end; try again later")

    def _fetched(self, url: str, request: Request, deadline: float) -> Answer:
        with self.breaker.asking(str(request.tenant_id)) as call, self.room.one(deadline - time.monotonic()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise Unavailable("the time for this operation was over before Exchange was asked; try again later")
            return self._asked(url, request, left, call)

    def _asked(self, url: str, request: Request, left: float, call: Call) -> Answer:
        call.answered, deadline, connect = False, time.monotonic() + left, min(self.limits.connect, left / 2)
        try:
            response = self.sessions.here().request(
                request.method,
                url,
                data=request.body or None,
                headers=dict(request.headers),
                timeout=(connect, left - connect),
                allow_redirects=False,
                stream=True,
            )
            try:
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = _struck(
                    Answer(response.status_code, headers, self._body(response, request, deadline)), request
                )
            finally:
                response.close()
        except FAULTS as error:
            # The original may quote a header or an address: its name is all that is said of it.
            fault = type(error).__name__
            if isinstance(error, ValueError):
                call.answered = None  # it is no request, and nobody was asked
            raise _lost(request, fault) if was_sent(error) else _unreached(fault) from None
        call.answered = is_answer(answer.status, names_a_wait="retry-after" in headers)
        return answer

    def _body(self, response: requests.Response, request: Request, deadline: float) -> bytes:
        """Read raw bytes, undecoded: a refusal may declare gzip and be none (exchange contract §1.9)."""
        parts, size = list[bytes](), 0
        for chunk in chunks(response, deadline, decode=False):
            parts.append(chunk)
            size += len(chunk)
            if size > self.limits.size:
                raise _lost(request, "too long")
        return b"".join(parts)


def _struck(answer: Answer, request: Request) -> Answer:
    """Strike the token out of an answer that repeats it, before anybody quotes the answer."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        return answer
    headers = {name: value.replace(token, "***") for name, value in answer.headers.items()}
    return Answer(answer.status, headers, answer.body.replace(token.encode(), b"***"))


def _unreached(fault: str) -> Unavailable:
    return Unavailable(f"Exchange cannot be reached ({fault}); try again later")


def _lost(request: Request, fault: str) -> Unavailable | Ambiguous:
    cmdlets = ", ".join(request.cmdlets)
    if request.is_read:
        return Unavailable(f"{cmdlets}: no whole answer came back ({fault}); try again later")
    return Ambiguous(f"{cmdlets}: it was sent and no whole answer came back ({fault}); read again before anything else")
