"""The console as an ASGI application of its own, beside the API: its refusals are pages, and its door is a cookie."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from functions.console import fleet_orders, routes_fleet, routes_orders, routes_parked, routes_sign_in, routes_tenants
from functions.console.answering import HEADERS, html, moved, wants_json
from functions.problems import PROBLEM_JSON, headers_of, note_refusal, problem_document, status_of
from functions.reading import faults_of
from shared.domain.errors import InvalidRequest, KeeperError, Unauthentic

PREFIX = "/api/console"

console = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
for _routes in (routes_sign_in, routes_fleet, fleet_orders, routes_orders, routes_tenants, routes_parked):
    console.include_router(_routes.router)


def is_here(path: str) -> bool:
    """Whether an address is the console's."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


@console.exception_handler(KeeperError)
def _declared(request: Request, error: KeeperError) -> Response:
    if isinstance(error, Unauthentic) and _is_to_sign_in(request):
        return _to_the_door(request)
    note_refusal(error)
    return _refusal(request, status_of(error), error.code, str(error), headers_of(error))


@console.exception_handler(RequestValidationError)
def _invalid(request: Request, error: RequestValidationError) -> Response:
    return _refusal(request, HTTPStatus.BAD_REQUEST, InvalidRequest.code, faults_of(list(error.errors())))


@console.exception_handler(HTTPException)
def _no_page(request: Request, error: HTTPException) -> Response:
    return _refusal(request, error.status_code, "no_such_page", "there is no such page", error.headers)


def _is_to_sign_in(request: Request) -> bool:
    """Whether a person who looks at a page is led to the door; at the door itself it is said what was wrong."""
    at_the_door = request.url.path in (f"{PREFIX}/sign-in", f"{PREFIX}/callback")
    return request.method == "GET" and not at_the_door and not wants_json(request)


def _to_the_door(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    door = f"{PREFIX}/sign-in?next={quote(asked, safe='')}"
    if "hx-request" not in request.headers:
        return moved(door)
    # A part of a page would be put into the page; this leads the whole of it to the door.
    return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={**HEADERS, "HX-Redirect": door})


def _refusal(request: Request, status: int, code: str, detail: str, more: object = None) -> Response:
    heads = dict(more) if isinstance(more, dict) else {}
    document = problem_document(status, code, detail)
    if wants_json(request):
        return JSONResponse(document, status, headers={**HEADERS, **heads}, media_type=PROBLEM_JSON)
    answer = html("problem.html", {"problem": document, **_way_on(request)}, status)
    answer.headers.update(heads)
    return answer


def _way_on(request: Request) -> dict[str, str]:
    """Where to go from a refusal: once more to the page, or from an order to the page that asks for it anew."""
    if request.method == "GET":
        return {"again": request.url.path, "again_words": "Try again"}
    parts = request.path_params
    if parts.keys() >= {"tenant_id", "name"}:
        page = f"{PREFIX}/tenants/{quote(str(parts['tenant_id']))}/ask/{quote(str(parts['name']))}"
        return {"again": page, "again_words": "Read the plan anew"}
    return {"again": "", "again_words": ""}
