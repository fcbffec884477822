"""The few endpoints of Microsoft Graph that bringing a tenant in needs.

Source: exchange contract §3.2 (service principal, role assignments; documented), §1.4 (a token serves one audience).
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from local.twin.asking import asked_by
from local.twin.entra import Grant, Tokens
from local.twin.graph_refusals import GraphRefused, bad_token, no_such_resource
from local.twin.results import narrowed
from local.twin.role_assignments import assign, assignments, object_id
from local.twin.state import Row, TenantState
from local.twin.wire import Request, Response, answer, parsed

GRAPH = "https://graph.microsoft.com"
"""The audience of Graph's tokens where the twin has no address of its own for it."""
_PRINCIPAL = re.compile(r"/v1\.0/servicePrincipals\(appId='(?P<client>[^']+)'\)", re.IGNORECASE)
_ASSIGNMENTS = "roleManagement/directory/roleAssignments"
_CAPABILITIES = "Email, OfficeCommunicationsOnline"

Run = Callable[[TenantState, Grant, Request], Response]


class Graph:
    """Microsoft Graph for every tenant of one twin; which tenant is meant stands in the token.

    Args:
        tokens: What was issued.
        tenant: Finds a tenant by its id.
        audience: The audience that a token must have.
    """

    def __init__(self, tokens: Tokens, tenant: Callable[[str], TenantState | None], audience: str) -> None:
        self._tokens = tokens
        self._tenant = tenant
        self._audience = audience

    def handle(self, request: Request, path: str) -> Response | None:
        """Answer a request; ``None`` where there is no such path."""
        runs = self._runs(path)
        if not runs:
            return None
        try:
            tenant, grant = self._caller(request.headers)
            return runs.get(request.method, _not_allowed)(tenant, grant, request)
        except GraphRefused as error:
            return error.response()

    def _runs(self, path: str) -> Mapping[str, Run]:
        """What a path does, by method; paths are known in any case (inferred)."""
        if path.lower() == "/v1.0/organization":
            return {"GET": self._organisation}
        if path.lower() == f"/v1.0/{_ASSIGNMENTS}".lower():
            return {"GET": self._assignments, "POST": self._assign}
        found = _PRINCIPAL.fullmatch(path)
        return {"GET": partial(self._principal, found["client"])} if found else {}

    def _caller(self, headers: Mapping[str, str]) -> tuple[TenantState, Grant]:
        """Who asks, and in which tenant.

        Raises:
            GraphRefused: The token is none, over, for another service, or of an application that is not there any more.
        """
        grant = self._tokens.grant(headers.get("authorization", ""))
        tenant = None if grant is None else self._tenant(grant.tenant_id)
        if grant is None or tenant is None:
            raise bad_token("Access token is empty or malformed.")
        if grant.audience != self._audience:
            raise bad_token("Access token validation failure. Invalid audience.")
        if grant.expires <= tenant.clock():
            raise bad_token("Lifetime validation failed, the token is expired.")
        if not tenant.switches.consent:
            text = "The identity of the calling application could not be established."
            raise GraphRefused(401, "Authorization_IdentityNotFound", text)
        return tenant, grant

    def _organisation(self, tenant: TenantState, _: Grant, request: Request) -> Response:
        domains = [
            {
                "capabilities": _CAPABILITIES,
                "isDefault": row["Default"],
                "isInitial": row["InitialDomain"],
                "name": row["Name"],
                "type": "Managed",
            }
            for row in tenant.domains
        ]
        shown = {"id": tenant.tenant_id, "displayName": tenant.domain.partition(".")[0], "tenantType": "AAD"}
        return self._list("organization", [{**shown, "verifiedDomains": domains}], request)

    def _principal(self, client_id: str, tenant: TenantState, grant: Grant, request: Request) -> Response:
        """The caller's own service principal; the twin knows of no other in a tenant."""
        if client_id.lower() != grant.client_id.lower():
            raise no_such_resource(client_id)
        row: Row = {"id": object_id(tenant, client_id), "accountEnabled": True, "appId": grant.client_id}
        row |= {"displayName": "Mailflow", "servicePrincipalType": "Application"}
        shown = narrowed(row, asked_by({}, request.path).members)
        return answer(200, {"@odata.context": f"{self._context('servicePrincipals')}/$entity", **shown})

    def _assignments(self, tenant: TenantState, grant: Grant, request: Request) -> Response:
        return self._list(_ASSIGNMENTS, assignments(tenant, grant.client_id, request.path), request)

    def _assign(self, tenant: TenantState, grant: Grant, request: Request) -> Response:
        made = assign(tenant, grant, parsed(request.body))
        return answer(201, {"@odata.context": f"{self._context(_ASSIGNMENTS)}/$entity", **made})

    def _list(self, name: str, rows: list[Row], request: Request) -> Response:
        members = asked_by({}, request.path).members
        return answer(200, {"@odata.context": self._context(name), "value": [narrowed(row, members) for row in rows]})

    def _context(self, name: str) -> str:
        return f"{self._audience}/v1.0/$metadata#{name}"


def _not_allowed(_tenant: TenantState, _grant: Grant, _request: Request) -> Response:
    raise GraphRefused(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
