"""A page for a customer's administrator: text and commands, no script, nothing from elsewhere, everything escaped."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

import azure.functions as func

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:3em auto;padding:0 1em;color:#1b1b1b}"
    "h1{font-size:1.5em}"
    "pre{background:#f3f3f3;border:1px solid #d0d0d0;padding:1em;overflow-x:auto}"
)
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Cache-Control": "no-store",
    # The address holds a state: it is used up by then, and nobody else's business all the same.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What stands in the head of whatever an administrator's browser is answered."""
_PAGE_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says.

    Attributes:
        title: What came of it, in a few words.
        sentences: What it means and what to do next, a paragraph each.
        commands: What may be run instead of clicking, line by line.
    """

    title: str
    sentences: Sequence[str]
    commands: Sequence[str] = ()


def shown(page: Page, status: int = 200) -> func.HttpResponse:
    """Answer with a page."""
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in page.sentences)
    lines = "\n".join(map(escape, page.commands))
    commands = f"<pre>{lines}</pre>" if lines else ""
    title = escape(page.title)
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{said}{commands}</body></html>"
    )
    return func.HttpResponse(body, status_code=status, headers=_PAGE_HEADERS, mimetype="text/html", charset="utf-8")


def moved(address: str) -> func.HttpResponse:
    """Send a browser on."""
    return func.HttpResponse(status_code=302, headers={**HEADERS, "Location": address})
