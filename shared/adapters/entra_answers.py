"""Understand what Entra answered to the request for a token. No I/O, and total.

Source: exchange contract §3.1 (AADSTS codes), §3.5 (msal answers with a dictionary and raises nothing).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from shared.domain import errors
from shared.domain.errors import KeeperError, TransientError

Finding = tuple[type[KeeperError], str]

_CONSENT: Finding = (errors.NeedsConsent, "the tenant's administrator must consent to the application, or enable it")
_GONE: Finding = (
    errors.TenantGone,
    "Entra does not know the tenant or its Exchange, or has blocked it; ask the customer",
)
_POLICY: Finding = (
    errors.NeedsHuman,
    "a conditional access policy of the tenant refuses the application; its administrator must exclude it",
)
_OURS: Finding = (errors.VendorCredential, "Entra refuses the product's own credential; renew it, every tenant waits")
_DOWN: Finding = (errors.Unavailable, "Entra could not answer; try again later")
_BUSY: Finding = (errors.Throttled, "Entra asks for fewer requests; wait, then try again")
_REFUSED: Finding = (errors.NeedsHuman, "Entra refuses a token; look the code up and act on it")

_BY_CODE: Mapping[int, Finding] = MappingProxyType(
    {
        **dict.fromkeys((700024, 700027, 7000215, 7000216, 7000222), _OURS),
        # A federated credential that is not on our registration, or not for this identity.
        **dict.fromkeys((70021, 700211, 700212, 700213, 700236), _OURS),
        **dict.fromkeys((90002, 500011, 5000224), _GONE),
        **dict.fromkeys((65001, 700016, 7000112, 7000229), _CONSENT),
        50196: _BUSY,
        **dict.fromkeys((90033, 650051), _DOWN),
    }
)
"""What each AADSTS code means; one that is not here is judged by its family, then by the OAuth error."""

_BY_NAME: Mapping[str, Finding] = MappingProxyType(
    {
        "invalid_client": _OURS,
        "invalid_tenant": _GONE,
        "server_error": _DOWN,
        "temporarily_unavailable": _DOWN,
        "unauthorized_client": _CONSENT,
    }
)
_POLICY_CODE = re.compile(r"530\d{2,3}")
_CODE_IN_TEXT = re.compile(r"\AAADSTS(\d{4,8})\b")
_TOKEN = re.compile(r"[!-~]{1,65536}")


def decipher(answer: object, wait: timedelta | None = None) -> str | KeeperError:
    """Return the token, or the error that says who must do what.

    Args:
        answer: What msal returned, or the JSON of a refusal.
        wait: The wait that Entra asked for.
    """
    members = answer if isinstance(answer, Mapping) else {}
    token = members.get("access_token")
    if "error" not in members:
        usable = isinstance(token, str) and _TOKEN.fullmatch(token)
        return token if usable and isinstance(token, str) else errors.Unavailable("Entra's answer makes no sense", wait)
    codes = _codes(members)
    return worded(_finding(codes, members.get("error")), codes[0] if codes else None, wait)


def silence(status: int, wait: timedelta | None) -> KeeperError:
    """Name an answer that carries no reason: too many requests, a fault, or something that is not Entra at all."""
    return worded(_BUSY if status == 429 else _DOWN, None, wait)  # noqa: PLR2004


def worded(finding: Finding, code: int | None, wait: timedelta | None) -> KeeperError:
    """Make the error of a finding: constant words and the code; Entra's own text names tenants and is left out."""
    error, sentence = finding
    message = sentence + (f" [AADSTS{code}]" if code is not None else "")
    return error(message, wait) if issubclass(error, TransientError) else error(message)


def _finding(codes: tuple[int, ...], name: object) -> Finding:
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
        if _POLICY_CODE.fullmatch(str(code)):
            return _POLICY
    return _BY_NAME.get(name, _REFUSED) if isinstance(name, str) else _REFUSED


def _codes(members: Mapping[object, object]) -> tuple[int, ...]:
    listed = members.get("error_codes")
    codes = tuple(code for code in listed if type(code) is int and 0 < code < 10**8) if isinstance(listed, list) else ()
    text = members.get("error_description")
    found = _CODE_IN_TEXT.match(text) if isinstance(text, str) else None
    return codes or ((int(found[1]),) if found else ())
