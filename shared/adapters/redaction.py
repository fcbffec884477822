"""Quote another system's words so that they are safe in a log, an alert or a report. No I/O.

The words may repeat what was sent, so everything that looks like an id or a key is struck out, and what is known to be
secret is struck out by value.
"""

import re
from collections.abc import Sequence

from shared.domain.desired import LOOP_HEADER

_LONGEST = 200
_LONGEST_READ = 4_000
"""Longer words are cut before they are searched: nobody reads them, and searching costs time."""

_STRUCK = "…"
_IDS = re.compile(r"[0-9A-Fa-f{}-]{8,}")
"""GUIDs, with and without hyphens, whole and in part; a word of eight letters from a to f is no loss."""
_PLACES = re.compile(r"\S*@\S*|\S*\.(?:outlook|onmicrosoft)\.com\S*|\b(?:CN|DC|OU)=[^,'\"]*", re.IGNORECASE)
"""Addresses of people, servers and directory entries: names of a tenant or of Microsoft's data centres."""
_LONG_RUNS = re.compile(r"\S{64,}")
"""Tokens, keys and other lengths of text that no person wrote."""
KEYS = re.compile(
    r"\bBearer\s+\S+"
    r"|\bSharedKey(?:Lite)?\s+\S+"
    r"|\beyJ[\w-]{4,}(?:\.[\w-]*)*"  # a JSON web token: base64 of {" …
    r"|\bwhsec_[^\s\"',;]*"
    r"|\b(?:AccountKey|SharedAccessKey)=[^;\s\"']*"
    r"|\bsig=[^&;\s\"']*" + rf"|\b{re.escape(LOOP_HEADER)}\b\W*[\w-]*",
    re.IGNORECASE,
)
"""What is secret by its form."""


def without_keys(text: str) -> str:
    """Return somebody's text whole, but for what is secret by its form."""
    return KEYS.sub(_STRUCK, text)


def excerpt(text: str, secrets: Sequence[str] = ()) -> str:
    """Quote at most 200 printable characters of somebody else's text, ids and secrets struck out.

    Args:
        text: Their words, of any length and content.
        secrets: Values to strike out wherever they stand, in any case.
    """
    text = text[:_LONGEST_READ]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    for secret in secrets:
        text = re.sub(re.escape(secret), _STRUCK, text, flags=re.IGNORECASE)
    for pattern in (_LONG_RUNS, _IDS, _PLACES):
        text = pattern.sub(_STRUCK, text)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
