"""Sign in and out: at Entra by a browser, or in a trial by the operator's key; and the console's own static files."""

import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from functions.console import cookies
from functions.console.answering import html, moved
from functions.console.forms import Form, sent_form
from functions.console.origins import own_origins
from functions.console.static_files import served
from functions.console.visitors import ENDED, KEY, Sender, check_origin
from functions.operators import HOLDER
from shared.adapters.sealed_flow import LIFETIME as WAY
from shared.adapters.sealed_flow import opened_flow, sealed
from shared.bootstrap import Application, application
from shared.domain.errors import Unauthentic
from shared.domain.operators import Operator
from shared.domain.signed_in import LIFETIME, SignedIn, seal

router = APIRouter(prefix="/api/console")

HOME = "/api/console"
CALLBACK = f"{HOME}/callback"
FLOW_KEY = "console-flow"
"""The name of the deployment's key that the way to Entra and back is closed with."""


@router.get("/sign-in")
def door(request: Request) -> Response:
    """Show how to sign in."""
    app = application()
    context = {
        "has_entra": app.sign_in.is_possible,
        "has_key": app.settings.operator_key is not None,
        "wanted": _inside(request.query_params.get("next", "")),
    }
    return html("sign_in.html", context)


@router.post("/sign-in")
def by_key(request: Request, form: Annotated[Form, Depends(sent_form)]) -> Response:
    """Let in whoever has the key of a trial."""
    check_origin(request)
    app = application()
    own = app.settings.operator_key
    if own is None or not hmac.compare_digest(own.reveal.encode(), form.get("key", "").encode()):
        raise Unauthentic("this is not the operator's key")
    return _signed_in(request, app, HOLDER, _inside(form.get("next", "")))


@router.get("/sign-in/entra")
def to_entra(request: Request) -> Response:
    """Send the browser to Entra."""
    app = application()
    if not app.sign_in.is_possible:
        raise HTTPException(404)
    address, flow = app.sign_in.begun(_callback(request, app))
    kept = {"flow": dict(flow), "next": _inside(request.query_params.get("next", ""))}
    closed = sealed(kept, app.world.keys.get(FLOW_KEY), app.world.clock())
    return cookies.put(moved(address), cookies.FLOW, closed, WAY, request)


@router.get("/callback")
def from_entra(request: Request) -> Response:
    """Let in whomever Entra signed in, if the token gives one of our roles: it is checked as any caller's is."""
    app = application()
    kept = opened_flow(cookies.read(cookies.FLOW, request), app.world.keys.get(FLOW_KEY), app.world.clock())
    flow = kept.get("flow")
    token = app.sign_in.token(flow if isinstance(flow, dict) else {}, request.query_params)
    return _signed_in(request, app, app.operators.operator(token), _inside(str(kept.get("next", ""))))


@router.post("/sign-out")
def out(request: Request, sent: Sender) -> Response:
    """End it: a copy of the cookie opens nothing any more, and the browser forgets its own."""
    world = application().world
    world.journal.first_time(ENDED, sent.visitor.mark, world.clock())
    return cookies.taken_away(moved(f"{HOME}/sign-in"), cookies.SIGNED_IN, request)


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Serve the style sheet or a script."""
    found = served(name)
    if found is None:
        raise HTTPException(404)
    return found


def _signed_in(request: Request, app: Application, operator: Operator, wanted: str) -> Response:
    made = SignedIn(operator, app.world.clock() + LIFETIME, app.world.new_id())
    value = seal(made, app.world.keys.get(KEY))
    return cookies.put(moved(wanted), cookies.SIGNED_IN, value, LIFETIME - timedelta(seconds=1), request)


def _callback(request: Request, app: Application) -> str:
    """Where Entra sends the browser back to: where the settings say, or to the address that the browser asked."""
    public = app.settings.public_url
    return (public or next(iter(own_origins("", request)))) + CALLBACK


def _inside(address: str) -> str:
    """An address of the console that was asked for before signing in; any other leads to its first page."""
    is_ours = address == HOME or address.startswith((f"{HOME}/", f"{HOME}?"))
    return address if is_ours and address.isascii() and address.isprintable() and "\\" not in address else HOME
