"""The door behind the twin: tenants are made, looked at, and damaged by their administrators through it.

``POST /twin/tenants/{id}`` makes a tenant, ``GET …/state`` and ``GET …/history`` look, ``POST …/administrator`` runs a
cmdlet as its administrator, ``POST …/fault`` and ``DELETE …/fault`` break answers, ``POST …/switches`` turns switches.
"""

import json
from typing import Protocol

from local.twin.admin_api import ADMINISTRATOR, AdminApi
from local.twin.arc import arc_rows
from local.twin.rules import seen
from local.twin.state import Fault, TenantState
from local.twin.wire import Request, Response, answer, parsed


class Tenants(Protocol):
    """What the door needs of the twin."""

    exchange: AdminApi

    def create_tenant(self, tenant_id: str, domain: str, seed: int) -> TenantState:
        """Make a tenant."""

    def tenant(self, name: str) -> TenantState | None:
        """Find one."""


def control(twin: Tenants, request: Request, name: str, end: str) -> Response:
    """Answer a request at the door behind."""
    body = parsed(request.body) or {}
    if (request.method, end) == ("POST", ""):
        twin.create_tenant(name, str(body["domain"]), int(str(body.get("seed", 0))))
        return answer(201, {})
    tenant = twin.tenant(name)
    if tenant is None:
        return answer(404, {"error": "the twin has no such tenant"})
    with tenant.lock:
        match (request.method, end):
            case ("GET", "state"):
                return answer(200, state(tenant))
            case ("GET", "history"):
                return answer(200, {"history": tenant.history})
            case ("POST", "administrator"):
                parameters = body.get("parameters")
                assert isinstance(parameters, dict)
                return twin.exchange.perform(tenant, str(body["cmdlet"]), parameters, ADMINISTRATOR)
            case _:
                return _behaviour(tenant, request.method, end, body)


def _behaviour(tenant: TenantState, method: str, end: str, body: dict[str, object]) -> Response:
    match (method, end):
        case ("POST", "fault"):
            tenant.faults.append(Fault(**body))  # type: ignore[arg-type]
        case ("DELETE", "fault"):
            tenant.faults.clear()
        case ("POST", "switches"):
            tenant.switches.turn(body)
        case _:
            return answer(404, {"error": "the twin has no such door"})
    return answer(200, {})


def state(tenant: TenantState) -> dict[str, object]:
    """Everything in a tenant, without annotations; a copy."""
    rows = {
        "inbound_connectors": tenant.inbound,
        "outbound_connectors": tenant.outbound,
        "transport_rules": [seen(tenant, rule) for rule in tenant.rules],
        "arc": arc_rows(tenant),
    }
    copy: dict[str, object] = json.loads(json.dumps(rows))
    return copy
