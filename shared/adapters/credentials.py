"""What the product proves itself to Entra with: a secret, a certificate, or the identity of its own machine.

Source: exchange contract §3.5.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.adapters.clouds import COMMERCIAL
from shared.adapters.entra_http import Unanswered
from shared.domain.errors import InvalidSettings, Unavailable, VendorCredential
from shared.domain.values import Secret

if TYPE_CHECKING:
    from azure.identity import ManagedIdentityCredential

IDENTITY_LIMITS: Mapping[str, Any] = {"connection_timeout": 2, "read_timeout": 5, "retry_total": 0}
"""How long the machine's identity is waited for: by itself the library waits for minutes, ten times over."""
IDENTITY_LONGEST_S = IDENTITY_LIMITS["connection_timeout"] + IDENTITY_LIMITS["read_timeout"]

_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----.+?-----END (?:[A-Z]+ )?PRIVATE KEY-----", re.DOTALL)
_PKCS12 = "MII"
"""How the base64 of PKCS #12 begins: a DER sequence of more than 255 bytes and less than 64 KiB."""
_CERTIFICATES = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A password of the application: for trials.

    Attributes:
        secret: The password.
    """

    secret: Secret

    def for_msal(self) -> str:
        """Return it in msal's form."""
        return self.secret.reveal


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of the application.

    Attributes:
        private_key: PEM.
        public: The certificate and its chain, PEM.
    """

    private_key: Secret
    public: str

    def for_msal(self) -> dict[str, str]:
        """Return it in msal's form; the thumbprint follows from the certificate."""
        return {"private_key": self.private_key.reveal, "public_certificate": self.public}


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The machine's own identity, which the application's registration trusts: no secret anywhere.

    Attributes:
        client_id: The user-assigned identity.
        audience: Whom its assertion is for; it differs by cloud.
    """

    client_id: str
    audience: str = COMMERCIAL.federation

    def for_msal(self) -> dict[str, Callable[[], str]]:
        """Return it in msal's form: a function that fetches an assertion when one is needed."""
        # Imported here, because it costs a quarter of a second and only Azure needs it.
        from azure.identity import ManagedIdentityCredential  # noqa: PLC0415

        identity = ManagedIdentityCredential(client_id=self.client_id, **IDENTITY_LIMITS)
        return {"client_assertion": lambda: _assertion(identity, self.audience)}


Credential = ClientSecret | Certificate | ManagedIdentity


def read_certificate(text: str) -> Certificate:
    """Read a certificate with its private key: PEM, or PKCS #12 without a password.

    Args:
        text: PEM, the base64 of PKCS #12 (what Key Vault gives for a certificate by default), or a file of either.

    Raises:
        InvalidSettings: It is none of these, or the key or the certificate is not in it.
    """
    try:
        content = text.encode() if "-----BEGIN" in text else _from_base64(text) or Path(text).read_bytes()
    except (OSError, ValueError):
        # The original quotes the path, and what was given as one may be half a key.
        raise InvalidSettings("certificate: neither PEM, PKCS #12 nor a file that can be read") from None
    pem = content.decode("ascii", "replace") if b"-----BEGIN" in content else _from_pkcs12(content)
    key, certificates = _KEY.search(pem), _CERTIFICATES.findall(pem)
    if key is None or not certificates:
        raise InvalidSettings("certificate: an unencrypted private key and its certificate are expected")
    return Certificate(Secret(key[0]), "\n".join(certificates))


def _from_base64(text: str) -> bytes | None:
    """Decode PKCS #12 in base64, which begins as every such file does; a path never does."""
    if not text.startswith(_PKCS12):
        return None
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def _from_pkcs12(content: bytes) -> str:
    """Write PKCS #12 as PEM; empty where it is none, or has a password."""
    # Imported here, because it costs a tenth of a second and most trials do without.
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    try:
        found = pkcs12.load_pkcs12(content, None)
    except ValueError:
        return ""
    if found.key is None or found.cert is None:
        return ""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain = [entry.certificate.public_bytes(form[0]) for entry in (found.cert, *found.additional_certs)]
    return b"".join([found.key.private_bytes(*form), *chain]).decode("ascii")


def _assertion(identity: "ManagedIdentityCredential", audience: str) -> str:
    from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415
    from azure.identity import CredentialUnavailableError  # noqa: PLC0415

    try:
        return str(identity.get_token(f"{audience}/.default").token)
    except CredentialUnavailableError:
        raise Unanswered(Unavailable("the machine's identity is not available; try again later")) from None
    except ClientAuthenticationError:
        raise VendorCredential("the machine's identity is refused; check its assignment and the federation") from None
    except AzureError:
        raise Unanswered(Unavailable("the machine's identity cannot be asked for; try again later")) from None
