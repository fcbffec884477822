"""What the product proves itself to Entra with: a secret, a certificate, or the identity of its own machine.

Source: exchange contract §3.5.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.adapters.entra_http import Unanswered
from shared.domain.errors import InvalidSettings, Unavailable, VendorCredential
from shared.domain.values import Secret

if TYPE_CHECKING:
    from azure.identity import ManagedIdentityCredential

_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----.+?-----END (?:[A-Z]+ )?PRIVATE KEY-----", re.DOTALL)
_CERTIFICATES = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_EXCHANGE = "api://AzureADTokenExchange/.default"


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
    """

    client_id: str

    def for_msal(self) -> dict[str, Callable[[], str]]:
        """Return it in msal's form: a function that fetches an assertion when one is needed."""
        # Imported here, because it costs a quarter of a second and only Azure needs it.
        from azure.identity import ManagedIdentityCredential  # noqa: PLC0415

        identity = ManagedIdentityCredential(client_id=self.client_id)
        return {"client_assertion": lambda: _assertion(identity)}


Credential = ClientSecret | Certificate | ManagedIdentity


def read_certificate(pem: str) -> Certificate:
    """Read a certificate with its private key from PEM text, or from the file that the text names.

    Raises:
        InvalidSettings: There is no such file, or one of the two is not in it.
    """
    try:
        text = pem if "-----BEGIN" in pem else Path(pem).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise InvalidSettings("certificate: neither PEM text nor a file that can be read") from error
    key, certificates = _KEY.search(text), _CERTIFICATES.findall(text)
    if key is None or not certificates:
        raise InvalidSettings("certificate: an unencrypted private key and its certificate are expected, in PEM")
    return Certificate(Secret(key[0]), "\n".join(certificates))


def _assertion(identity: "ManagedIdentityCredential") -> str:
    from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415
    from azure.identity import CredentialUnavailableError  # noqa: PLC0415

    try:
        return str(identity.get_token(_EXCHANGE).token)
    except CredentialUnavailableError:
        raise Unanswered(Unavailable("the machine's identity is not available; try again later")) from None
    except ClientAuthenticationError:
        raise VendorCredential("the machine's identity is refused; check its assignment and the federation") from None
    except AzureError:
        raise Unanswered(Unavailable("the machine's identity cannot be asked for; try again later")) from None
