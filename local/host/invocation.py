"""The values that host and worker exchange, the same for both seats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class HttpCall:
    """An HTTP request as the worker gets it; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    route: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpReply:
    """An HTTP answer as the worker gives it; cookies are whole ``Set-Cookie`` lines."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes


Content: TypeAlias = "str | bytes | HttpCall | HttpReply"


@dataclass(frozen=True)
class Typed:
    """A value with its kind on the wire: ``string``, ``bytes``, ``json`` or ``http``."""

    kind: str
    value: Content


@dataclass(frozen=True)
class Attempt:
    """Which try of how many this is, for functions with a retry policy."""

    number: int = 0
    limit: int = 0


@dataclass(frozen=True)
class Invocation:
    """One call of a function."""

    id: str
    function: str
    trigger: str
    value: Typed
    metadata: Mapping[str, Typed]
    traceparent: str
    attempt: Attempt = field(default_factory=Attempt)


@dataclass(frozen=True)
class Outcome:
    """How a call ended: an error with its traceback, or what it gave."""

    error: str = ""
    returned: Typed | None = None
    outputs: Mapping[str, Typed] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try again at once, and after how long; a limit of -1 is none."""

    limit: int
    shortest: float
    longest: float

    def delay(self, retries: int) -> float:
        """The seconds before the next try: doubled each time, up to the longest."""
        return float(min(self.longest, self.shortest * 2 ** min(retries, 32)))


@dataclass(frozen=True)
class IndexedFunction:
    """A function as the worker found it: its bindings as in function.json, its retry policy if any."""

    name: str
    bindings: tuple[Mapping[str, object], ...]
    retry: RetryPolicy | None = None
