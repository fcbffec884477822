"""Who gets in at Exchange: a token that is ours and says so, and a role that carries the cmdlet.

Source: exchange contract §1.4 (two grants, rights by cmdlet), §1.9 (401, and the 403 that is not JSON).
"""

from collections.abc import Mapping
from uuid import uuid4

from local.twin.entra import Grant, Tokens
from local.twin.rights import may_run
from local.twin.state import TenantState
from local.twin.switches import DirectoryRole
from local.twin.wire import Response

_NULS = b"\x00" * 4096


class Access:
    """The guard in front of every tenant's Exchange.

    Args:
        tokens: What was issued.
        root: The audience that a token must have.
    """

    def __init__(self, tokens: Tokens, root: str) -> None:
        self._tokens = tokens
        self._root = root

    def refusal(self, tenant: TenantState, headers: Mapping[str, str]) -> Response | None:
        """Let nobody in without consent, permission, some role, and a token that knows of all three."""
        grant = self._grant(headers)
        is_ours = grant is not None and (grant.tenant_id, grant.audience) == (tenant.tenant_id, self._root)
        if grant is None or not is_ours or grant.expires <= tenant.clock() or not _is_permitted(tenant, grant):
            return Response(401, {"WWW-Authenticate": 'Bearer error="invalid_token"', "request-id": str(uuid4())})
        if tenant.switches.role is DirectoryRole.NONE:
            return denied(named=True)
        return denied(named=False) if grant.role is DirectoryRole.NONE else None

    def denial(self, tenant: TenantState, headers: Mapping[str, str], cmdlet: str) -> Response | None:
        """Let nobody run what the role does not carry, neither in the tenant nor in the token."""
        grant = self._grant(headers)
        if grant is None or not may_run(tenant.switches.role, cmdlet):
            return denied(named=True)
        return None if may_run(grant.role, cmdlet) else denied(named=False)

    def _grant(self, headers: Mapping[str, str]) -> Grant | None:
        return self._tokens.grant(headers.get("authorization", ""))


def denied(*, named: bool) -> Response:
    """The 403 that says gzip and is a run of NUL bytes; with the reason in a header, or without any."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "request-id": str(uuid4())}
    if named:
        headers["X-ExceptionType"] = "CmdletAccessDeniedException"
        headers["x-ms-diagnostics"] = '2000003;reason="The user or application is not allowed to run the cmdlet."'
    return Response(403, headers, _NULS)


def _is_permitted(tenant: TenantState, grant: Grant) -> bool:
    return tenant.switches.consent and tenant.switches.app_permission and grant.has_permission
