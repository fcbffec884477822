"""Entra's token endpoint for client credentials, and the two discovery documents that msal may ask for.

Source: exchange contract §1.4 (two grants), §3.1 (refusals by number), §3.5 (credentials).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from uuid import uuid4

import jwt

from local.twin.state import TenantState
from local.twin.wire import Request, Response, answer

LIFETIME = timedelta(hours=1)
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
"""The directory role's template id, the same everywhere."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Grant:
    """What a token stands for.

    Attributes:
        tenant_id: Whose Exchange.
        audience: Which service.
        has_permission: The application had Exchange.ManageAsApp when the token was issued.
        has_role: The application had its directory role when the token was issued; it is in the token or it is not.
        expires: When it ends.
    """

    tenant_id: str
    audience: str
    has_permission: bool
    has_role: bool
    expires: datetime


class Tokens:
    """The tokens that were issued."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._grants: dict[str, Grant] = {}

    def issue(self, tenant: TenantState, request: Request) -> Response:
        """``POST /{tenant}/oauth2/v2.0/token``."""
        if request.method != "POST":
            text = f"The endpoint only accepts POST requests. Received a {request.method} request."
            return refused("invalid_request", 900561, text)
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        for needed in ("grant_type", "client_id"):
            if needed not in form:
                text = f"The request body must contain the following parameter: '{needed}'."
                return refused("invalid_request", 900144, text)
        if form["grant_type"] != "client_credentials":
            return refused("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if not form.get("client_secret") and not (
            form.get("client_assertion") and form.get("client_assertion_type") == _ASSERTION
        ):
            text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            return refused("invalid_client", 7000216, text, status=401)
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            return refused("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.")
        if not tenant.switches.consent:
            text = f"The client application {form.get('client_id')} is missing service principal in the tenant."
            return refused("unauthorized_client", 7000229, text)
        switches, expires = tenant.switches, tenant.clock() + LIFETIME
        audience = scope.removesuffix("/.default")
        grant = Grant(tenant.tenant_id, audience, switches.app_permission, switches.role, expires)
        token = self._written(grant, form["client_id"])
        self._grants[token] = grant
        seconds = int(LIFETIME.total_seconds())
        document = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
        return answer(200, document, {"Cache-Control": "no-store"})

    def _written(self, grant: Grant, client_id: str) -> str:
        """The token itself: a JWT that nobody but the twin can check, as Exchange's is for everybody but Exchange."""
        claims: dict[str, object] = {
            "aud": grant.audience,
            "iss": f"https://sts.windows.net/{grant.tenant_id}/",
            "iat": int((grant.expires - LIFETIME).timestamp()),
            "exp": int(grant.expires.timestamp()),
            "appid": client_id,
            "tid": grant.tenant_id,
            "uti": secrets.token_urlsafe(16),
        }
        # What was not granted is not in the token, not even as an empty list.
        claims |= {"roles": ["Exchange.ManageAsApp"]} if grant.has_permission else {}
        claims |= {"wids": [EXCHANGE_ADMINISTRATOR]} if grant.has_role else {}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def grant(self, authorization: str) -> Grant | None:
        """What a bearer token stands for; None where it is none of ours."""
        scheme, _, token = authorization.partition(" ")
        return self._grants.get(token) if scheme.casefold() == "bearer" else None


def refused(error: str, number: int, text: str, *, status: int = 400) -> Response:
    """An error of the token endpoint, with its number in front of the text."""
    document = {
        "error": error,
        "error_description": f"AADSTS{number}: {text}",
        "error_codes": [number],
        "trace_id": str(uuid4()),
        "correlation_id": str(uuid4()),
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return answer(status, document)


def no_such_tenant(name: str) -> Response:
    """Entra does not know the directory."""
    return refused("invalid_request", 90002, f"Tenant '{name}' not found.")


def configuration(root: str, tenant: str) -> Response:
    """``GET /{tenant}/v2.0/.well-known/openid-configuration``."""
    ends = {
        "authorization_endpoint": "authorize",
        "token_endpoint": "token",
        "device_authorization_endpoint": "devicecode",
    }
    document = {name: f"{root}/{tenant}/oauth2/v2.0/{end}" for name, end in ends.items()}
    return answer(200, {"issuer": f"{root}/{tenant}/v2.0", **document})


def instances(root: str) -> Response:
    """``GET /common/discovery/instance``."""
    host = root.removeprefix("https://")
    metadata = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
    endpoint = f"{root}/common/v2.0/.well-known/openid-configuration"
    return answer(200, {"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": metadata})
