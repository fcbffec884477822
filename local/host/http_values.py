"""An HTTP request as a function's value, and a function's value as an HTTP answer."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from local.host.invocation import HttpCall, HttpReply, Outcome, Typed

# The server computes these for the body that it sends.
COMPUTED = ("content-length", "transfer-encoding")


async def call_of(request: Request, route: dict[str, str]) -> HttpCall:
    """The request as the worker gets it: repeated query keys joined, empty ones dropped, as the real host does."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1")):
        query[name] = f"{query[name]},{value}" if name in query else value
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return HttpCall(request.method, str(request.url), headers, query, route, await request.body())


def metadata_of(call: HttpCall) -> dict[str, Typed]:
    """What the worker is told beside the request."""
    parts = {"Query": call.query, "Headers": call.headers}
    return {name: Typed("json", json.dumps(dict(part))) for name, part in parts.items()}


def answer_of(outcome: Outcome) -> Response:
    """The answer: 500 without a body where the function failed or gave nothing."""
    if outcome.error or outcome.returned is None:
        return Response(status_code=500)
    content = outcome.returned.value
    if isinstance(content, HttpReply):
        return _reply(content)
    media_type = "application/json" if outcome.returned.kind == "json" else "text/plain"
    return Response(content if isinstance(content, bytes) else str(content), media_type=media_type)


def _reply(reply: HttpReply) -> Response:
    headers = {name: value for name, value in reply.headers.items() if name.lower() not in COMPUTED}
    response = Response(reply.body, reply.status, headers)
    for cookie in reply.cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
    return response
