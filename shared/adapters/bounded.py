"""What a broken connection means, and an answer's body in bounded time: who sends a byte a minute keeps nobody."""

import time
from collections.abc import Iterator
from http.client import HTTPException
from ssl import SSLCertVerificationError

import requests
from requests import RequestException
from urllib3.exceptions import HTTPError, NewConnectionError

FAULTS = (RequestException, HTTPError, HTTPException, OSError)
"""Everything that a broken connection is known to raise between requests, urllib3 and the standard library."""

_CHUNK = 64 * 1024


def was_sent(error: Exception) -> bool:
    """Whether the body may have reached the server; only what certainly came before it says no."""
    if isinstance(error, ValueError | requests.ConnectTimeout | requests.exceptions.ProxyError):
        return False
    reason = getattr(error.args[0], "reason", None) if error.args else None
    causes = (reason, *getattr(reason, "args", ()))
    return not any(isinstance(cause, NewConnectionError | SSLCertVerificationError) for cause in causes)


def chunks(response: requests.Response, deadline: float, *, decode: bool = True) -> Iterator[bytes]:
    """Read the body of an answer that was asked for as a stream, as it comes.

    Args:
        response: The answer.
        deadline: When it is too late, on the monotonic clock.
        decode: Whether to undo what the answer declares of its encoding.

    Raises:
        requests.ReadTimeout: It did not come in time.
    """
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise requests.ReadTimeout("the body came too slowly")
        _hasten(response, left)
        # One system call at a time: a full read would wait until there is enough.
        chunk = response.raw.read1(_CHUNK, decode_content=decode)
        if not chunk:
            return
        yield chunk


def _hasten(response: requests.Response, left: float) -> None:
    """Let the socket wait no longer than there is time left: its own timeout begins anew with every byte."""
    found: object = response.raw
    for name in ("_fp", "fp", "raw", "_sock"):
        found = getattr(found, name, None)
    if found is not None:
        found.settimeout(left)  # type: ignore[attr-defined]
