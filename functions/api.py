"""The operators' HTTP API: reads the records, and turns commands into messages. No function imports it eagerly."""

import functools
import hmac
from typing import Annotated
from uuid import UUID

import azure.functions as func
from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from functions.problems import note_refusal, problem_document, status_of
from functions.shell import deliver
from functions.views import parked_view, tenant_view
from shared.application.commands import command
from shared.bootstrap import application
from shared.domain.errors import KeeperError, Unauthentic
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict


def operator(x_functions_key: Annotated[str, Header()] = "") -> None:
    """Let operators in.

    Raises:
        Unauthentic: The caller did not prove to be one.
    """
    key = application().settings.operator_key
    if key is None or not hmac.compare_digest(key.reveal.encode(), x_functions_key.encode()):
        raise Unauthentic("the caller did not prove to be an operator")


api = FastAPI(title="Mailflow Keeper", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")


@api.get("/api/tenants", dependencies=[Depends(operator)])
def list_tenants(
    region: Region | None = None,
    stage: Stage | None = None,
    verdict: Verdict | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, object]:
    """Read a page of tenants in the order of their ids."""
    wanted = {"region": region, "stage": stage, "verdict": verdict}
    filters = {name: value.value for name, value in wanted.items() if value is not None}
    tenants, following = application().world.tenants.page(filters, cursor, limit)
    return {"tenants": [tenant_view(tenant) for tenant in tenants], "cursor": following}


@api.get("/api/tenants/{tenant_id}", dependencies=[Depends(operator)])
def get_tenant(tenant_id: UUID) -> dict[str, object]:
    """Read one tenant: what is wanted, what was seen, item by item."""
    return tenant_view(application().world.tenants.get(tenant_id).tenant)


@api.post("/api/tenants/{tenant_id}/{name}", status_code=202, dependencies=[Depends(operator)])
def post_command(tenant_id: UUID, name: str) -> dict[str, object]:
    """Ask for work on a tenant; the answer's id leads through everything that follows."""
    outcome = command(name, tenant_id, application().world)
    deliver(outcome.deliveries)
    return {"operation_id": str(outcome.deliveries[0].message.correlation_id), "status": outcome.note}


@api.get("/api/poison", dependencies=[Depends(operator)])
def list_parked() -> dict[str, object]:
    """Read the messages that nobody could work on, newest first."""
    return {"parked": [parked_view(parked) for parked in application().world.journal.parked()]}


@api.exception_handler(KeeperError)
def _declared(_: Request, error: KeeperError) -> JSONResponse:
    note_refusal(error)
    return _problem(status_of(error), error.code, str(error))


@api.exception_handler(RequestValidationError)
def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    wrong = sorted({".".join(map(str, fault["loc"]))[:64] for fault in error.errors()})
    return _problem(400, "invalid_request", "not of its form: " + ", ".join(wrong))


@api.exception_handler(HTTPException)
def _no_route(_: Request, error: HTTPException) -> JSONResponse:
    return _problem(error.status_code, "no_such_route", str(error.detail))


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    return JSONResponse(problem_document(status, code, detail), status, media_type="application/problem+json")


@functools.cache
def asgi() -> func.AsgiMiddleware:
    """The API as the functions host calls it."""
    return func.AsgiMiddleware(api)
