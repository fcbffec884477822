"""Exchange's admin interface: one cmdlet or a batch of them, as the PowerShell module calls it.

Source: exchange contract §1.1 (endpoints), §1.5 (success), §1.8 (errors), §1.11 (batch).
"""

import json
import random
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from local.twin.access import Access, denied
from local.twin.cmdlets import known, run, spelled
from local.twin.entra import Tokens
from local.twin.refusals import AccessDenied, Refused, argument
from local.twin.results import envelope, selection
from local.twin.state import Fault, TenantState
from local.twin.wire import Request, Response, answer, parsed

APPLICATION, ADMINISTRATOR = "application", "administrator"
_MOST = 10


class AdminApi:
    """The interface for every tenant of one twin."""

    def __init__(self, tokens: Tokens, root: str) -> None:
        self._access = Access(tokens, root)
        self._root = root

    def invoke(self, tenant: TenantState, headers: Mapping[str, str], body: object, url: str = "") -> Response:
        """``POST …/InvokeCommand``; the URL's ``$select`` narrows the objects."""
        refusal = self._access.refusal(tenant, headers)
        if refusal is not None:
            return refusal
        command = body.get("CmdletInput") if isinstance(body, dict) else None
        name = command.get("CmdletName") if isinstance(command, dict) else None
        parameters = command.get("Parameters", {}) if isinstance(command, dict) else None
        if not isinstance(name, str) or not isinstance(parameters, dict):
            return answer(400, argument("CmdletInput", "The request body is not of its form.").document())
        denial = self._access.denial(tenant, headers, name)
        return denial or self.perform(tenant, name, parameters, APPLICATION, selection(url))

    def perform(
        self,
        tenant: TenantState,
        name: str,
        parameters: dict[str, object],
        actor: str,
        members: frozenset[str] = frozenset(),
    ) -> Response:
        """Run a cmdlet and note it; faults hit the application only."""
        with tenant.lock:
            fault = _fault(tenant, name) if actor == APPLICATION else None
            is_true = fault is None or fault.status == HTTPStatus.OK
            runs = is_true or (fault is not None and fault.applied)
            response = self._run(tenant, name, parameters, actor, members) if runs else None
            if fault is not None and not is_true:
                response = _failed(fault)
            assert response is not None
            noted = {"actor": actor, "cmdlet": name, "parameters": parameters, "status": response.status}
            tenant.history.append(noted)
        if fault is not None:
            time.sleep(fault.seconds)
        return response

    def _run(
        self, tenant: TenantState, name: str, parameters: dict[str, object], actor: str, members: frozenset[str]
    ) -> Response:
        try:
            result = run(tenant, spelled(name), parameters, "Mailflow" if actor == APPLICATION else "Administrator")
            context = f"{self._root}/adminapi/beta/{tenant.tenant_id}"
            return answer(200, envelope(result, context, members), _headers())
        except Refused as error:
            return answer(error.status, error.document())
        except AccessDenied:
            return denied(named=True)

    def batch(self, tenant: TenantState, headers: Mapping[str, str], body: object) -> Response:
        """``POST …/$batch``: up to ten calls, each with its own token, answered in any order."""
        refusal = self._access.refusal(tenant, headers)
        if refusal is not None:
            return refusal
        parts = body.get("requests") if isinstance(body, dict) else None
        asked = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        if asked != parts or not 0 < len(asked) <= _MOST:
            return answer(400, argument("requests", f"A batch has from 1 to {_MOST} requests.").document())
        answers = [self._part(tenant, part) for part in asked]
        random.shuffle(answers)
        return answer(200, {"responses": answers})

    def _part(self, tenant: TenantState, part: dict[str, object]) -> dict[str, object]:
        given = part.get("headers")
        headers = {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
        if part.get("method") == "POST" and _is_invocation(str(part.get("url")), tenant):
            response = self.invoke(tenant, headers, part.get("body"), str(part.get("url")))
        else:
            response = answer(400, argument("url", "A part runs a cmdlet of the batch's own tenant.").document())
        shown = parsed(response.body)
        return {"id": part.get("id"), "status": response.status, "headers": dict(response.headers), "body": shown}

    def module_file(self, tenant: TenantState, headers: Mapping[str, str]) -> Response:
        """``GET …/EXOModuleFile``: which cmdlets the caller may run."""
        refusal = self._access.refusal(tenant, headers)
        may = [name for name in known() if self._access.denial(tenant, headers, name) is None]
        return refusal or answer(200, {"value": [{"exportedCmdlets": ",".join(may)}]})


def _headers() -> dict[str, str]:
    """The headers of a success (seen live; the rate limits among them were not seen again)."""
    kind = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    return {"Content-Type": kind, "OData-Version": "4.0", "request-id": str(uuid4())}


def _is_invocation(url: str, tenant: TenantState) -> bool:
    names = "|".join(map(re.escape, tenant.names()))
    return re.search(rf"/adminapi/beta/({names})/invokecommand(\?|$)", url, re.IGNORECASE) is not None


def _fault(tenant: TenantState, cmdlet: str) -> Fault | None:
    for fault in tenant.faults:
        if fault.times > 0 and fault.cmdlet.casefold() in ("*", cmdlet.casefold()):
            fault.times -= 1
            return fault
    return None


def _failed(fault: Fault) -> Response:
    text = "The server is too busy. This issue may be transient. Please try again later."
    refused = Refused(fault.status, "Microsoft.Exchange.Data.Directory.TransientException", text)
    return Response(
        fault.status, {"Content-Type": "application/json", **fault.headers}, json.dumps(refused.document()).encode()
    )


def body_of(request: Request) -> object:
    """The JSON of a request; ``None`` where it is none."""
    return parsed(request.body)
