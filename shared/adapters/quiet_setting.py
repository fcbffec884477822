"""The quiet hours, as the operator gives them. No I/O but for the names of time zones."""

import re
from datetime import UTC, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.domain.errors import InvalidSettings
from shared.domain.quiet_hours import QuietHours

_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2}) ([A-Za-z0-9_+/-]{1,64})", re.ASCII)


def parse_quiet_hours(text: str) -> QuietHours:
    """Read the quiet hours, such as ``22:00-06:00 Europe/Berlin``.

    Raises:
        InvalidSettings: They are of another form, or there is no such time zone.
    """
    found = _HOURS.fullmatch(text)
    if found is None:
        raise InvalidSettings("two times and a time zone are expected, such as 22:00-06:00 Europe/Berlin")
    *digits, name = found.groups()
    try:
        begin, end = (time(int(hour), int(minute)) for hour, minute in (digits[:2], digits[2:]))
    except ValueError:
        raise InvalidSettings("a time is from 00:00 to 23:59") from None
    if begin == end:
        raise InvalidSettings("the two times are the same; leave the setting out for no quiet hours")
    return QuietHours(begin, end, _zone(name))


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSettings("there is no such time zone here; UTC is always known") from None
