"""Client assertions: what an application signs with its certificate's key to prove who it is.

Source: exchange contract §3.1 (numbers), §3.5 (what msal sends). Numbers beside those: 50027, 700021 and 700023 by
Microsoft's troubleshooting pages for its identity libraries; 5002723 by tests of its .NET library. Which comes first
when several are wrong is not known.
"""

import math
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from typing import Any

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from jwt import api_jws

from local.twin.entra_refusals import unproven

_ALGORITHMS = ("RS256", "PS256")
_THUMBPRINTS = ("x5t#S256", "x5t")
_MALFORMED = "JWT token is invalid or malformed."


def read(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An assertion's header and claims, unchecked.

    Raises:
        EntraRefused: It is no JWT, or not signed in one of the two ways.
    """
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise unproven(50027, _MALFORMED) from None
    if header.get("alg") not in _ALGORITHMS:
        raise unproven(50027, _MALFORMED)
    return header, claims


def check(
    assertion: str,
    client_id: str,
    certificates: Collection[x509.Certificate],
    audiences: Collection[str],
    now: datetime,
) -> None:
    """Let an application prove who it is.

    Args:
        assertion: What it sent.
        client_id: Who it says it is.
        certificates: What is registered for that application.
        audiences: Whom the assertion may be meant for.
        now: The time, in UTC.

    Raises:
        EntraRefused: It did not.
    """
    header, claims = read(assertion)
    _check_signature(assertion, _certificate(header, certificates), now)
    if [str(claims.get(name)).lower() for name in ("iss", "sub")] != [client_id.lower()] * 2:
        raise unproven(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
    if str(claims.get("aud")).lower() not in audiences:
        raise unproven(700023, "Client assertion audience claim does not match Realm issuer.")
    start, end = _seconds(claims.get("nbf", 0)), _seconds(claims.get("exp"))
    if not start <= now.timestamp() < end:
        times = f"Current time: {now.isoformat()}, assertion valid from {start}, expiry time of assertion {end}."
        raise unproven(700024, f"Client assertion is not within its valid time range. {times}")


def public_key(certificate: x509.Certificate) -> RSAPublicKey:
    """A certificate's key.

    Raises:
        ValueError: It is none that these signatures can be checked with.
    """
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < 2048:  # noqa: PLR2004 - what Entra takes, too
        raise ValueError("the certificate's key is RSA of at least 2048 bits")
    return key


def _certificate(header: dict[str, Any], certificates: Collection[x509.Certificate]) -> x509.Certificate:
    given = {name: str(header[name]).rstrip("=") for name in _THUMBPRINTS if name in header}
    if not given:
        missing = "No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified"
        raise unproven(5002723, f"Invalid JWT token. {missing} in token header.")
    found = [certificate for certificate in certificates if given.items() <= _thumbprints(certificate).items()]
    if not found:
        used = next(iter(given.values()))
        raise _unsigned(f"The key was not found., Thumbprint of key used by client: '{used}'")
    return found[0]


def _thumbprints(certificate: x509.Certificate) -> dict[str, str]:
    # SHA-1 is only a name here, and clients still use it.
    prints = (certificate.fingerprint(kind) for kind in (SHA256(), SHA1()))  # noqa: S303
    return {
        name: urlsafe_b64encode(value).decode().rstrip("=") for name, value in zip(_THUMBPRINTS, prints, strict=True)
    }


def _check_signature(assertion: str, certificate: x509.Certificate, now: datetime) -> None:
    if certificate.not_valid_after_utc < now:
        raise _unsigned(f"The key used is expired., Found key 'End={certificate.not_valid_after_utc.isoformat()}'")
    try:
        api_jws.decode(assertion, public_key(certificate), algorithms=list(_ALGORITHMS))
    except jwt.PyJWTError:
        raise _unsigned("The key was found, but use of the key to verify the signature failed.") from None


def _unsigned(reason: str) -> Exception:
    return unproven(700027, f"Client assertion contains an invalid signature. [Reason - {reason}]")


def _seconds(value: object) -> float:
    """A time of the claims; what is none compares with nothing."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
