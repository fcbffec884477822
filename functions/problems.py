"""Answers over HTTP: JSON, and problems by RFC 9457 with the stable code of the error that they stand for."""

import functools
import json
import logging
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus

import azure.functions as func

from shared.domain.errors import (
    Blocked,
    Forbidden,
    InvalidMessage,
    InvalidRequest,
    InvalidSettings,
    InvalidSignup,
    KeeperError,
    NeedsConsent,
    NeedsHuman,
    NeedsPermission,
    NeedsRole,
    NotAllowed,
    PlanMoved,
    RecordChanged,
    Rejected,
    SinkGone,
    TenantGone,
    TooLarge,
    TransientError,
    Unauthentic,
    UnknownParked,
    UnknownProof,
    UnknownTenant,
    UnsupportedMedia,
    VendorCredential,
)

_LOG = logging.getLogger("keeper.http")

PROBLEM_JSON = "application/problem+json"
_PATIENCE = 60
"""Seconds after which a caller may come again where nobody named a time."""

STATUS: Mapping[type[KeeperError], int] = {
    InvalidSignup: 400,
    InvalidRequest: 400,
    Unauthentic: 401,
    Forbidden: 403,
    UnknownTenant: 404,
    UnknownParked: 404,
    UnknownProof: 404,
    PlanMoved: 409,
    NotAllowed: 409,
    RecordChanged: 409,
    InvalidMessage: 409,
    # The tenant cannot be looked at as it is now.
    NeedsConsent: 409,
    NeedsPermission: 409,
    NeedsRole: 409,
    TenantGone: 409,
    Blocked: 409,
    NeedsHuman: 409,
    Rejected: 502,
    SinkGone: 502,
    TooLarge: 413,
    UnsupportedMedia: 415,
    TransientError: 503,
    VendorCredential: 503,
    InvalidSettings: 503,
}
"""What each error is over HTTP; the first class among an error's own that stands here decides."""


def status_of(error: KeeperError) -> int:
    """The HTTP status that an error is answered with."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def headers_of(error: KeeperError) -> dict[str, str]:
    """What stands in the head of a problem: after 503 when to come again (RFC 9110 §15.6.4)."""
    if status_of(error) != HTTPStatus.SERVICE_UNAVAILABLE:
        return {}
    asked = error.retry_after if isinstance(error, TransientError) else None
    wait = _PATIENCE if asked is None else max(1, math.ceil(asked.total_seconds()))
    return {"Retry-After": str(wait)}


def problem_document(status: int, code: str, detail: str) -> dict[str, object]:
    """A problem as RFC 9457 has it, with our stable code beside it."""
    return {"type": "about:blank", "title": code.replace("_", " "), "status": status, "detail": detail, "code": code}


def note_refusal(error: KeeperError) -> None:
    """Write into the log why a request is refused."""
    _LOG.warning("request refused", extra={"code": error.code, "reason": str(error)})


def answer(status: int, document: Mapping[str, object]) -> func.HttpResponse:
    """Answer with JSON."""
    return func.HttpResponse(json.dumps(document), status_code=status, mimetype="application/json")


def problem(error: KeeperError) -> func.HttpResponse:
    """Answer with the problem that an error is."""
    status = status_of(error)
    body = json.dumps(problem_document(status, error.code, str(error)))
    return func.HttpResponse(body, status_code=status, headers=headers_of(error), mimetype=PROBLEM_JSON)


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
            return problem(error)

    return answering
