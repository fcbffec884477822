from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.incidents import Severity
from shared.domain.quiet_hours import QuietHours

NIGHT = QuietHours(time(22), time(6), ZoneInfo("Europe/Berlin"))
NOON = QuietHours(time(12), time(13), UTC)


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        # In summer Berlin is two hours ahead of UTC, in winter one.
        ("2026-07-01T19:59:59Z", False),
        ("2026-07-01T20:00:00Z", True),
        ("2026-07-02T03:59:59Z", True),
        ("2026-07-02T04:00:00Z", False),
        ("2026-12-01T21:00:00Z", True),
        ("2026-12-02T04:59:59Z", True),
        ("2026-12-02T05:00:00Z", False),
        # The night in which clocks go back has one hour more of rest.
        ("2026-10-25T04:59:59Z", True),
        ("2026-10-25T05:00:00Z", False),
    ],
)
def test_the_night_is_by_the_clock_on_the_wall(moment: str, is_quiet: bool) -> None:  # noqa: FBT001 - a table
    assert NIGHT.covers(datetime.fromisoformat(moment)) is is_quiet


@given(st.datetimes(timezones=st.just(UTC)))
def test_hours_within_a_day_are_an_hour_a_day(moment: datetime) -> None:
    assert NOON.covers(moment) is (moment.hour == 12)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants them so
def test_no_night_lasts_longer_than_its_hours_and_the_change_of_clocks(moment: datetime) -> None:
    assert any(not NIGHT.covers(moment + timedelta(hours=hours)) for hours in range(11))


@pytest.mark.parametrize("severity", Severity)
def test_only_what_is_critical_does_not_wait(severity: Severity) -> None:
    assert NOON.hold(severity, datetime(2026, 1, 1, 12, tzinfo=UTC)) is (severity is not Severity.CRITICAL)
    assert not NOON.hold(severity, datetime(2026, 1, 1, 13, tzinfo=UTC))
