"""What a column of a table may hold: written so that the service takes it, read strictly."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

NEVER = ""
"""A moment, or a thing that ends, that is not there. No column is ever left out: a merge would keep the old value."""


def writable(text: str) -> str:
    """Half a surrogate pair, which JSON admits and UTF-8 does not, is spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


def cut(text: str, most: int) -> str:
    """The beginning of a text, writable."""
    return writable(text[:most])[:most]


def write_json(document: object) -> str:
    """Write a document as one text; what ``writable`` spells out is read back as it was."""
    return writable(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def stamp(when: datetime | None) -> str:
    """Write a moment as text, or that there is none."""
    return when.astimezone(UTC).isoformat() if when else NEVER


def text_in(row: Mapping[str, object], column: str) -> str:
    """Read a text.

    Raises:
        KeyError: There is no such column.
        TypeError: It holds something else.
    """
    value = row[column]
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def count_in(row: Mapping[str, object], column: str, *, least: int = 1) -> int:
    """Read a whole number.

    Raises:
        KeyError: There is no such column.
        TypeError: It holds something else.
    """
    value = row[column]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TypeError("a count expected")
    return value


def check_schema(row: Mapping[str, object], schema: int) -> None:
    """Refuse a row that another edition wrote in a way that this one does not know.

    Raises:
        KeyError: There is no such column.
        TypeError: It holds no number.
        ValueError: It is another one.
    """
    if count_in(row, "schema") != schema:
        raise ValueError("another schema")


def flag_in(row: Mapping[str, object], column: str) -> bool:
    """Read yes or no.

    Raises:
        KeyError: There is no such column.
        TypeError: It holds something else.
    """
    value = row[column]
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return value


def instant(value: object) -> datetime:
    """Read an instant as a plain datetime: the SDK's own kind would write its old text back.

    Raises:
        TypeError: It is something else, or has no zone.
    """
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("an instant expected")
    return datetime.fromisoformat(stamp(value))


def instant_from(text: str) -> datetime:
    """Read what ``stamp`` wrote.

    Raises:
        ValueError: It is no moment.
        TypeError: It has no zone.
    """
    return instant(datetime.fromisoformat(text))


def maybe_instant(text: str) -> datetime | None:
    """Read what ``stamp`` wrote where there may be none.

    Raises:
        ValueError: It is no moment.
        TypeError: It has no zone.
    """
    return None if text == NEVER else instant_from(text)


def mapping(value: object) -> Mapping[str, object]:
    """Read a JSON object.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, dict):
        raise TypeError("values by name expected")
    return value


def texts(value: object) -> dict[str, str]:
    """Read a JSON object of texts.

    Raises:
        TypeError: It is something else.
    """
    found = mapping(value)
    return {name: text_in(found, name) for name in found}
