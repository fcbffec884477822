"""NCRONTAB schedules: five or six fields, days of month AND days of week, in UTC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from local.host.failures import BadSchedule

MONTHS: tuple[str, ...] = ("january", "february", "march", "april", "may", "june")
MONTHS += ("july", "august", "september", "october", "november", "december")
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 6, WEEKDAYS),
)
PART = re.compile(r"(?:\*|(?P<first>[0-9]{1,2}|[a-z]+)(?:-(?P<last>[0-9]{1,2}|[a-z]+))?)(?:/(?P<step>[0-9]{1,2}))?")
# The longest wait there is: 29 February on a given weekday, across a century without a leap year.
HORIZON_DAYS = 366 * 41


@dataclass(frozen=True)
class Schedule:
    """The times at which a timer fires."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def after(self, moment: datetime) -> datetime | None:
        """The first time later than a moment; None when there is none (31 February)."""
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        midnight = start.replace(hour=0, minute=0, second=0)
        for number in range(HORIZON_DAYS):
            day = midnight + timedelta(days=number)
            if self._has_day(day):
                time = self._time_of_day(start if number == 0 else day)
                if time is not None:
                    return time
        return None

    def shortest_gap(self, moment: datetime, looks: int = 10) -> timedelta | None:
        """The shortest time between two of the next firings; None where there are no two."""
        times = list(self._following(moment, looks + 1))
        return min((later - earlier for earlier, later in pairwise(times)), default=None)

    def _following(self, moment: datetime, count: int) -> Iterator[datetime]:
        for _ in range(count):
            following = self.after(moment)
            if following is None:
                return
            yield following
            moment = following

    def _has_day(self, day: datetime) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def _time_of_day(self, start: datetime) -> datetime | None:
        for hour in self.hours:
            for minute in self.minutes:
                if (hour, minute, self.seconds[-1]) < (start.hour, start.minute, start.second):
                    continue
                for second in self.seconds:
                    if (hour, minute, second) >= (start.hour, start.minute, start.second):
                        return start.replace(hour=hour, minute=minute, second=second)
        return None


def parse_schedule(expression: str) -> Schedule:
    """Read an NCRONTAB expression.

    Args:
        expression: Six fields, seconds first; five fields fire at second 0.

    Returns:
        The schedule.

    Raises:
        BadSchedule: The text is no such expression; the message names the field.
    """
    texts = expression.lower().split()
    if len(texts) == len(FIELDS) - 1:
        texts = ["0", *texts]
    if len(texts) != len(FIELDS):
        raise BadSchedule(f"schedule {expression!r}: {len(texts)} fields, where NCRONTAB has six")
    try:
        return Schedule(*(_field(text, *field) for text, field in zip(texts, FIELDS, strict=True)))
    except ValueError as error:
        raise BadSchedule(f"schedule {expression!r}: {error}") from None


def _field(text: str, name: str, low: int, high: int, words: tuple[str, ...]) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        found = PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r} is no {name}")
        first, last = _bounds(found, low, high, words)
        step = int(found["step"] or 1)
        if not low <= first <= last <= high or step == 0:
            raise ValueError(f"{part!r} is no {name} from {low} to {high}")
        values.update(range(first, last + 1, step))
    return tuple(sorted(values))


def _bounds(found: re.Match[str], low: int, high: int, words: tuple[str, ...]) -> tuple[int, int]:
    if found["first"] is None:
        return low, high
    first = _number(found["first"], low, words)
    if found["last"] is not None:
        last = _number(found["last"], low, words)
        # NCrontab swaps bounds that are the wrong way round: FRI-MON is Monday to Friday.
        return min(first, last), max(first, last)
    # "5/10" goes on to the end, but for NCrontab "5/1" is "5".
    return first, high if int(found["step"] or 1) != 1 else first


def _number(text: str, low: int, words: tuple[str, ...]) -> int:
    if text.isdecimal():
        return int(text)
    for position, word in enumerate(words):
        if word.startswith(text):
            return position + low
    raise ValueError(f"{text!r} is no name")
