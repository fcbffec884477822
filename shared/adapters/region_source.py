"""Fetch the operator's region data, from a file or by https; what is in it is judged elsewhere."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import requests

from shared.adapters.bounded import FAULTS, chunks
from shared.adapters.sessions import SettledSession
from shared.domain.errors import InvalidSettings, Unavailable

LARGEST = 1024 * 1024
"""Bytes; the data is a few hundred addresses."""
_TIMEOUT = (10.0, 30.0)
_LAST_HOP_S = 60.0
LONGEST_S = _LAST_HOP_S + sum(_TIMEOUT)
"""Seconds that fetching may take; no hop begins after the first sixty."""
_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200


def load(source: str, sessions: Callable[[], requests.Session] = SettledSession) -> bytes:
    """Read region data.

    Args:
        source: The path of a file, or an https URL.
        sessions: Makes the connection.

    Raises:
        InvalidSettings: There is no such file or page, or it is too large.
        Unavailable: It cannot be fetched now.
    """
    if not source.startswith("https://"):
        return _from_file(Path(source))
    with sessions() as session:
        try:
            return _fetched(session, source)
        except ValueError:
            raise InvalidSettings("region data: the URL is not of its form") from None
        except FAULTS as error:
            # The original may quote the URL, which may have a signature in it: its name is all that is said of it.
            raise Unavailable(f"region data: cannot be fetched ({type(error).__name__}); try again later") from None


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InvalidSettings(f"region data: no file that can be read ({type(error).__name__})") from None
    return _of_size(data)


def _fetched(session: requests.Session, url: str) -> bytes:
    begun = time.monotonic()
    for _ in range(_HOPS + 1):
        if time.monotonic() > begun + _LAST_HOP_S:
            break
        with session.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as response:
            if response.status_code in _REDIRECTS:
                url = urljoin(url, response.headers.get("Location", ""))
                if not url.startswith("https://"):
                    raise InvalidSettings("region data: the server redirects to where it could be read by others")
                continue
            if response.status_code != _OK:
                raise _refused(response.status_code)
            return _body(response, begun + LONGEST_S)
    raise Unavailable("region data: the server redirects without end; try again later")


def _refused(status: int) -> InvalidSettings | Unavailable:
    if status in (401, 403, 404, 410):
        return InvalidSettings(f"region data: the server answers {status}")
    return Unavailable(f"region data: the server answers {status}; try again later")


def _body(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in chunks(response, deadline):
        body += chunk
        if len(body) > LARGEST:
            break
    return _of_size(bytes(body))


def _of_size(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise InvalidSettings(f"region data: larger than {LARGEST} bytes")
    return data
