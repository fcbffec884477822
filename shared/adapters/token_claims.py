"""Look at what a token says of itself before it is used: whose tenant, which service, which permission. No I/O, total.

A token is a bearer's secret and no contract: one that cannot be read is simply used, and Exchange decides. Source:
exchange contract §1.4 (grants, app role), https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from uuid import UUID

from shared.domain.errors import KeeperError, NeedsHuman, NeedsPermission, VendorCredential

ROLE = "Exchange.ManageAsApp"
_EXCHANGE_ID = "00000002-0000-0ff1-ce00-000000000000"
"""Exchange Online as Entra knows it in every tenant."""
_PARTS = 3


def fault_of(token: str, tenant_id: UUID, exchange_url: str) -> KeeperError | None:
    """Say why a token must not be used; ``None`` where nothing speaks against it.

    Args:
        token: As Entra gave it.
        tenant_id: Whose Exchange it is for.
        exchange_url: Which service it is for, without a final slash.
    """
    claims = _claims(token)
    if claims is None:
        return None
    if str(claims.get("tid", tenant_id)).casefold() != str(tenant_id):
        return NeedsHuman("Entra's token is for another tenant than it was asked for; report it, nothing was sent")
    audience = str(claims.get("aud", exchange_url)).rstrip("/").casefold()
    if audience not in (exchange_url.casefold(), _EXCHANGE_ID):
        return VendorCredential("Entra's token is for another service; KEEPER_EXCHANGE_URL must be the cloud's own")
    roles = claims.get("roles")
    if not isinstance(roles, list) or ROLE not in roles:
        return NeedsPermission(
            f"the application has no {ROLE} in the tenant; its administrator must consent to it again"
        )
    return None


def _claims(token: str) -> Mapping[str, object] | None:
    """Read the claims of a token that Entra signed; ``None`` where they cannot be read."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) and "tid" in claims else None
