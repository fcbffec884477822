"""Read the public keys that a directory signs its tokens with. No I/O, and total.

Source: RFC 7517 (the form), RFC 7518 §3.3 (2048 bits at least) and §6.3.1 (``n`` and ``e``);
https://learn.microsoft.com/entra/identity-platform/access-tokens ("Validate the signing key issuer").
"""

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

_LEAST_BITS, _MOST_BITS = 2048, 8192
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,2048}", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def public_keys(body: bytes, tenant_id: UUID) -> Mapping[str, RSAPublicKey]:
    """Return the keys of a document that a directory's tokens may be signed with, by their ids.

    Args:
        body: The document as it came.
        tenant_id: The directory.

    Returns:
        The keys; none where the document makes no sense, and without what is no key for RS256.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    rows = document.get("keys") if isinstance(document, dict) else None
    found = [_key(row, tenant_id) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return dict(row for row in found if row is not None)


def _key(row: Mapping[str, object], tenant_id: UUID) -> tuple[str, RSAPublicKey] | None:
    kid, issuer = row.get("kid"), str(row.get("issuer", "")).lower()
    # A key that names a directory is for that directory's tokens alone; ``{tenantid}`` stands for every one.
    is_ours = all(found == str(tenant_id) for found in _GUID.findall(issuer))
    if not isinstance(kid, str) or row.get("kty") != "RSA" or row.get("use", "sig") != "sig" or not is_ours:
        return None
    modulus, exponent = _number(row.get("n")), _number(row.get("e"))
    if not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS:
        return None
    try:
        return kid, RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return None


def _number(text: object) -> int:
    """Read a number; 0 for what is none."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return 0
    try:
        return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except binascii.Error:
        return 0
