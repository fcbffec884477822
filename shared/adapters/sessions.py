"""One keep-alive session for each thread: requests' sessions are not made to be shared."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from requests import PreparedRequest


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of every thread.

    Attributes:
        factory: Makes one; it must not retry by itself, because a write must not be sent twice.
    """

    factory: Callable[[], requests.Session]
    _own: threading.local = field(default_factory=threading.local, init=False, repr=False)

    def here(self) -> requests.Session:
        """Return this thread's session."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = self.factory()
        return session


def unchanged(request: PreparedRequest) -> PreparedRequest:
    """Authenticate with what the request carries already.

    Given as ``auth=``, it keeps requests from putting the credentials of a .netrc file in place of a token.
    """
    return request
