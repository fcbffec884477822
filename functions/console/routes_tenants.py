"""Pages about tenants: the list, one tenant's record, a look at it now, what happened to it."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions import routes_tenants as api
from functions.answers_tenants import TenantLine
from functions.console.answering import Page, shown
from functions.console.asking import asked
from functions.console.keeper_lines import listing
from functions.console.orders import ORDERS, offered
from functions.console.visitors import Reader
from functions.queries import PageQuery, PlanQuery, TenantsQuery
from shared.bootstrap import application
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.standing import standing
from shared.domain.tenants import LEAVING, Stage, Verdict

router = APIRouter(prefix="/api/console/tenants")

_LINES = 50
_EVENTS = 20
_STALENESS = (("2", "2 hours"), ("24", "a day"), ("168", "a week"))
_CHOICES = {
    "regions": tuple(Region),
    "stages": tuple(Stage),
    "verdicts": tuple(Verdict),
    "items": tuple((item.slug, item.value) for item in Item),
    "staleness": _STALENESS,
}


@router.get("")
def tenants(request: Request, who: Reader) -> Response:
    """Show one page of tenants, as the filters want them."""
    now, stale = application().world.clock(), request.query_params.get("stale", "")
    before = {"checked_before": (now - timedelta(hours=int(stale))).isoformat()} if stale in dict(_STALENESS) else {}
    query = asked(TenantsQuery, request, limit=_LINES, **before)
    page = Page(
        "tenants.html",
        "Tenants",
        listing(query.filters()),
        "/api/tenants",
        api.list_tenants(who.operator, query),
        {"query": query, "stale": stale, **_CHOICES},
    )
    return shown(request, page, who, now)


@router.get("/{tenant_id}")
def tenant(request: Request, who: Reader, tenant_id: UUID) -> Response:
    """Show one tenant's record: nothing is asked of its Exchange."""
    answer, said = api.get_tenant(who.operator, tenant_id), request.query_params.get("said", "")
    more = {
        "standing_rows": [
            (item.name, item.desired, item.observed, standing(item.name, item.observed, item.desired))
            for item in answer.items
        ],
        "timeline": api.get_timeline(who.operator, tenant_id, PageQuery(limit=_EVENTS)),
        "orders": [(name, ORDERS[name]) for name in offered(answer, who.operator)],
        "said": ORDERS.get(said),
        "asked_again": f"?said={said}" if said in ORDERS else "",
    }
    page = Page("tenant.html", _title(answer), f"keeper status {tenant_id}", f"/api/tenants/{tenant_id}", answer, more)
    return shown(request, page, who, application().world.clock())


@router.get("/{tenant_id}/now")
def look(request: Request, who: Reader, tenant_id: UUID) -> Response:
    """Look at the tenant now and show what differs, and its rules in their real order."""
    record = api.get_tenant(who.operator, tenant_id)
    purpose = "offboard" if record.stage in LEAVING else "verify"
    plan = api.get_plan(who.operator, tenant_id, PlanQuery.model_validate({"for": purpose}))
    rows = [(item.name, item.desired, plan.items[item.name]) for item in record.items]
    more = {
        "record": record,
        "standing_rows": [(name, wanted, seen, standing(name, seen, wanted)) for name, wanted, seen in rows],
    }
    route = f"/api/tenants/{tenant_id}/plan?for={purpose}"
    page = Page("look.html", f"{_title(record)}, read now", f"keeper diff {tenant_id}", route, plan, more)
    return shown(request, page, who, application().world.clock())


@router.get("/{tenant_id}/timeline")
def timeline(request: Request, who: Reader, tenant_id: UUID) -> Response:
    """Show one page of what happened to a tenant."""
    record = api.get_tenant(who.operator, tenant_id)
    answer = api.get_timeline(who.operator, tenant_id, asked(PageQuery, request, limit=_LINES))
    route, line = f"/api/tenants/{tenant_id}/timeline", f"keeper history {tenant_id}"
    page = Page("timeline.html", f"{_title(record)}: what happened", line, route, answer, {"record": record})
    return shown(request, page, who, application().world.clock())


def _title(record: TenantLine) -> str:
    return record.company_name or record.initial_domain
