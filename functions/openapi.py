"""The API's own description (OpenAPI 3.1), with every refusal as it is answered."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from functions.answers import Problem
from functions.problems import PROBLEM_JSON

Refusals = dict[int | str, dict[str, Any]]

_UNUSED = ("HTTPValidationError", "ValidationError")
_TEXT = {"type": "string"}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": _TEXT}},
    503: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
}


def refusals(*statuses: int) -> Refusals:
    """Describe how a route refuses: by what is said here, and as every route does."""
    return {status: _refusal(status) for status in sorted({400, 401, 403, 503, *statuses})}


def _refusal(status: int) -> dict[str, Any]:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {"description": HTTPStatus(status).phrase, "content": content, **headers}


def describe(api: FastAPI) -> dict[str, Any]:
    """Describe the API; what is not of its form is answered with 400, and not as the framework would."""
    document = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    schemas = document["components"]["schemas"]
    for name in _UNUSED:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    return document
