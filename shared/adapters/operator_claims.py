"""Judge what a signed token says: for whom, by whom, until when, and which operator it is. No I/O, and total.

Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain.errors import Forbidden, Unauthentic
from shared.domain.operators import Operator, Role

Claims = Mapping[str, object]

_LEEWAY_S = 60
"""How far Entra's clock may be from ours, both ways."""
_LONGEST_NAME = 128
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)


def unauthentic() -> Unauthentic:
    """The one error for every cause, so that nobody learns which part was right."""
    return Unauthentic("the caller did not prove to be an operator")


def operator_of(claims: Claims, issuers: Sequence[str], audiences: Sequence[str], now: datetime) -> Operator:
    """Return the operator that a token speaks for.

    Args:
        claims: What it says; its signature is found good already.
        issuers: What its directory may be called as the issuer.
        audiences: What it may be for.
        now: The time, with its zone.

    Raises:
        Unauthentic: It is not for us, not by that directory, not valid now, or nobody's.
        Forbidden: It is good and gives none of our roles.
    """
    is_for_us = claims.get("aud") in audiences and claims.get("iss") in issuers
    if not is_for_us or not _is_current(claims, now.timestamp()):
        raise unauthentic()
    name, given = _name(claims), claims.get("roles")
    roles = frozenset(role for role in Role if isinstance(given, list) and role.value in given)
    if not roles:
        raise Forbidden("the caller's role does not allow it: the application gives it none")
    return Operator(name, roles)


def _is_current(claims: Claims, now: float) -> bool:
    """Check the three times; PyJWT would do it by a clock of its own."""
    issued, begins, ends = claims.get("iat"), claims.get("nbf"), claims.get("exp")
    # A bool is an int to Python, and no time.
    if type(issued) is not int or type(begins) is not int or type(ends) is not int:
        return False
    return max(issued, begins) <= now + _LEEWAY_S and now - _LEEWAY_S < ends


def _name(claims: Claims) -> str:
    """Make the text that stands in the history: a name, which its owner may choose, and an id, which nobody may.

    Raises:
        Unauthentic: There is no such id, or no application that the token was given to: an ID token has none, and is
            no proof to an API.
    """
    owner = claims.get("oid")
    application = claims.get("azp", claims.get("appid"))
    if not _is_guid(owner) or not _is_guid(application):
        raise unauthentic()
    name = _line(claims.get("name")) or _line(claims.get("app_displayname"))
    # Users' tokens have scopes; an application's own have none, and most often no name either.
    unnamed = f"a user of application {application}" if "scp" in claims else f"application {application}"
    mark = f" (oid {str(owner).lower()})"
    return (name or unnamed)[: _LONGEST_NAME - len(mark)].rstrip() + mark


def _is_guid(value: object) -> bool:
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def _line(text: object) -> str:
    """Return a text on one line, without what steers a terminal or turns the direction of writing."""
    shown = (letter if letter.isprintable() else " " for letter in text) if isinstance(text, str) else ()
    return " ".join("".join(shown).split())
