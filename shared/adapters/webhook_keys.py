"""The keys that signup webhooks are signed with, as the operator lists them. No I/O.

Source: Standard Webhooks 1.0.0, "Signature scheme" (a secret is ``whsec_`` and the base64 of 24 to 64 bytes).
"""

import binascii
import re
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.adapters.setting_lists import Wrong, read_entries
from shared.domain.errors import InvalidSettings

_PREFIX = "whsec_"
_SIZES = range(24, 65)
_FIELDS = frozenset({"id", "secret", "accounts", "not_after"})
_MOST = 3
"""Keys for one account at a time: the one before, the one that counts, and the next."""
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebhookKey:
    """One key.

    Attributes:
        key_id: The operator's name for it.
        secret: What both sides know.
        accounts: The accounts that its holder may speak for; ``None`` for every account.
        not_after: The first moment at which it is no longer accepted; ``None`` for no end.
    """

    key_id: str
    secret: bytes = field(repr=False)
    accounts: frozenset[str] | None = None
    not_after: datetime | None = None


def parse_webhook_keys(text: str) -> tuple[WebhookKey, ...]:
    """Read the list of keys; total: any text ends in keys or in one error.

    Args:
        text: ``[{"id": "…", "secret": "whsec_…", "accounts": ["…"], "not_after": "2027-01-01T00:00:00Z"}]``; without
            ``accounts`` a key speaks for every account, without ``not_after`` it never ends.

    Raises:
        InvalidSettings: Everything that is wrong, in one message, without any secret.
    """
    keys, problems = read_entries(text, "key", range(1, sys.maxsize), _key, "a list of at least one key")
    if not problems and _most_for_one(keys) > _MOST:
        problems.append(f"at most {_MOST} keys for one account are expected; take out those whose time is over")
    if problems:
        raise InvalidSettings("; ".join(problems))
    return tuple(keys)


def _most_for_one(keys: Sequence[WebhookKey]) -> int:
    """How many keys the account with the most has; one for every account counts for each."""
    named = Counter(account for key in keys for account in key.accounts or ())
    return sum(key.accounts is None for key in keys) + max(named.values(), default=0)


def _key(entry: object, others: Sequence[WebhookKey]) -> WebhookKey:
    if not isinstance(entry, dict):
        raise Wrong("an object is expected")
    if entry.keys() - _FIELDS:
        # A misspelt "accounts" would let its key speak for everybody.
        raise Wrong("only id, secret, accounts and not_after are known")
    key_id = entry.get("id")
    if not isinstance(key_id, str) or not _NAME.fullmatch(key_id):
        raise Wrong("id: a short name is expected")
    key = WebhookKey(key_id, _secret(entry.get("secret")), _accounts(entry), _instant(entry.get("not_after")))
    if any(key.key_id == other.key_id or key.secret == other.secret for other in others):
        raise Wrong("its id or its secret is that of another key")
    return key


def read_secret(value: object) -> bytes:
    """Read a secret as the standard writes it.

    Raises:
        InvalidSettings: It is of another form; it is not quoted.
    """
    try:
        return _secret(value)
    except Wrong as error:
        raise InvalidSettings(str(error).removeprefix("secret: ")) from None


def _secret(value: object) -> bytes:
    expected = f"secret: {_PREFIX} and the base64 of {_SIZES[0]} to {_SIZES[-1]} bytes are expected"
    if not isinstance(value, str) or not value.startswith(_PREFIX):
        raise Wrong(expected)
    try:
        secret = b64decode(value.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(expected) from None
    if len(secret) not in _SIZES:
        raise Wrong(expected)
    return secret


def _accounts(entry: dict[str, object]) -> frozenset[str] | None:
    if "accounts" not in entry:
        return None
    accounts = entry["accounts"]
    if not isinstance(accounts, list) or not accounts:
        raise Wrong("accounts: a list of accounts is expected; leave it out for every account")
    names = frozenset(name for name in accounts if isinstance(name, str) and _NAME.fullmatch(name))
    if len(names) != len(accounts):
        raise Wrong("accounts: each is a short name and stands once")
    return names


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Wrong("not_after: an instant with its zone is expected, such as 2027-01-01T00:00:00Z")
    return moment
