"""Connections by requests: what the environment says is read once, and each thread has a session of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    """Authenticate with what the request carries already.

    As a session's ``auth`` it keeps requests from putting the credentials of a .netrc file in place of a token.
    """
    return request


class SettledSession(requests.Session):
    """A session that asks the environment for proxies and authorities once for each host, and never for a .netrc.

    requests asks before every request, which costs a twentieth of one; the environment of a process does not change.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _unchanged
        self._settled: dict[object, Any] = {}

    def merge_environment_settings(self, url: str, *given: Any) -> Any:  # type: ignore[override] # noqa: ANN401
        """Add what the environment says of a host to the settings of one request."""
        settled = (urlsplit(url)[:2], repr(given))
        if settled not in self._settled:
            self._settled[settled] = super().merge_environment_settings(url, *given)
        return {**self._settled[settled]}


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of every thread.

    Attributes:
        factory: Makes one; it must not retry by itself, because a write must not be sent twice.
    """

    factory: Callable[[], requests.Session] = SettledSession
    _own: threading.local = field(default_factory=threading.local, init=False, repr=False)

    def here(self) -> requests.Session:
        """Return this thread's session."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = self.factory()
        return session
