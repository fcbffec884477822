"""Pages about the whole fleet: how it stands, one item over all tenants, and what happened."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from functions import api
from functions import routes_fleet as fleet_api
from functions import routes_tenants as tenants_api
from functions.console.answering import Page, shown
from functions.console.asking import asked
from functions.console.fleet_orders import FLEET_ORDERS
from functions.console.shares import shares
from functions.console.visitors import Reader
from functions.queries import PageQuery, TenantsQuery
from shared.bootstrap import application
from shared.domain.operators import Role
from shared.domain.resources import Item

router = APIRouter(prefix="/api/console")

_LINES = 50
_LATELY = 20
_TODAY = timedelta(hours=24)


@router.get("")
def fleet(request: Request, who: Reader) -> Response:
    """Show how the fleet stands: numbers that the timer counted, and the newest of what happened."""
    now = application().world.clock()
    answer = fleet_api.get_fleet(who.operator)
    events = api.get_activity(who.operator, PageQuery(limit=_LATELY)).events
    more = {
        "bar": shares(answer.counts.verdict),
        "today": [event for event in events if now - event.at < _TODAY],
        "orders": FLEET_ORDERS if who.operator.may(Role.ADMIN) else {},
        "said": FLEET_ORDERS.get(request.query_params.get("said", "")),
    }
    page = Page("fleet.html", "Fleet", "keeper status", "/api/fleet", answer, more)
    return shown(request, page, who, now)


@router.get("/items")
def items(request: Request, who: Reader) -> Response:
    """Show each of the six items over the fleet."""
    answer = fleet_api.get_fleet(who.operator)
    rows = [(item, item.slug, answer.counts.items.get(item.value, {})) for item in Item]
    more = {"rows": [(item, slug, counted, shares(counted)) for item, slug, counted in rows]}
    page = Page("items.html", "The six items", "keeper status -o json", "/api/fleet", answer, more)
    return shown(request, page, who, application().world.clock())


@router.get("/items/{slug}")
def item(request: Request, who: Reader, slug: str) -> Response:
    """Show one item over the fleet, and the tenants in which it is not as it should be."""
    found = next((each for each in Item if each.slug == slug), None)
    if found is None:
        raise HTTPException(404)
    counted = fleet_api.get_fleet(who.operator).counts.items.get(found.value, {})
    answer = tenants_api.list_tenants(who.operator, asked(TenantsQuery, request, item=slug, limit=_LINES))
    more = {"counted": counted, "bar": shares(counted)}
    page = Page("item.html", found.value, "keeper status --all", f"/api/tenants?item={slug}", answer, more)
    return shown(request, page, who, application().world.clock())


@router.get("/activity")
def activity(request: Request, who: Reader) -> Response:
    """Show one page of what happened in the whole fleet."""
    answer = api.get_activity(who.operator, asked(PageQuery, request, limit=_LINES))
    page = Page("activity.html", "Activity", "keeper history", "/api/activity", answer)
    return shown(request, page, who, application().world.clock())
