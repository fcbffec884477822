"""The two cookies of the console: who signed in, and the way to Entra and back.

``__Host-`` binds a cookie to this very host and to https. Source: RFC 6265bis §4.1.3.2. On a loopback address without
TLS there is no such prefix and no ``Secure``, because browsers would drop the cookie.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from shared.adapters.settings_reading import is_loopback

SIGNED_IN = "keeper"
FLOW = "keeper-flow"


def named(cookie: str, request: Request) -> str:
    """The cookie's whole name on the host that is asked."""
    return f"__Host-{cookie}" if _is_private(request) else cookie


def read(cookie: str, request: Request) -> str:
    """What the browser sent of it; empty where it sent none."""
    return request.cookies.get(named(cookie, request), "")


def put(response: Response, cookie: str, value: str, lifetime: timedelta, request: Request) -> Response:
    """Let the browser keep a cookie: out of reach of scripts, and not sent along by other sites' forms.

    ``Lax`` and not ``Strict``: a link in an alert, and Entra's way back, must find who signed in. What changes anything
    is a form, and those are checked by more than the cookie.
    """
    response.set_cookie(
        named(cookie, request),
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=_is_private(request),
        httponly=True,
        samesite="lax",
    )
    return response


def taken_away(response: Response, cookie: str, request: Request) -> Response:
    """Let the browser forget a cookie."""
    return put(response, cookie, "", timedelta(0), request)


def _is_private(request: Request) -> bool:
    return request.url.scheme == "https" or not is_loopback(str(request.url))
