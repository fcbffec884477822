"""Somebody who signed in to the console: what the browser carries until it signs out, signed and without any secret.

It is a statement of ours, not a token of Entra's: nobody else accepts it, and the API's own routes do not.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.domain.errors import Unauthentic
from shared.domain.operators import Operator, Role
from shared.domain.seals import signature, written
from shared.domain.values import Secret

LIFETIME = timedelta(hours=8)
"""A working day: a role that is taken away counts for no longer than this."""

_LONGEST = 2048
"""Characters; a name of 128 of the widest letters and three roles are less."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser carries.

    Attributes:
        operator: Who signed in, and what the roles allow.
        until: To when it holds.
        mark: What tells it from every other one.
    """

    operator: Operator
    until: datetime
    mark: UUID


def seal(signed_in: SignedIn, key: Secret) -> str:
    """Write it so that nobody else can: letters, digits, dots, hyphens and underscores."""
    document = {
        "name": signed_in.operator.name,
        "roles": sorted(signed_in.operator.roles),
        "until": int(signed_in.until.timestamp()),
        "mark": signed_in.mark.hex,
    }
    text = written(json.dumps(document, separators=(",", ":")).encode())
    return f"{text}.{signature('signed-in', text, key)}"


def opened(text: str, key: Secret, now: datetime) -> SignedIn:
    """Read what ``seal`` wrote, in time; total.

    Raises:
        Unauthentic: It was not, or its time is over; one sentence for every cause.
    """
    signed, _, given = text.rpartition(".")
    is_ours = text.isascii() and len(text) <= _LONGEST
    if not is_ours or not hmac.compare_digest(given, signature("signed-in", signed, key)):
        raise _refusal()
    # From here on it is our own writing; an older version of us may have written it in another form.
    try:
        document = json.loads(urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))
        operator = Operator(str(document["name"]), frozenset(map(Role, document["roles"])))
        found = SignedIn(operator, datetime.fromtimestamp(document["until"], UTC), UUID(document["mark"]))
    except (ValueError, TypeError, KeyError, OverflowError, OSError, binascii.Error):
        raise _refusal() from None
    if now >= found.until:
        raise _refusal()
    return found


def form_token(signed_in: SignedIn, key: Secret) -> str:
    """What a form of a page carries back: another site can send a form, and cannot know this."""
    return signature("form", signed_in.mark.hex, key)


def is_form_token(text: str, own: str) -> bool:
    """Whether what a form carries is this person's own token; total."""
    return text.isascii() and hmac.compare_digest(text, own)


def _refusal() -> Unauthentic:
    return Unauthentic("nobody is signed in here, or not any more: sign in")
