"""The page on which a person chooses an account: what may be asked of it, and the two ways from it.

Source: exchange contract §3.1; https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow.
"""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from local.twin import redirects
from local.twin.entra_refusals import EntraRefused, missing
from local.twin.wire import Response

_NEEDED = ("client_id", "redirect_uri", "scope", "response_type")
_HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}


def check(asked: Mapping[str, str]) -> None:
    """Let a request be one that an application may make.

    Raises:
        EntraRefused: It is not; nobody is sent anywhere.
    """
    for needed in _NEEDED:
        if not asked.get(needed):
            raise missing(needed)
    redirects.check(asked["redirect_uri"], asked["client_id"])
    if asked["response_type"] != "code":
        raise EntraRefused("unsupported_response_type", 70005, "The response_type is not supported here.")
    if not any(scope.endswith("/.default") for scope in asked["scope"].split()):
        raise EntraRefused("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.")
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        raise EntraRefused("invalid_request", 501491, "The code_challenge_method is not supported.")


def back(asked: Mapping[str, str], said: Mapping[str, str]) -> Response:
    """The way back to the application, with what came of it and the state as it was given."""
    state = {"state": asked["state"]} if "state" in asked else {}
    return Response(302, {"Location": redirects.joined(asked["redirect_uri"], {**said, **state})})


def choice(accounts: Sequence[tuple[str, str]], asked: Mapping[str, str]) -> Response:
    """The page on which a person chooses an account, each a link that says so."""
    links = [({"login_hint": login}, f"{name} ({login})") for login, name in accounts]
    links.append(({"answer": "cancel"}, "Cancel"))
    rows = [f'<li><a href="?{escape(urlencode({**asked, **more}))}">{escape(text)}</a></li>' for more, text in links]
    head = '<!DOCTYPE html><html lang="en"><title>Sign in to your account</title><h1>Pick an account</h1>'
    return Response(200, _HTML, f"{head}<ul>{''.join(rows)}</ul>".encode())
