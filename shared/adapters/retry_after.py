"""Read the wait that a service asks for. No I/O, and total.

Source: RFC 9110 §10.2.3; exchange contract §1.10.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(hours=1)


def wait_of(value: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds or a date, held between one second and one hour; ``None`` for nonsense."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        # Nine digits are thirty years; more would be no number that Python cares to read.
        return min(max(timedelta(seconds=int(value[:9])), _SHORTEST), _LONGEST)
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return min(max(moment - now, _SHORTEST), _LONGEST)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
