"""Entra's page on which an administrator consents to an application for the whole tenant.

Nobody signs in here and there is no browser: what the administrator answers is the switch ``consent_answer``. Source:
exchange contract §3.1; https://learn.microsoft.com/entra/identity-platform/v2-admin-consent (parameters, answers).
"""

from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qs
from uuid import UUID, uuid4, uuid5

from local.twin import redirects
from local.twin.entra_refusals import EntraRefused, missing, no_such_tenant
from local.twin.positions_of_entra import ConsentAnswer
from local.twin.state import TenantState
from local.twin.wire import Request, Response

_ANY = "organizations"


class ConsentPage:
    """The page for every tenant of one twin.

    Args:
        tenant: Finds a tenant by its id or one of its domains.
        ids: The ids of all of them.
    """

    def __init__(self, tenant: Callable[[str], TenantState | None], ids: Callable[[], Collection[str]]) -> None:
        self._tenant = tenant
        self._ids = ids

    def show(self, request: Request, name: str) -> Response:
        """``GET /{tenant}/v2.0/adminconsent``: the administrator answers at once, and the browser is sent back."""
        if request.method != "GET":
            return Response(405)
        query = parse_qs(request.path.partition("?")[2], keep_blank_values=True, encoding=redirects.BYTES)
        asked = {parameter: values[0] for parameter, values in query.items()}
        try:
            _check(asked, name)
            said = _answer(self._of_administrator(name, asked.get("login_hint", "")), asked, self._ids())
        except EntraRefused as error:
            return error.page()
        state = {"state": asked["state"]} if "state" in asked else {}
        return Response(302, {"Location": redirects.joined(asked["redirect_uri"], {**said, **state})})

    def _of_administrator(self, name: str, hint: str) -> TenantState:
        """The tenant whose administrator answers: the one in the path, or whoever's account is hinted at.

        Raises:
            EntraRefused: It is not there, or nothing says which it is.
        """
        if name.lower() == _ANY:
            names = [hint.rpartition("@")[2]] if hint else [*self._ids()]
            if len(names) != 1:
                text = "No tenant-identifying information found in either the request or implied by any provided"
                raise EntraRefused("invalid_request", 50059, f"{text} credentials.")
            name = names[0]
        tenant = self._tenant(name)
        if tenant is None:
            raise no_such_tenant(name)
        return tenant


def _answer(tenant: TenantState, asked: Mapping[str, str], ids: Collection[str]) -> dict[str, str]:
    """What the address that the browser is sent to says."""
    with tenant.lock:
        position = tenant.switches.consent_answer
        if position is ConsentAnswer.DENIES:
            return {"admin_consent": "True", "error": "consent_required", "error_description": _denial(tenant)}
        granted = {"admin_consent": "True", "tenant": tenant.tenant_id, "scope": asked["scope"]}
        if position is ConsentAnswer.OTHER_TENANT:
            # One that is there, or else one that nobody has.
            nobodys = str(uuid5(UUID(tenant.tenant_id), "another tenant"))
            return {**granted, "tenant": next((name for name in ids if name != tenant.tenant_id), nobodys)}
        # An application gets permissions of its own by such a scope alone (documented).
        is_static = any(scope.endswith("/.default") for scope in asked["scope"].split())
        tenant.switches.turn({"consent": True, **({"app_permission": True} if is_static else {})})
        return granted


def _denial(tenant: TenantState) -> str:
    ids = f"Trace ID: {uuid4()}\r\nCorrelation ID: {uuid4()}\r\nTimestamp: {tenant.clock():%Y-%m-%d %H:%M:%SZ}"
    return f"AADSTS65004: The resource owner or authorization server denied the request.\r\n{ids}"


def _check(asked: Mapping[str, str], directory: str) -> None:
    for needed in ("client_id", "redirect_uri", "scope"):
        if not asked.get(needed):
            raise missing(needed)
    client_id = asked["client_id"]
    if not _is_id(client_id):
        text = f"Application with identifier '{client_id}' was not found in the directory '{directory}'."
        raise EntraRefused("unauthorized_client", 700016, text)
    redirects.check(asked["redirect_uri"], client_id)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
