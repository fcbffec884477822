"""The directory role of the application, as Microsoft Graph lists and assigns it.

Source: exchange contract §3.2 (documented). The tenant's switch ``role`` is the one assignment that there is.
"""

import re
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs
from uuid import UUID, uuid5

from local.twin.entra import Grant
from local.twin.graph_refusals import GraphRefused, bad_request, conflict, no_such_resource
from local.twin.positions_of_entra import DirectoryRole
from local.twin.rights import TEMPLATES
from local.twin.state import Row, TenantState

_CLAUSE = re.compile(r"(principalId|roleDefinitionId|directoryScopeId)\s+eq\s+'([^']*)'", re.IGNORECASE)
_STRENGTH = (*TEMPLATES, DirectoryRole.NONE)
_EVERYWHERE = "/"


def object_id(tenant: TenantState, client_id: str) -> str:
    """The id of an application's service principal in a tenant: neither the application's nor the vendor's own."""
    return str(uuid5(UUID(tenant.tenant_id), f"service principal {client_id.lower()}"))


def assignments(tenant: TenantState, client_id: str, url: str) -> list[Row]:
    """``GET …/roleAssignments``: the application's one, where it has one and the filter lets it through.

    Raises:
        GraphRefused: The filter is none that the twin knows.
    """
    role, wanted = tenant.switches.role, _wanted(url)
    rows = [_assignment(object_id(tenant, client_id), TEMPLATES[role])] if role in TEMPLATES else []
    return [row for row in rows if all(row[name] == value for name, value in wanted)]


def assign(tenant: TenantState, grant: Grant, body: Row | None) -> Row:
    """``POST …/roleAssignments``: the role is in tokens from then on. A weaker one than it has changes nothing.

    Raises:
        GraphRefused: The application may not, or what it asks for makes no sense, or is there already.
    """
    if not (grant.may_assign and tenant.switches.graph_permission):
        raise GraphRefused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    principal, definition, scope = _asked(body)
    if scope != _EVERYWHERE:
        raise bad_request("The twin assigns roles for the whole directory alone.")
    if principal.lower() != object_id(tenant, grant.client_id):
        raise no_such_resource(principal)
    role = next((role for role, template in TEMPLATES.items() if template == definition.lower()), None)
    if role is None:
        raise no_such_resource(definition)
    with tenant.lock:
        if tenant.switches.role is role:
            raise conflict()
        if _STRENGTH.index(role) < _STRENGTH.index(tenant.switches.role):
            tenant.switches.turn({"role": str(role)})
    return _assignment(principal.lower(), TEMPLATES[role])


def _asked(body: Row | None) -> tuple[str, str, str]:
    found = tuple((body or {}).get(name) for name in ("principalId", "roleDefinitionId", "directoryScopeId"))
    match found:
        case (str(principal), str(definition), str(scope)):
            return principal, definition, scope
        case _:
            raise bad_request("principalId, roleDefinitionId and directoryScopeId are texts and must be there.")


def _assignment(principal: str, definition: str) -> Row:
    identity = urlsafe_b64encode(uuid5(UUID(principal), definition).bytes).decode().rstrip("=")
    roles = {"roleDefinitionId": definition, "principalId": principal, "directoryScopeId": _EVERYWHERE}
    return {"id": identity, **roles}


def _wanted(url: str) -> list[tuple[str, str]]:
    """The clauses of a filter such as ``principalId eq '…' and roleDefinitionId eq '…'``."""
    text = "".join(parse_qs(url.partition("?")[2]).get("$filter", []))
    found = [_CLAUSE.fullmatch(clause.strip()) for clause in text.split(" and ")] if text else []
    names = {name.lower(): name for name in ("principalId", "roleDefinitionId", "directoryScopeId")}
    clauses = [(names[clause[1].lower()], clause[2].lower()) for clause in found if clause]
    if len(clauses) < len(found):
        raise GraphRefused(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
    return clauses
