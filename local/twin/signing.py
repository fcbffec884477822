"""The keys that Entra signs with, and the document that shows their public halves.

Source: https://learn.microsoft.com/entra/identity-platform/access-tokens (a token's header names its key),
https://learn.microsoft.com/entra/identity-platform/signing-key-rollover (keys change at any time).
"""

import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from local.twin.wire import Response, answer


@dataclass(frozen=True)
class SigningKey:
    """A key and the name that tokens call it by."""

    private: RSAPrivateKey
    kid: str

    def shown(self) -> dict[str, object]:
        """Its public half."""
        numbers = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": numbers["n"], "e": numbers["e"]}


class SigningKeys:
    """The keys of one twin; the first is made when somebody needs it. Safe for use by many threads."""

    def __init__(self) -> None:
        self._keys: list[SigningKey] = []
        self._lock = threading.Lock()

    def current(self) -> SigningKey:
        """The key that signs now."""
        with self._lock:
            if not self._keys:
                self._keys.append(_new_key())
            return self._keys[-1]

    def rotate(self, *, withdraw: bool) -> SigningKey:
        """Sign with a new key from now on.

        Args:
            withdraw: The keys from before are not shown any more.
        """
        made = _new_key()
        with self._lock:
            self._keys = [made] if withdraw else [*self._keys, made]
        return made

    def document(self) -> Response:
        """``GET /{tenant}/discovery/v2.0/keys``."""
        self.current()
        return answer(200, {"keys": [key.shown() for key in self._keys]})


def thumbprint(data: bytes) -> str:
    """A short name for some bytes, as tokens spell it."""
    return urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")


def _new_key() -> SigningKey:
    private = generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(private, thumbprint(public))
