"""The operators' HTTP API: reads the records, and turns commands into messages. No function imports it eagerly."""

import functools
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from functions import routes_commands, routes_fleet, routes_poison, routes_tenants
from functions.answers import Activity, Caller
from functions.openapi import describe, refusals
from functions.operators import Reader
from functions.problems import PROBLEM_JSON, headers_of, note_refusal, problem_document, status_of
from functions.queries import PageQuery
from functions.reading import faults_of
from functions.views import activity_view
from shared.bootstrap import application
from shared.domain.errors import InvalidRequest, KeeperError
from shared.domain.operators import Role

CODES_OF_THE_FRAMEWORK: Mapping[int, str] = {404: "no_such_route", 405: "no_such_method"}

api = FastAPI(
    title="Mailflow Keeper",
    version="1",
    description="Puts MailMarshal Cloud's configuration into Microsoft 365 tenants, proves it is there, and heals it.",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    redirect_slashes=False,
)
for _routes in (routes_tenants, routes_commands, routes_fleet, routes_poison):
    api.include_router(_routes.router)


@api.get("/api/whoami", responses=refusals(), tags=["api"])
def get_caller(caller: Reader) -> Caller:
    """Read who you are to the API, and what you may do."""
    return Caller(name=caller.name, roles=tuple(role for role in Role if caller.may(role)))


@api.get("/api/activity", responses=refusals(), tags=["fleet"])
def get_activity(_: Reader, query: Annotated[PageQuery, Query()]) -> Activity:
    """Read a page of what happened in the whole fleet, newest first."""
    return activity_view(*application().world.history.activity(query.cursor, query.limit))


@api.get("/api/openapi.json", responses=refusals(), tags=["api"])
def get_openapi(_: Reader) -> dict[str, Any]:
    """Read this description of the API."""
    return description()


@functools.cache
def description() -> dict[str, Any]:
    """The API's description, made when it is first asked for."""
    return describe(api)


@api.exception_handler(KeeperError)
def _declared(_: Request, error: KeeperError) -> JSONResponse:
    note_refusal(error)
    status = status_of(error)
    challenge = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return _problem(status, error.code, str(error), {**headers_of(error), **challenge})


@api.exception_handler(RequestValidationError)
def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    return _problem(400, InvalidRequest.code, faults_of(list(error.errors())))


@api.exception_handler(HTTPException)
def _no_route(_: Request, error: HTTPException) -> JSONResponse:
    code = CODES_OF_THE_FRAMEWORK.get(error.status_code, "refused")
    return _problem(error.status_code, code, str(error.detail), error.headers)


def _problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    document = problem_document(status, code, detail)
    return JSONResponse(document, status, headers=dict(headers or {}), media_type=PROBLEM_JSON)
