"""The door behind the twin: tenants are made, looked at, and damaged by their administrators through it.

``POST /twin/tenants/{id}`` makes a tenant, ``GET …/state`` and ``GET …/history`` look, ``POST …/administrator`` runs a
cmdlet as its administrator, ``POST …/fault`` and ``DELETE …/fault`` break answers, ``POST …/switches`` turns switches.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from local.twin.admin_api import ADMINISTRATOR, AdminApi
from local.twin.arc import arc_rows
from local.twin.control_fields import Fields, fault, tenant_id
from local.twin.domains import Domains, checked
from local.twin.foreign import RULES
from local.twin.rules import MOST_RULES, seen
from local.twin.state import Row, TenantState
from local.twin.wire import Request, Response, answer, parsed

_NO_DOOR = answer(404, {"error": "the twin has no such door"})


class Tenants(Protocol):
    """What the door needs of the twin."""

    exchange: AdminApi

    def create_tenant(self, tenant_id: str, domain: str, seed: int, rules: int, domains: Domains | None) -> TenantState:
        """Make a tenant."""

    def tenant(self, name: str) -> TenantState | None:
        """Find one."""

    def now(self) -> datetime:
        """The time."""

    def advance(self, duration: timedelta) -> None:
        """Let time pass."""


def clock(twin: Tenants, request: Request) -> Response:
    """``POST /twin/clock`` lets time pass, ``GET`` says what time it is."""
    if request.method == "POST":
        try:
            twin.advance(timedelta(seconds=Fields(parsed(request.body) or {}).number("seconds")))
        except ValueError as error:
            return answer(400, {"error": str(error)})
    return answer(200, {"now": twin.now().isoformat()})


def control(twin: Tenants, request: Request, name: str, end: str) -> Response:
    """Answer a request at the door behind; what it does not understand is a 400 with a sentence."""
    try:
        return _answered(twin, request, name, end)
    except ValueError as error:
        return answer(400, {"error": str(error)})


def _answered(twin: Tenants, request: Request, name: str, end: str) -> Response:
    body = parsed(request.body)
    if body is None and request.method == "POST":
        raise ValueError("the body is no JSON object")
    fields = Fields(body or {})
    if (request.method, end) == ("POST", ""):
        return _made(twin, name, fields)
    tenant = twin.tenant(name)
    if tenant is None:
        return answer(404, {"error": "the twin has no such tenant"})
    if (request.method, end) == ("POST", "administrator"):
        return twin.exchange.perform(tenant, fields.text("cmdlet"), fields.table("parameters"), ADMINISTRATOR)
    with tenant.lock:
        return _look(tenant, end) if request.method == "GET" else _behave(tenant, request.method, end, fields)


def _made(twin: Tenants, name: str, fields: Fields) -> Response:
    rules, domain = fields.number("rules", RULES, most=MOST_RULES), fields.text("domain")
    domains = checked(fields.table("domains"), domain) if "domains" in fields.document else None
    twin.create_tenant(tenant_id(name), domain, fields.number("seed", 0), rules, domains)
    return answer(201, {})


def _look(tenant: TenantState, end: str) -> Response:
    if end == "state":
        return answer(200, state(tenant))
    return answer(200, {"history": tenant.history}) if end == "history" else _NO_DOOR


def _behave(tenant: TenantState, method: str, end: str, fields: Fields) -> Response:
    match (method, end):
        case ("POST", "fault"):
            tenant.faults.append(fault(fields))
        case ("DELETE", "fault"):
            tenant.faults.clear()
        case ("POST", "switches"):
            tenant.switches.turn(fields.document)
        case _:
            return _NO_DOOR
    return answer(200, {})


def state(tenant: TenantState) -> dict[str, object]:
    """Everything in a tenant, without annotations; a copy."""
    return {
        "inbound_connectors": _copies(tenant.inbound),
        "outbound_connectors": _copies(tenant.outbound),
        "transport_rules": _copies([seen(tenant, rule) for rule in tenant.rules]),
        "arc": _copies(arc_rows(tenant)),
    }


def _copies(rows: Iterable[Row]) -> list[Row]:
    """Copies of objects, whose values are plain or lists of plain ones."""
    return [{name: list(value) if type(value) is list else value for name, value in row.items()} for row in rows]
