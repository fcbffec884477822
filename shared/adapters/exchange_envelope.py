"""Open the envelope that Exchange puts around every result. No I/O, and total.

Source: exchange contract §1.5 (members), §1.7 (truncation), §1.9 (a body that says gzip and is none).
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.values import Row

LARGEST = 8 * 1024 * 1024
"""Bytes of a body, before and after decompression; 300 rules of 190 properties stay below 3 MiB."""

NONSENSE = object()
"""What bytes that are no JSON are parsed to."""

_GZIP = b"\x1f\x8b"
_FAILURES = ("error", "@odata.error", "@adminapi.errors", "@adminapi.confirmationmessage")
"""Members of a 200 that mean that nothing was done; the last asks whether to do it."""
_MORE = "there are more results available"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A body, opened.

    Attributes:
        error: The member that says that something went wrong; ``None`` where there is none.
        rows: The objects as they came; ``None`` where the body is no list of objects.
        remarks: Exchange's warnings in its own words.
        next_link: Where the rest of the list is; empty where this is all of it.
        is_short: There is more, and nobody says where.
    """

    error: object
    rows: tuple[Row, ...] | None
    remarks: tuple[str, ...]
    next_link: str
    is_short: bool


def parsed(body: bytes) -> object:
    """Read a body as JSON: ``None`` for an empty one, ``NONSENSE`` for one that cannot be read."""
    if body.startswith(_GZIP):
        body = _unzipped(body)
    elif not body.strip():
        return None
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return NONSENSE
    return document


def opened(document: object, headers: Mapping[str, str]) -> Envelope:
    """Open a parsed body; anything but a JSON object has no rows."""
    members = document if isinstance(document, Mapping) else {}
    error = next((members[name] for name in _FAILURES if members.get(name)), None)
    remarks = _texts(members.get("@adminapi.warnings")) + _texts(headers.get("x-warnings"))
    link = members.get("@odata.nextLink")
    next_link = link if isinstance(link, str) else ""
    is_short = (bool(link) and not next_link) or any(_MORE in remark.casefold() for remark in remarks)
    return Envelope(error, _rows(members.get("value")), remarks, next_link, is_short)


def _unzipped(body: bytes) -> bytes:
    """Decompress within the limit; what does not fit or does not end is no body."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = inflater.decompress(body, LARGEST)
    except zlib.error:
        return _GZIP
    return plain if inflater.eof else _GZIP


def _rows(value: object) -> tuple[Row, ...] | None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return None
    return tuple(value)


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str) and text)
