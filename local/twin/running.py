"""A cmdlet runs, or something comes between; either way it is noted.

Source: exchange contract §1.5, §1.8; what comes between: ``faults`` and ``disturbances``.
"""

import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from local.twin.access import denied
from local.twin.asking import Asked
from local.twin.cmdlets import run, spelled
from local.twin.disturbances import interfered, loses_answer, lost
from local.twin.faults import next_fault, spoiled
from local.twin.paging import paged, set_cookie
from local.twin.positions import Language, Reasons
from local.twin.refusals import AccessDenied, Encoding, Refused
from local.twin.results import envelope
from local.twin.state import TenantState
from local.twin.wire import Response, answer

APPLICATION, ADMINISTRATOR = "application", "administrator"


@dataclass(frozen=True)
class Call:
    """One cmdlet, as somebody asks for it.

    Attributes:
        cmdlet: Its name, in any case.
        parameters: As they came.
        actor: The application, or the tenant's administrator.
        asked: Members, language and page.
    """

    cmdlet: str
    parameters: dict[str, object]
    actor: str
    asked: Asked = field(default_factory=Asked)

    @property
    def is_write(self) -> bool:
        """Whether it may change anything."""
        return not self.cmdlet.casefold().startswith("get-")

    @property
    def is_applications(self) -> bool:
        """Whether faults and disturbances hit it."""
        return self.actor == APPLICATION


def performed(tenant: TenantState, call: Call, root: str) -> Response:
    """Run a cmdlet and note it."""
    with tenant.lock:
        fault = next_fault(tenant.faults, call.cmdlet) if call.is_applications else None
        for interference in interfered(tenant) if call.is_applications and call.is_write else ():
            performed(tenant, Call(*interference, ADMINISTRATOR), root)
        runs = fault is None or fault.is_true or fault.applied
        true = _answered(tenant, call, root, is_stale=fault is not None and fault.stale) if runs else None
        is_committed = true is not None and call.is_write and true.status == HTTPStatus.OK
        response = true if fault is None or fault.is_true else spoiled(fault, true)
        if is_committed and call.is_applications and loses_answer(tenant):
            response = answered(tenant, lost(), call.asked)
        assert response is not None
        _note(tenant, call, response, is_committed=is_committed)
    if fault is not None:
        time.sleep(fault.seconds)
    return response


def answered(tenant: TenantState, refused: Refused, asked: Asked) -> Response:
    """A refusal as the tenant words it and hides it."""
    switches = tenant.switches
    encoding = None if switches.reasons is Reasons.BY_KIND else Encoding(switches.reasons.value)
    response = answer(refused.status, refused.document(encoding, is_german=_is_german(tenant, asked)))
    return replace(response, told=refused.type)


def _is_german(tenant: TenantState, asked: Asked) -> bool:
    return asked.is_german or tenant.switches.language is Language.GERMAN


def _answered(tenant: TenantState, call: Call, root: str, *, is_stale: bool) -> Response:
    actor = "Mailflow" if call.is_applications else "Administrator"
    address = f"{root}/adminapi/beta/{tenant.tenant_id}"
    try:
        cmdlet = spelled(call.cmdlet)
        result = run(tenant, cmdlet, call.parameters, actor, is_stale=is_stale)
        if not call.is_write:
            result = paged(tenant, result, call.asked, f"{address}/InvokeCommand")
        is_german = _is_german(tenant, call.asked)
        body = envelope(tenant, result, address, call.asked.members, is_german=is_german)
        told = f"{len(result.rows)} objects" + "".join(f"; {warning}" for warning in result.warnings)
        return replace(answer(200, body, _headers(tenant)), told=told)
    except Refused as refused:
        return answered(tenant, refused, call.asked)
    except AccessDenied:
        return denied(tenant, named=True)


def _headers(tenant: TenantState) -> dict[str, str]:
    """The headers of a success (seen live; the rate limits among them were not seen again)."""
    kind = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    names = {"Content-Type": kind, "OData-Version": "4.0", "request-id": tenant.request_id()}
    return {**names, **set_cookie(tenant)}


def _note(tenant: TenantState, call: Call, response: Response, *, is_committed: bool) -> None:
    tenant.history.append(
        {
            "time": tenant.clock().isoformat(),
            "tenant": tenant.tenant_id,
            "actor": call.actor,
            "cmdlet": call.cmdlet,
            "parameters": call.parameters,
            "status": response.status,
            "answer": response.told,
            "delivery": response.delivery.value,
            "committed": is_committed,
        }
    )
