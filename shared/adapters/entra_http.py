"""The HTTP that msal speaks to Entra through: short timeouts, no redirects, and no answer that is not JSON.

Source: exchange contract §3.5.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from requests import RequestException, Response

from shared.adapters.bounded import FAULTS, chunks
from shared.adapters.breakers import Breaker, Call, is_answer
from shared.adapters.entra_answers import silence
from shared.adapters.retry_after import wait_of
from shared.adapters.sessions import Sessions
from shared.domain.errors import KeeperError, NotYet, Unavailable

_TIMEOUT = (10.0, 30.0)
LONGEST_S = sum(_TIMEOUT)
"""Seconds that one question may take, body and all."""
_LARGEST = 1024 * 1024
"""Bytes; a token is a few thousand."""
_READABLE = frozenset({200, 400, 401, 403, 404})
"""Statuses whose JSON says what is wrong."""
_DISCOVERY = "/v2.0/.well-known/openid-configuration"


class Unanswered(RequestException):
    """Entra gave no answer. It is a fault of the connection to msal, which then stays with a token that still holds.

    Attributes:
        error: What it is to the rest of the product.
    """

    def __init__(self, error: KeeperError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, of the form that msal reads."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntraHttp:
    """msal's ``http_client``.

    Attributes:
        sessions: The connections.
        breaker: Leaves Entra alone when it answers nobody.
    """

    sessions: Sessions
    breaker: Breaker = field(default_factory=lambda: Breaker("Entra"))

    def get(self, url: str, **_options: object) -> Page:
        """Answer msal's question for a tenant's endpoints without asking: they follow from the tenant's authority.

        A fleet would otherwise send two requests for each first token, and one more can fail.
        """
        authority = url.removesuffix(_DISCOVERY)
        ends = (("token_endpoint", "token"), ("authorization_endpoint", "authorize"))
        document = {name: f"{authority}/oauth2/v2.0/{end}" for name, end in ends}
        return Page(200, json.dumps({"issuer": f"{authority}/v2.0", **document}), {})

    def post(self, url: str, **options: Any) -> Page:  # noqa: ANN401 - whatever msal hands to requests
        """Ask for a token.

        Raises:
            Unanswered: What came is nothing that msal could read.
        """
        options |= {"timeout": _TIMEOUT, "allow_redirects": False, "stream": True}
        try:
            # Each tenant has a URL of its own.
            with self.breaker.asking(url) as call:
                return self._answered(url, options, call)
        except NotYet as error:
            raise Unanswered(error) from None

    def _answered(self, url: str, options: Mapping[str, Any], call: Call) -> Page:
        deadline, call.answered = time.monotonic() + LONGEST_S, False
        try:
            with self.sessions.here().post(url, **options) as response:
                text = _body(response, deadline).decode(errors="replace")
        except FAULTS as error:
            if isinstance(error, ValueError):
                call.answered = None  # it is no request, and nobody was asked
            fault = type(error).__name__
            raise Unanswered(Unavailable(f"Entra cannot be reached ({fault}); try again later")) from None
        wait = response.headers.get("Retry-After")
        call.answered = is_answer(response.status_code, names_a_wait=wait is not None)
        if response.status_code in _READABLE and _is_object(text):
            return Page(response.status_code, text, {})
        raise Unanswered(silence(response.status_code, wait_of(wait, datetime.now(UTC))))

    def close(self) -> None:
        """Do nothing: the sessions are not msal's to close."""


def _body(response: Response, deadline: float) -> bytes:
    """Read a body; of one that is too long the beginning, which is no JSON."""
    body = bytearray()
    for chunk in chunks(response, deadline):
        body += chunk
        if len(body) > _LARGEST:
            break
    return bytes(body)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
