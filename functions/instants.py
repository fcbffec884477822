"""A moment as callers write it: a date and a time with its zone, and nothing that only looks like one."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _written(value: object) -> object:
    """Refuse a number of seconds that is written as text."""
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise ValueError("a date and a time with its zone is expected, such as 2030-01-31T18:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment that has a date everywhere is expected") from None


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_in_utc)]
