"""Addresses that Entra sends a browser back to.

Source: https://learn.microsoft.com/entra/identity-platform/reply-url. No application's addresses are registered here:
one that could be registered counts as registered.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from local.twin.entra_refusals import EntraRefused

BYTES = "latin-1"
"""The query's bytes are kept as they are: what is passed back must be what was given."""
_PRINTABLE = re.compile(r"[!-~]+")
_LOOPBACK = ("localhost", "127.0.0.1")


def check(address: str, client_id: str) -> None:
    """Let an address be one that an application may have registered.

    Raises:
        EntraRefused: It is not.
    """
    scheme, host = _origin(address)
    if not host:
        raise EntraRefused("invalid_request", 90102, "'redirect_uri' value must be a valid absolute URI.")
    if scheme != "https" and (scheme != "http" or host not in _LOOPBACK):
        text = f"The redirect URI '{address}' specified in the request does not match the redirect URIs configured"
        raise EntraRefused("invalid_request", 50011, f"{text} for the application '{client_id}'.")


def joined(address: str, parameters: Mapping[str, str]) -> str:
    """An address with more parameters than it has."""
    sign = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{sign}{urlencode(parameters, encoding=BYTES)}"


def _origin(address: str) -> tuple[str, str]:
    """An address's scheme and host; empty ones where it is no address that a browser can be sent to."""
    try:
        parts = urlsplit(address)
        scheme, host, _ = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    return (scheme, host) if _PRINTABLE.fullmatch(address) and "#" not in address else ("", "")
