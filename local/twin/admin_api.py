"""Exchange's admin interface: one cmdlet or a batch of them, as the PowerShell module calls it.

Source: exchange contract §1.1 (endpoints), §1.11 (batch).
"""

import re
from collections.abc import Mapping

from local.twin.access import Access
from local.twin.asking import asked_by
from local.twin.cmdlets import known
from local.twin.disturbances import headers_of, hidden_error, hides_error, sent_on, turned_away
from local.twin.entra import Tokens
from local.twin.paging import set_cookie
from local.twin.positions import Batches
from local.twin.refusals import argument
from local.twin.running import ADMINISTRATOR, APPLICATION, Call, answered, performed
from local.twin.state import TenantState
from local.twin.wire import Request, Response, answer, parsed

__all__ = ["ADMINISTRATOR", "APPLICATION", "AdminApi"]
_MOST = 10


class AdminApi:
    """The interface for every tenant of one twin."""

    def __init__(self, tokens: Tokens, root: str) -> None:
        self._access = Access(tokens, root)
        self._root = root

    def perform(self, tenant: TenantState, name: str, parameters: dict[str, object], actor: str) -> Response:
        """Run a cmdlet without a request: its actor is believed."""
        return performed(tenant, Call(name, parameters, actor), self._root)

    def invoke(self, tenant: TenantState, request: Request) -> Response:
        """``POST …/InvokeCommand``; the URL's ``$select`` narrows the objects."""
        with tenant.lock:
            met = self._met(tenant, request)
            if met is None and hides_error(tenant):
                met = hidden_error()
        return met or self._invoked(tenant, request.headers, parsed(request.body), request.path)

    def batch(self, tenant: TenantState, request: Request) -> Response:
        """``POST …/$batch``: up to ten calls, each with its own token, answered in any order."""
        with tenant.lock:
            met = self._met(tenant, request)
            hides = hides_error(tenant)
        if met is not None:
            return met
        body = parsed(request.body) or {}
        parts = body.get("requests")
        asked = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        is_refused = tenant.switches.batches is Batches.REFUSED
        if is_refused or asked != parts or not 0 < len(asked) <= _MOST:
            return answer(400, argument("requests", f"A batch has from 1 to {_MOST} requests.").document())
        answers = [self._part(tenant, part, is_spoiled=hides and part is asked[0]) for part in asked]
        if tenant.switches.batches is not Batches.IN_ORDER:
            tenant.dice.shuffle(answers)
        return answer(200, {"responses": answers}, set_cookie(tenant))

    def module_file(self, tenant: TenantState, headers: Mapping[str, str]) -> Response:
        """``GET …/EXOModuleFile``: which cmdlets the caller may run."""
        refusal = self._access.refusal(tenant, headers)
        may = [name for name in known() if self._access.denial(tenant, headers, name) is None]
        return refusal or answer(200, {"value": [{"exportedCmdlets": ",".join(may)}]})

    def _met(self, tenant: TenantState, request: Request) -> Response | None:
        """What a request meets before Exchange looks into it."""
        if hop := sent_on(tenant, request, self._root):
            return hop
        if refused := turned_away(tenant):
            response = answered(tenant, refused, asked_by(request.headers, request.path))
            return Response(response.status, {**response.headers, **headers_of(tenant, refused)}, response.body)
        return self._access.refusal(tenant, request.headers)

    def _invoked(self, tenant: TenantState, headers: Mapping[str, str], body: object, url: str) -> Response:
        command = body.get("CmdletInput") if isinstance(body, dict) else None
        name = command.get("CmdletName") if isinstance(command, dict) else None
        parameters = command.get("Parameters", {}) if isinstance(command, dict) else None
        if not isinstance(name, str) or not isinstance(parameters, dict):
            return answer(400, argument("CmdletInput", "The request body is not of its form.").document())
        denial = self._access.denial(tenant, headers, name)
        return denial or performed(tenant, Call(name, parameters, APPLICATION, asked_by(headers, url)), self._root)

    def _part(self, tenant: TenantState, part: dict[str, object], *, is_spoiled: bool) -> dict[str, object]:
        given, url = part.get("headers"), str(part.get("url"))
        headers = {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
        if is_spoiled:
            response = hidden_error()
        elif part.get("method") == "POST" and _is_invocation(url, tenant):
            refusal = self._access.refusal(tenant, headers)
            response = refusal or self._invoked(tenant, headers, part.get("body"), url)
        else:
            response = answer(400, argument("url", "A part runs a cmdlet of the batch's own tenant.").document())
        shown = {"id": part.get("id"), "body": parsed(response.body)}
        if tenant.switches.batches is Batches.BARE:
            return shown
        return {**shown, "status": response.status, "headers": dict(response.headers)}


def _is_invocation(url: str, tenant: TenantState) -> bool:
    names = "|".join(map(re.escape, tenant.names()))
    return re.search(rf"/adminapi/beta/({names})/invokecommand(\?|$)", url, re.IGNORECASE) is not None
