"""What a browser is answered: a page with a strict policy, the same as JSON, or the way to another page.

Source of the heads: https://www.w3.org/TR/CSP3/, https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from functions.console.rendering import rendered
from functions.console.visitors import Visitor

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Of another site's pages nobody needs to learn an address; a form of ours must say where it comes from.
    "Referrer-Policy": "same-origin",
    "Vary": "Accept, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What stands in the head of whatever the console answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows.

    Attributes:
        template: The file that it is made of.
        title: What it is about.
        keeper: The command that shows or does the same.
        api: The API's route that answers the same; empty where there is none.
        answer: What that route answers; ``None`` where a page only asks.
        more: What the template needs beside it.
    """

    template: str
    title: str
    keeper: str
    api: str = ""
    answer: BaseModel | None = None
    more: Mapping[str, object] = field(default_factory=dict)


def wants_json(request: Request) -> bool:
    """Whether the caller would rather read JSON: it says so in the address or in its head."""
    accepted = request.headers.get("accept", "")
    return request.query_params.get("as") == "json" or ("application/json" in accepted and "text/html" not in accepted)


def shown(request: Request, page: Page, visitor: Visitor, now: datetime) -> Response:
    """Answer with a page, or with what it shows as JSON."""
    if page.answer is not None and wants_json(request):
        return JSONResponse(page.answer.model_dump(mode="json", by_alias=True), headers=dict(HEADERS))
    context = {"page": page, "answer": page.answer, "visitor": visitor, "now": now, **page.more}
    cursor = getattr(page.answer, "cursor", None)
    addresses = {
        "json_address": _with(request, {"as": "json"}),
        "next_address": _with(request, {"cursor": cursor}) if cursor else "",
    }
    return html(page.template, {**context, **addresses})


def html(template: str, context: Mapping[str, object], status: int = 200) -> Response:
    """Answer with a template's page."""
    return Response(rendered(template, context), status, dict(HEADERS), media_type="text/html")


def moved(address: str) -> Response:
    """Send the browser on by a GET; the address is one of ours or of Entra's."""
    return Response(status_code=303, headers={**HEADERS, "Location": address})


def _with(request: Request, more: Mapping[str, str]) -> str:
    """The address that was asked for, with something more in its query."""
    return f"{request.url.path}?{urlencode({**dict(request.query_params), **more})}"
