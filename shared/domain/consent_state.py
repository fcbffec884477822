"""The state of a consent round trip: signed, for one tenant, for a short time, and good for one return.

Source: exchange contract §3.1 (whoever crafts a redirect can name any tenant in it: only the state is believed).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.domain.errors import Unauthentic
from shared.domain.seals import signature
from shared.domain.values import Secret

LIFETIME = timedelta(minutes=30)
"""Time to sign in, to find an administrator's second factor, and to read what is asked."""

_PARTS = 4


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What a state says.

    Attributes:
        tenant_id: For whom it was made.
        expires_at: To when it holds.
        nonce: What makes it good for one return.
    """

    tenant_id: UUID
    expires_at: datetime
    nonce: UUID


def seal(state: ConsentState, key: Secret) -> str:
    """Write a state so that nobody else can: letters, digits, dots, hyphens and underscores."""
    text = f"{state.tenant_id.hex}.{int(state.expires_at.timestamp())}.{state.nonce.hex}"
    return f"{text}.{signature('consent', text, key)}"


def opened(text: str, key: Secret, now: datetime) -> ConsentState:
    """Read what ``seal`` wrote, in time; total.

    Raises:
        Unauthentic: It was not, or its time is over; one sentence for every cause.
    """
    signed, _, given = text.rpartition(".")
    parts = signed.split(".")
    if not text.isascii() or not hmac.compare_digest(given, signature("consent", signed, key)):
        raise _refusal()
    if len(parts) != _PARTS - 1:
        raise _refusal()
    tenant_id, seconds, nonce = parts
    state = ConsentState(UUID(tenant_id), datetime.fromtimestamp(int(seconds), UTC), UUID(nonce))
    if now >= state.expires_at:
        raise _refusal()
    return state


def _refusal() -> Unauthentic:
    return Unauthentic("the consent link was used before, is too old, or is none of ours: open a new one")
