"""Pages about parked messages: the list, one message with what can be done with it, and the two forms."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions import routes_poison as api
from functions.bodies import Nothing
from functions.console.answering import Page, moved, shown
from functions.console.asking import asked
from functions.console.visitors import Reader, Sender, check_role
from functions.queries import PageQuery
from functions.views import parked_view
from shared.bootstrap import application
from shared.domain.errors import UnknownParked
from shared.domain.operators import Role

router = APIRouter(prefix="/api/console/parked")

_LINES = 50


@router.get("")
def parked(request: Request, who: Reader) -> Response:
    """Show one page of the messages that wait for a person."""
    answer = api.list_parked(who.operator, asked(PageQuery, request, limit=_LINES))
    page = Page("parked.html", "Parked messages", "keeper poison ls", "/api/poison", answer)
    return shown(request, page, who, application().world.clock())


@router.get("/{parked_id}")
def one(request: Request, who: Reader, parked_id: api.ParkedId) -> Response:
    """Show one message, and ask what is to become of it."""
    world = application().world
    found = world.journal.find_parked(parked_id)
    if found is None:
        raise UnknownParked("there is no such parked message")
    more = {"fate": found.fate, "tenant_id": found.tenant_id}
    line = f"keeper poison show {parked_id}"
    page = Page("message.html", "A parked message", line, "/api/poison", parked_view(found), more)
    return shown(request, page, who, world.clock())


@router.post("/{parked_id}/replay")
def replay(sent: Sender, parked_id: api.ParkedId) -> Response:
    """Send a message once more."""
    check_role(sent.visitor, Role.OPERATE)
    api.replay(sent.visitor.operator, parked_id, Nothing())
    return moved("/api/console/parked")


@router.post("/{parked_id}/drop")
def drop(sent: Sender, parked_id: api.ParkedId) -> Response:
    """Let nothing come of a message."""
    check_role(sent.visitor, Role.OPERATE)
    api.drop(sent.visitor.operator, parked_id, Nothing())
    return moved("/api/console/parked")
