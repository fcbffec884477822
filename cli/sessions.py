"""One HTTP session for each thread: requests does not promise that several may share one."""

import threading
from collections.abc import Callable

import requests


class Sessions:
    """Sessions, opened where they are needed.

    Args:
        opened: Opens one.
    """

    def __init__(self, opened: Callable[[], requests.Session]) -> None:
        self._opened = opened
        self._mine = threading.local()

    def here(self) -> requests.Session:
        """This thread's session."""
        if not hasattr(self._mine, "session"):
            self._mine.session = self._opened()
        session: requests.Session = self._mine.session
        return session
