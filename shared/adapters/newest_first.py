"""Keys in which the newest comes first: a table is in the order of its keys, and is paged in no other."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from shared.adapters.table_rows import MOST_ROWS
from shared.domain.errors import InvalidRequest

Item = TypeVar("Item")

MOMENT = r"\d{18}"
"""The form of a moment's key."""
_LAST = datetime.max.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment_key(when: datetime) -> str:
    """Write a moment so that a later one sorts before it."""
    return f"{max(0, (_LAST - when) // _MICROSECOND):018d}"


def check_limit(limit: int) -> None:
    """Refuse what is no length of a page.

    Raises:
        InvalidRequest: It is not from 1 to 1000.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise InvalidRequest(f"limit: a number from 1 to {MOST_ROWS} is expected")


def page_of(found: Iterator[tuple[str, Item]], limit: int) -> tuple[list[Item], str | None]:
    """Take one page, and the cursor of the next one where there is more.

    Args:
        found: What there is from here on, each with its key.
        limit: The length of a page.
    """
    some = list(islice(found, limit + 1))
    cursor = write_cursor(some[limit - 1][0]) if len(some) > limit else None
    return [item for _, item in some[:limit]], cursor


def write_cursor(key: str) -> str:
    """Name the place behind a row; opaque to whoever carries it."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str, form: re.Pattern[str]) -> str:
    """Read what ``write_cursor`` made of a key of a form, and nothing else.

    Raises:
        InvalidRequest: It is something else.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        key = ""
    if not form.fullmatch(key) or write_cursor(key) != cursor:
        raise InvalidRequest("cursor: what the page before gave is expected")
    return key
