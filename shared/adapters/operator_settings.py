"""Who may operate the product by a token of Entra, and where browsers reach it."""

import re
from uuid import UUID

from shared.adapters.settings_reading import HOST, Reading, is_loopback
from shared.domain.errors import InvalidSettings, InvalidSignup
from shared.domain.tenants import parse_tenant_id

_AUDIENCE = re.compile(r"[!-~]{1,256}", re.ASCII)
_ORIGIN = re.compile(f"https?://{HOST}/?", re.ASCII)


def read_tenants(reading: Reading) -> frozenset[UUID]:
    """Read the directories whose tokens let operators in; problems go into the reading."""
    return reading.parsed("KEEPER_OPERATOR_TENANTS", _tenants) or frozenset()


def read_audiences(reading: Reading, client_id: str) -> tuple[str, ...]:
    """Read what operators' tokens are for; problems go into the reading.

    Unset, it is either of the two that Entra writes into a token for the application: its client id into one of
    version 2, that or the application ID URI into one of version 1. Entra writes ids in lower case. Source:
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference ("aud").
    """
    chosen = reading.parsed("KEEPER_OPERATOR_AUDIENCE", _audience)
    return (chosen,) if chosen else (client_id.lower(), f"api://{client_id.lower()}")


def read_public_url(reading: Reading) -> str:
    """Read where browsers reach the API; empty when a request's own address says it. Problems go into the reading."""
    chosen = reading.parsed("KEEPER_PUBLIC_URL", _origin)
    given = f"https://{reading.text('WEBSITE_HOSTNAME')}"
    # The platform sets it, and the local tools set it to localhost: what is no host that others reach is left out.
    is_usable = _ORIGIN.fullmatch(given) is not None and not is_loopback(given)
    return chosen or (given.rstrip("/") if is_usable else "")


def _tenants(text: str) -> frozenset[UUID]:
    try:
        return frozenset(parse_tenant_id(part.strip()) for part in text.split(","))
    except InvalidSignup:
        raise InvalidSettings("the GUIDs of directories are expected, separated by commas") from None


def _audience(text: str) -> str:
    if not _AUDIENCE.fullmatch(text):
        raise InvalidSettings("an application ID URI or a client id is expected")
    return text


def _origin(text: str) -> str:
    is_private = text.startswith("https://") or is_loopback(text)
    if not _ORIGIN.fullmatch(text) or not is_private:
        raise InvalidSettings("https:// and a host are expected; http:// for a loopback address alone")
    return text.rstrip("/")
