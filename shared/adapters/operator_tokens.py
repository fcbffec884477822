"""Let operators in by an access token of Entra, checked here: no gateway has to be trusted for it.

Source: https://learn.microsoft.com/entra/identity-platform/access-tokens ("Validate tokens"), RFC 8725 (one algorithm,
keys by issuer).
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWTError, api_jws

from shared.adapters.operator_claims import Claims, operator_of, unauthentic
from shared.adapters.sessions import Sessions
from shared.adapters.signing_keys import SigningKeys
from shared.domain.operators import Operator

_ALGORITHM = "RS256"
_LARGEST = 16 * 1024
"""Characters; a token with 200 groups in it, the most that Entra writes, is about 10 KB."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_LONGEST_KID = 128


class OperatorTokens:
    """Checks operators' tokens, safe for use by many threads.

    Args:
        login_url: Where Entra is, such as ``https://login.microsoftonline.com``.
        tenants: The directories whose tokens count; with none, nobody is let in.
        audiences: What the tokens are for.
        sessions: The connections to Entra.
        clock: Tells the time, with its zone.
    """

    def __init__(
        self,
        login_url: str,
        tenants: frozenset[UUID],
        audiences: tuple[str, ...],
        sessions: Sessions,
        clock: Callable[[], datetime],
    ) -> None:
        self._login_url = login_url.rstrip("/")
        self._audiences = audiences
        self._clock = clock
        self._keys = {str(tenant): SigningKeys(self._login_url, tenant, sessions, clock) for tenant in tenants}

    def operator(self, token: str) -> Operator:
        """Return the operator that a token speaks for.

        Raises:
            Unauthentic: The token is not good; one message for every cause.
            Forbidden: The token is good and gives none of our roles.
            Unavailable: The keys of its directory cannot be fetched.
        """
        header, claims = _read(token)
        kid, tenant = header.get("kid"), claims.get("tid")
        if header.get("alg") != _ALGORITHM or not isinstance(kid, str) or len(kid) > _LONGEST_KID:
            raise unauthentic()
        # Nothing is asked of Entra for a directory that is none of ours: strangers would choose what we ask.
        keys = self._keys.get(tenant) if isinstance(tenant, str) else None
        key = keys.key(kid) if keys else None
        if key is None or not _is_signed(token, key):
            raise unauthentic()
        # From here on the claims are Entra's: they were read from the text whose signature is good.
        issuers = (f"{self._login_url}/{tenant}/v2.0", f"https://sts.windows.net/{tenant}/")
        return operator_of(claims, issuers, self._audiences, self._clock())


def _read(token: str) -> tuple[Mapping[str, object], Claims]:
    """Read a token's header and claims, which nobody has proved yet; both empty where it is no token."""
    if len(token) > _LARGEST or not _TOKEN.fullmatch(token):
        return {}, {}
    try:
        parts = api_jws.decode_complete(token, options={"verify_signature": False})
        claims = json.loads(parts["payload"])
    except (PyJWTError, ValueError, RecursionError):
        return {}, {}
    return (parts["header"], claims) if isinstance(claims, dict) else ({}, {})


def _is_signed(token: str, key: RSAPublicKey) -> bool:
    try:
        api_jws.decode(token, key, algorithms=[_ALGORITHM])
    except PyJWTError:
        return False
    return True
