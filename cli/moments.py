"""Times that people type: how long, until when; and how instants are shown."""

import re
from datetime import UTC, datetime, timedelta

from cli.errors import Usage

_DURATION = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """Read a duration: a whole number of seconds, minutes, hours or days.

    Raises:
        Usage: It is none.
    """
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise Usage("a duration such as 30s, 15m, 4h or 7d is expected")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def until(text: str, now: datetime) -> datetime:
    """Read an end: a duration from now, or an instant with its zone.

    Raises:
        Usage: It is neither.
    """
    if _DURATION.fullmatch(text):
        return now + duration(text)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Usage("--until: a duration such as 4h, or an instant with its zone such as 2030-01-31T18:00Z, is expected")


def shown(moment: datetime | None) -> str:
    """An instant for people: UTC, to the minute."""
    return "never" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
