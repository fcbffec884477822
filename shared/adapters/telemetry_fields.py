"""What a line of the log says beside its sentence: fields, each safe to keep. No I/O.

A GUID in free text may be a customer's loop-check GUID, and nothing tells the two apart; so ids are shown where they
are fields of their own, and struck out everywhere else.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.adapters.redaction import KEYS, excerpt
from shared.domain.values import Secret

_STRUCK = "…"
_MOST_LINES = 40
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)


def masked(text: str) -> str:
    """Return a text without what is, or may be, secret; each of its lines is cut to 200 characters."""
    lines = KEYS.sub(_STRUCK, text[: _MOST_LINES * 1_000]).splitlines()[:_MOST_LINES]
    return "; ".join(filter(None, map(excerpt, lines)))


def plain(name: str, value: object) -> str | int | float | bool | None:
    """Return a field's value as it may stand in a log.

    Args:
        name: The field's name; the text of a field that ends with ``_id`` is an id.
        value: What the program said.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Secret | bytes | bytearray):
        return _STRUCK
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    if name.endswith("_id") and _ID.fullmatch(text) and not KEYS.search(text):
        return text
    return masked(text)


def line(sentence: str, fields: Mapping[str, object]) -> str:
    """Write a line: the sentence, then its fields as one compact JSON object."""
    if not fields:
        return sentence
    return f"{sentence} {json.dumps(fields, ensure_ascii=False, separators=(',', ':'))}"
