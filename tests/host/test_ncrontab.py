from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.failures import BadSchedule
from local.host.ncrontab import parse_schedule

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)  # a Tuesday


def next_time(expression: str, moment: datetime = NOON) -> str:
    following = parse_schedule(expression).after(moment)
    return "never" if following is None else following.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * * *", "2026-11-24 12:00:01"),
        ("*/10 * * * * *", "2026-11-24 12:00:10"),
        ("0 */5 * * * *", "2026-11-24 12:05:00"),
        ("0 0 * * * *", "2026-11-24 13:00:00"),
        ("0 30 9 * * *", "2026-11-25 09:30:00"),
        ("0 0 0 1 1 *", "2027-01-01 00:00:00"),
        ("30 5/10 * * * *", "2026-11-24 12:05:30"),
        ("0 10-20/5,50 12 * * *", "2026-11-24 12:10:00"),
        ("0 20-10 12 * * *", "2026-11-24 12:10:00"),
        ("0 0 12 * * fri-wed", "2026-11-25 12:00:00"),
        ("0 0 12 * * MON-FRI", "2026-11-25 12:00:00"),
        ("0 0 12 * * sunday", "2026-11-29 12:00:00"),
        ("0 0 12 * * Thurs", "2026-11-26 12:00:00"),
        ("0 0 12 1 JAN,jul *", "2027-01-01 12:00:00"),
        ("0 0 0 29 2 *", "2028-02-29 00:00:00"),
        ("0 0 0 29 2 1", "2044-02-29 00:00:00"),
        ("0 0 0 31 4,6,9,11 *", "never"),
        ("*/5 * * * *", "2026-11-24 12:05:00"),
        ("59 59 23 31 12 *", "2026-12-31 23:59:59"),
    ],
)
def test_the_next_time_of_a_schedule(expression: str, expected: str) -> None:
    assert next_time(expression) == expected


def test_days_of_the_month_and_of_the_week_must_both_fit() -> None:
    assert next_time("0 0 0 13 * FRI") == "2027-08-13 00:00:00"


def test_the_moment_itself_is_not_the_next_time_and_parts_of_a_second_do_not_count() -> None:
    assert next_time("0 0 12 * * *") == "2026-11-25 12:00:00"
    assert next_time("0 0 12 * * *", NOON - timedelta(microseconds=1)) == "2026-11-24 12:00:00"
    assert next_time("* * * * * *", NOON + timedelta(microseconds=1)) == "2026-11-24 12:00:01"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * * *",
        "* 60 * * * *",
        "* * 24 * * *",
        "* * * 0 * *",
        "* * * 32 * *",
        "* * * * 13 *",
        "* * * * 0 *",
        "* * * * * 7",
        "*/0 * * * * *",
        "a * * * * *",
        "1,,2 * * * * *",
        "-1 * * * * *",
        "* * * * FEBRUARIES *",
        "MON * * * * *",
        "00:00:30",
        "1-2-3 * * * * *",
        "5- * * * * *",
        "? * * * * *",
    ],
)
def test_what_is_no_schedule_is_refused_with_the_schedule_in_the_message(expression: str) -> None:
    with pytest.raises(BadSchedule, match="schedule") as refused:
        parse_schedule(expression)
    assert repr(expression) in str(refused.value)


def test_a_single_value_with_a_step_of_one_is_that_value() -> None:
    assert parse_schedule("0 7/1 * * * *").minutes == (7,)
    assert parse_schedule("0 50/5 * * * *").minutes == (50, 55)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("*/2 * * * * *", 2), ("0,5 * * * * *", 5), ("0 * * * * *", 60), ("0 0 0 * * *", 86400)],
)
def test_the_shortest_gap_between_times(expression: str, seconds: int) -> None:
    assert parse_schedule(expression).shortest_gap(NOON) == timedelta(seconds=seconds)


def test_a_schedule_that_never_fires_has_no_gap() -> None:
    assert parse_schedule("0 0 0 31 2 *").shortest_gap(NOON) is None


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.sets(st.integers(0, 59), min_size=1, max_size=4),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=4),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_the_next_time_is_the_first_of_the_day_that_fits(
    seconds: set[int], minutes: set[int], hours: set[int], moment: datetime
) -> None:
    moment = moment.replace(tzinfo=UTC)
    texts = [",".join(map(str, field)) for field in (seconds, minutes, hours)]
    following = parse_schedule(" ".join([*texts, "*", "*", "*"])).after(moment)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    of_a_day = sorted(
        timedelta(hours=hour, minutes=minute, seconds=second)
        for hour in hours
        for minute in minutes
        for second in seconds
    )
    candidates = [midnight + timedelta(days=day) + time for day in (0, 1) for time in of_a_day]
    assert following == min(time for time in candidates if time > moment)
