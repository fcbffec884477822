"""The HTTP that msal speaks to Entra through: short timeouts, no redirects, and no answer that is not JSON.

Source: exchange contract §3.5.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from requests import RequestException

from shared.adapters.entra_answers import silence
from shared.adapters.retry_after import wait_of
from shared.adapters.sessions import Sessions, unchanged
from shared.domain.errors import KeeperError, Unavailable

_TIMEOUT = (10.0, 30.0)
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
    """

    sessions: Sessions

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
        options |= {"auth": unchanged, "timeout": _TIMEOUT, "allow_redirects": False}
        try:
            response = self.sessions.here().post(url, **options)
        except RequestException as error:
            fault = type(error).__name__
            raise Unanswered(Unavailable(f"Entra cannot be reached ({fault}); try again later")) from None
        text = response.content.decode(errors="replace")
        if response.status_code in _READABLE and _is_object(text):
            return Page(response.status_code, text, {})
        wait = wait_of(response.headers.get("Retry-After"), datetime.now(UTC))
        raise Unanswered(silence(response.status_code, wait))

    def close(self) -> None:
        """Do nothing: the sessions are not msal's to close."""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
