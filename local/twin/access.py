"""Who gets in at Exchange: a token that is ours and says so, and a role that carries the cmdlet.

Source: exchange contract §1.4 (two grants, rights by cmdlet), §1.9 (401, and the 403 that is not JSON).
"""

from collections.abc import Mapping

from local.twin.entra import Grant, Tokens
from local.twin.positions import DenialBody
from local.twin.positions_of_entra import DirectoryRole, OldTokens
from local.twin.rights import may_run
from local.twin.state import TenantState
from local.twin.wire import Response

_BODIES = {
    DenialBody.NUL_BYTES: b"\x00" * 4096,
    DenialBody.EMPTY: b"",
    DenialBody.JSON: b'{"error":{"code":"Forbidden","message":"Access denied."}}',
}


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
            return Response(
                401, {"WWW-Authenticate": 'Bearer error="invalid_token"', "request-id": tenant.request_id()}
            )
        if tenant.switches.role is DirectoryRole.NONE:
            return denied(tenant, named=True)
        return denied(tenant, named=False) if self._role(tenant, grant) is DirectoryRole.NONE else None

    def denial(self, tenant: TenantState, headers: Mapping[str, str], cmdlet: str) -> Response | None:
        """Let nobody run what the role does not carry, neither in the tenant nor in the token."""
        grant = self._grant(headers)
        if grant is None or not may_run(tenant.switches.role, cmdlet):
            return denied(tenant, named=True)
        return None if may_run(self._role(tenant, grant), cmdlet) else denied(tenant, named=False)

    def _role(self, tenant: TenantState, grant: Grant) -> DirectoryRole:
        """The role that counts: the token's own, or the tenant's where old tokens catch up."""
        return tenant.switches.role if tenant.switches.old_tokens is OldTokens.CATCH_UP else grant.role

    def _grant(self, headers: Mapping[str, str]) -> Grant | None:
        return self._tokens.grant(headers.get("authorization", ""))


def denied(tenant: TenantState, *, named: bool) -> Response:
    """The 403 that says gzip and is a run of NUL bytes; with the reason in a header, or without any."""
    headers = {"Content-Type": "application/json", "request-id": tenant.request_id()}
    if tenant.switches.denial_body is DenialBody.NUL_BYTES:
        headers["Content-Encoding"] = "gzip"
    if named:
        headers["X-ExceptionType"] = "CmdletAccessDeniedException"
        headers["x-ms-diagnostics"] = '2000003;reason="The user or application is not allowed to run the cmdlet."'
    return Response(403, headers, _BODIES[tenant.switches.denial_body])


def _is_permitted(tenant: TenantState, grant: Grant) -> bool:
    return tenant.switches.consent and tenant.switches.app_permission and grant.has_permission
