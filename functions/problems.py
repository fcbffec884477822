"""Answers over HTTP: JSON, and problems by RFC 9457 with the stable code of the error that they stand for."""

import functools
import json
import logging
from collections.abc import Callable, Mapping

import azure.functions as func

from shared.domain.errors import (
    Forbidden,
    InvalidRequest,
    InvalidSettings,
    InvalidSignup,
    KeeperError,
    NotAllowed,
    PlanMoved,
    RecordChanged,
    TooLarge,
    TransientError,
    Unauthentic,
    UnknownParked,
    UnknownTenant,
    UnsupportedMedia,
)

_LOG = logging.getLogger("keeper.http")

STATUS: Mapping[type[KeeperError], int] = {
    InvalidSignup: 400,
    InvalidRequest: 400,
    Unauthentic: 401,
    Forbidden: 403,
    UnknownTenant: 404,
    UnknownParked: 404,
    PlanMoved: 409,
    NotAllowed: 409,
    RecordChanged: 409,
    TooLarge: 413,
    UnsupportedMedia: 415,
    TransientError: 503,
    InvalidSettings: 503,
}
"""What each error is over HTTP; the first class among an error's own that stands here decides."""


def status_of(error: KeeperError) -> int:
    """The HTTP status that an error is answered with."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem_document(status: int, code: str, detail: str) -> dict[str, object]:
    """A problem as RFC 9457 has it, with our stable code beside it."""
    return {"type": "about:blank", "title": code.replace("_", " "), "status": status, "detail": detail, "code": code}


def note_refusal(error: KeeperError) -> None:
    """Write into the log why a request is refused."""
    _LOG.warning("request refused", extra={"code": error.code, "reason": str(error)})


def answer(status: int, document: Mapping[str, object]) -> func.HttpResponse:
    """Answer with JSON."""
    return func.HttpResponse(json.dumps(document), status_code=status, mimetype="application/json")


def problem(status: int, code: str, detail: str) -> func.HttpResponse:
    """Answer with a problem."""
    headers = {"Retry-After": "60"} if status == 503 else {}  # noqa: PLR2004 - RFC 9110 §15.6.4
    body = json.dumps(problem_document(status, code, detail))
    return func.HttpResponse(body, status_code=status, headers=headers, mimetype="application/problem+json")


def guarded(
    function: Callable[[func.HttpRequest], func.HttpResponse],
) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """Turn every declared error of a function into its problem; a bug stays a bug and is the host's to report."""

    @functools.wraps(function)
    def answering(request: func.HttpRequest) -> func.HttpResponse:
        try:
            return function(request)
        except KeeperError as error:
            note_refusal(error)
            return problem(status_of(error), error.code, str(error))

    return answering
