"""Long lists come in pages, and the link to the next page names the server that has it.

Source: exchange contract §1.7: with the same mailbox and cookie it works (shipping clients), without it is expired
(seen live).
"""

import base64
import json
from dataclasses import replace

from local.twin.asking import Asked
from local.twin.positions import Paging
from local.twin.refusals import Refused
from local.twin.results import Result
from local.twin.state import TenantState

COOKIE = "X-BackEndCookie"
_SHORT = 3


def paged(tenant: TenantState, result: Result, asked: Asked, link: str) -> Result:
    """Give one page of a list, and the link to the next.

    Args:
        tenant: Whose.
        result: The whole list.
        asked: Which page, and how long it may be.
        link: The address of this request, without a query.

    Raises:
        Refused: The link is not good for this request.
    """
    is_short = tenant.switches.paging is not Paging.AS_ASKED
    size = min(asked.page_size, _SHORT) if is_short else asked.page_size
    start = _start(tenant, asked) if asked.place else 0
    end = start + size
    if end >= len(result.rows):
        return replace(result, rows=result.rows[start:])
    place = base64.urlsafe_b64encode(json.dumps([end, asked.affinity[0]]).encode()).decode()
    return replace(result, rows=result.rows[start:end], next_link=f"{link}?%24skiptoken={place}")


def cookie(tenant: TenantState) -> str:
    """The cookie that leads back to the same server."""
    return f"{COOKIE}={tenant.tenant_id[:8]}"


def set_cookie(tenant: TenantState) -> dict[str, str]:
    """The header that gives it to a client."""
    return {"Set-Cookie": f"{cookie(tenant)}; Path=/; Secure; HttpOnly"}


def _start(tenant: TenantState, asked: Asked) -> int:
    mailbox, cookies = asked.affinity
    if tenant.switches.paging is not Paging.EXPIRED_LINKS and cookie(tenant) in cookies.split("; "):
        try:
            start, anchor = json.loads(base64.urlsafe_b64decode(asked.place))
        except ValueError:
            raise _EXPIRED from None
        if isinstance(start, int) and start >= 0 and anchor == mailbox:
            return start
    raise _EXPIRED


_EXPIRED = Refused(
    400, "System.InvalidOperationException", "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
)
