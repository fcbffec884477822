"""What marks a text as our own writing: whoever does not know the key can neither make the mark nor guess it."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from shared.domain.values import Secret


def signature(what: str, text: str, key: Secret) -> str:
    """Sign a text for one use: HMAC-SHA-256, in letters, digits, hyphens and underscores.

    Args:
        what: The use; a signature for one is none for another, though the key is the same.
        text: What is signed.
        key: The deployment's own.
    """
    digest = hmac.new(key.reveal.encode(), f"{what}.{text}".encode("utf-8", "replace"), sha256).digest()
    return written(digest)


def written(content: bytes) -> str:
    """Write bytes as text that an address and a cookie can carry."""
    return urlsafe_b64encode(content).decode().rstrip("=")
