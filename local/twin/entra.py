"""Entra's token endpoint for client credentials.

Source: exchange contract §1.4 (two grants), §3.1 (refusals by number), §3.5 (credentials).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import jwt

from local.twin.applications import Applications
from local.twin.entra_refusals import EntraRefused, missing
from local.twin.positions_of_entra import DirectoryRole
from local.twin.rights import TEMPLATES
from local.twin.state import TenantState
from local.twin.wire import Request, Response, answer

LIFETIME = timedelta(hours=1)
REALMS = ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0")
"""What of a tenant an assertion may be for: msal names the first, Microsoft's pages the others as well."""


@dataclass(frozen=True)
class Grant:
    """What a token stands for.

    Attributes:
        tenant_id: Whose Exchange or directory.
        client_id: Who asked.
        audience: Which service.
        has_permission: The application had Exchange.ManageAsApp when the token was issued.
        may_assign: It had Graph's permission to assign directory roles then; a token for Graph says so.
        role: The directory role that the application had when the token was issued; it is in the token or it is not.
        expires: When it ends.
    """

    tenant_id: str
    client_id: str
    audience: str
    has_permission: bool
    may_assign: bool
    role: DirectoryRole
    expires: datetime


class Tokens:
    """The tokens that were issued.

    Args:
        root: The twin's own address.
        graph: The audience of Microsoft Graph.
        applications: Who asks for them.
    """

    def __init__(self, root: str, graph: str, applications: Applications) -> None:
        self._root = root
        self._graph = graph
        self._applications = applications
        self._key = secrets.token_bytes(32)
        self._grants: dict[str, Grant] = {}

    def issue(self, tenant: TenantState, request: Request) -> Response:
        """``POST /{tenant}/oauth2/v2.0/token``."""
        try:
            form = _form(request)
            _check(form)
            audiences = {f"{self._root}/{name}{end}" for name in tenant.names() for end in REALMS}
            self._applications.prove(form, audiences, tenant.clock())
            return self._issued(tenant, form)
        except EntraRefused as error:
            return error.response()

    def _issued(self, tenant: TenantState, form: Mapping[str, str]) -> Response:
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            text = "The provided value for the input parameter 'scope' is not valid."
            raise EntraRefused("invalid_scope", 70011, text)
        if not tenant.switches.consent:
            text = f"The client application {form['client_id']} is missing service principal in the tenant."
            raise EntraRefused("unauthorized_client", 7000229, text)
        switches = tenant.switches
        grant = Grant(
            tenant_id=tenant.tenant_id,
            client_id=form["client_id"],
            audience=scope.removesuffix("/.default"),
            has_permission=switches.app_permission,
            may_assign=switches.graph_permission,
            role=switches.role,
            expires=tenant.clock() + LIFETIME,
        )
        token = self._written(grant)
        self._grants[token] = grant
        seconds = int(LIFETIME.total_seconds())
        document = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
        return answer(200, document, {"Cache-Control": "no-store"})

    def _written(self, grant: Grant) -> str:
        """The token itself: a JWT that nobody but the twin can check, as Exchange's is for everybody but Exchange."""
        claims: dict[str, object] = {
            "aud": grant.audience,
            "iss": f"https://sts.windows.net/{grant.tenant_id}/",
            "iat": int((grant.expires - LIFETIME).timestamp()),
            "exp": int(grant.expires.timestamp()),
            "appid": grant.client_id,
            "tid": grant.tenant_id,
            "uti": secrets.token_urlsafe(16),
        }
        # What was not granted is not in the token, not even as an empty list.
        granted = self._permissions(grant)
        claims |= {"roles": granted} if granted else {}
        claims |= {"wids": [TEMPLATES[grant.role]]} if grant.role in TEMPLATES else {}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def _permissions(self, grant: Grant) -> list[str]:
        """What a token for a service says of it; of another service's permissions it says nothing."""
        if grant.audience == self._graph:
            return ["RoleManagement.ReadWrite.Directory"] if grant.may_assign else []
        return ["Exchange.ManageAsApp"] if grant.has_permission else []

    def grant(self, authorization: str) -> Grant | None:
        """What a bearer token stands for; None where it is none of ours."""
        scheme, _, token = authorization.partition(" ")
        return self._grants.get(token) if scheme.casefold() == "bearer" else None


def form_of(request: Request) -> dict[str, str]:
    """What a client sent."""
    return {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}


def _form(request: Request) -> dict[str, str]:
    """What a client sent.

    Raises:
        EntraRefused: It is not posted.
    """
    if request.method != "POST":
        text = f"The endpoint only accepts POST requests. Received a {request.method} request."
        raise EntraRefused("invalid_request", 900561, text)
    return form_of(request)


def _check(form: Mapping[str, str]) -> None:
    """Let a form be a request for client credentials.

    Raises:
        EntraRefused: It is not.
    """
    for needed in ("grant_type", "client_id"):
        if needed not in form:
            raise missing(needed)
    if form["grant_type"] != "client_credentials":
        raise EntraRefused("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
