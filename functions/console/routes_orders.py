"""Orders to one tenant: the page that says what would come of one, and the form that gives it."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions import routes_tenants as api
from functions.console import keeper_lines
from functions.console.answering import Page, moved, shown
from functions.console.orders import DURATIONS, body_of, fields, is_planned, wording
from functions.console.visitors import Reader, Sender, check_role
from functions.queries import PlanQuery
from functions.routes_commands import BODIES, ROLES, ordered
from shared.bootstrap import application
from shared.domain.errors import InvalidRequest

router = APIRouter(prefix="/api/console/tenants/{tenant_id}")


@router.get("/ask/{name}")
def ask(request: Request, who: Reader, tenant_id: UUID, name: str) -> Response:
    """Say what a command would do to a tenant as it is now, and ask whether it is meant."""
    words, setting = wording(name), request.query_params.get("setting", "")
    check_role(who, ROLES[name])
    if "setting" in fields(name) and not setting:
        raise InvalidRequest("setting: the object's name, a slash and the setting's are expected")
    record = api.get_tenant(who.operator, tenant_id)
    plan = None
    if is_planned(name):
        plan = api.get_plan(who.operator, tenant_id, PlanQuery.model_validate({"for": name}))
    more = {
        "name": name,
        "words": words,
        "record": record,
        "fields": fields(name),
        "durations": DURATIONS,
        "setting": setting,
    }
    route = f"/api/tenants/{tenant_id}/plan?for={name}" if plan else ""
    line = keeper_lines.order(name, tenant_id, BODIES[name], setting)
    page = Page("ask.html", f"{words.title}: {record.initial_domain}", line, route, plan, more)
    return shown(request, page, who, application().world.clock())


@router.post("/{name}")
def give(sent: Sender, tenant_id: UUID, name: str) -> Response:
    """Give a command; what moves mail is bound to the plan that was read."""
    wording(name)
    check_role(sent.visitor, ROLES[name])
    asked = body_of(name, sent.form, application().world.clock())
    ordered(name, sent.visitor.operator.name, tenant_id, asked)
    return moved(f"/api/console/tenants/{tenant_id}?said={name}")
