"""Tell whether a webhook is authentic, by Standard Webhooks. No I/O, and total.

Source: Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``; HMAC-SHA256 over ``id.timestamp.body``; a list of signatures while keys change.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.adapters.webhook_keys import WebhookKey, parse_webhook_keys
from shared.adapters.webhook_request import LARGEST
from shared.domain.errors import Unauthentic

__all__ = ["Webhook", "WebhookKey", "parse_webhook_keys", "verify_webhook"]

_TOLERANCE_S = 300
"""How far the sender's clock may be from ours, both ways."""
_MOST_SIGNATURES = 8

_ID = re.compile(r"[A-Za-z0-9_:-]{1,128}", re.ASCII)
"""No dot, which separates what is signed, and nothing that a table's key may not hold."""
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}", re.ASCII)
_SIGNATURES = re.compile(r"[!-~]{1,512}(?: [!-~]{1,512})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that proved to be authentic.

    Attributes:
        webhook_id: The sender's id for it; the same one again is the same webhook again.
        keys: The keys that it is signed with.
    """

    webhook_id: str
    keys: tuple[WebhookKey, ...]

    def may_speak_for(self, account_id: str) -> bool:
        """Tell whether one of its keys may speak for an account."""
        return any(key.accounts is None or account_id in key.accounts for key in self.keys)


def verify_webhook(headers: Mapping[str, str], body: bytes, keys: Sequence[WebhookKey], now: datetime) -> Webhook:
    """Check a webhook's signature and age.

    Args:
        headers: The request's headers, their names in any case.
        body: The body as it came, byte for byte.
        keys: The keys; those whose time is over count as unknown.
        now: The time, with its zone.

    Raises:
        Unauthentic: It is not authentic; one message for every cause, so that nobody learns which part was right.
    """
    webhook_id = _only(headers, "webhook-id", _ID)
    timestamp = _only(headers, "webhook-timestamp", _TIMESTAMP)
    signatures = _only(headers, "webhook-signature", _SIGNATURES).split(" ")
    is_recent = abs(now.timestamp() - int(timestamp)) <= _TOLERANCE_S
    if not is_recent or len(signatures) > _MOST_SIGNATURES or len(body) > LARGEST:
        raise _unauthentic()
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    live = [key for key in keys if key.not_after is None or now < key.not_after]
    matching = tuple(key for key in live if _is_signed(signed, signatures, key))
    if not matching:
        raise _unauthentic()
    return Webhook(webhook_id, matching)


def _only(headers: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    """Return a header that stands once and is of its form."""
    values = [value for key, value in headers.items() if key.lower() == name]
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise _unauthentic()
    return values[0]


def _is_signed(signed: bytes, signatures: Sequence[str], key: WebhookKey) -> bool:
    """Compare in constant time, and as text: base64 has several spellings for the same bytes."""
    expected = b"v1," + b64encode(hmac.new(key.secret, signed, hashlib.sha256).digest())
    return any([hmac.compare_digest(expected, signature.encode()) for signature in signatures])  # noqa: C419 - all of them


def _unauthentic() -> Unauthentic:
    return Unauthentic("the webhook did not prove to be authentic")
