"""What a sign-in at Entra needs again when the browser comes back: kept by the browser itself, closed to everybody.

It holds the verifier of the code (RFC 7636), so that it is encrypted and not only signed. Source:
https://cryptography.io/en/latest/fernet/ (AES-128-CBC with HMAC-SHA256, and a time in it).
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from shared.domain.errors import Unauthentic
from shared.domain.values import Secret

LIFETIME = timedelta(minutes=15)
"""Time to choose an account and to find a second factor."""

_LONGEST = 3500
"""Characters; browsers keep 4096 bytes of a cookie with its name and attributes (RFC 6265 §6.1)."""

Flow = Mapping[str, object]


def sealed(flow: Flow, key: Secret, now: datetime) -> str:
    """Close a flow: letters, digits, hyphens and underscores, because a cookie is quoted for anything else."""
    return _box(key).encrypt_at_time(json.dumps(flow).encode(), int(now.timestamp())).decode().rstrip("=")


def opened_flow(text: str, key: Secret, now: datetime) -> Flow:
    """Open what ``sealed`` closed, in time; total.

    Args:
        text: As the browser gave it.
        key: A key of the deployment's own, of 64 hexadecimal digits.
        now: The time, with its zone.

    Raises:
        Unauthentic: It was not, or its time is over; one sentence for every cause.
    """
    given = text.encode("ascii", "replace")[:_LONGEST]
    given += b"=" * (-len(given) % 4)
    try:
        flow = json.loads(_box(key).decrypt_at_time(given, int(LIFETIME.total_seconds()), int(now.timestamp())))
    except (InvalidToken, ValueError):
        flow = None
    if not isinstance(flow, dict):
        raise Unauthentic("the way to Entra and back took too long, or began elsewhere: sign in again")
    return flow


def _box(key: Secret) -> Fernet:
    return Fernet(urlsafe_b64encode(bytes.fromhex(key.reveal)))
