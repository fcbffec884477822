"""Certificates of applications, made here, and what they sign."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID
from jwt.utils import base64url_encode


@dataclass(frozen=True)
class Badge:
    """A private key and its certificate."""

    key: RSAPrivateKey
    certificate: x509.Certificate

    @property
    def private(self) -> str:
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self.key.private_bytes(serialization.Encoding.PEM, *form).decode()

    @property
    def public(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def thumbprint(self) -> str:
        return base64url_encode(self.certificate.fingerprint(hashes.SHA256())).decode()

    def signed(self, claims: dict[str, object], algorithm: str = "PS256", **header: str) -> str:
        """An assertion; a header without a thumbprint gets this badge's own."""
        return jwt.encode(claims, self.key, algorithm=algorithm, headers=header or {"x5t#S256": self.thumbprint})


@cache
def _key(number: int) -> RSAPrivateKey:
    assert number >= 0
    return generate_private_key(public_exponent=65537, key_size=2048)


def new_badge(number: int = 0, end: datetime = datetime(2036, 1, 1, tzinfo=UTC)) -> Badge:
    """A badge; the same number has the same key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"badge {number}")])
    certificate = (
        x509.CertificateBuilder(name, name)
        .public_key(_key(number).public_key())
        .serial_number(number + 1)
        .not_valid_before(end - timedelta(days=7300))
        .not_valid_after(end)
        .sign(_key(number), hashes.SHA256())
    )
    return Badge(_key(number), certificate)
