"""Whether the fleet is being watched."""

from datetime import timedelta

import pytest

from shared.application.health import health_problem
from tests.fakes import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("age", [timedelta(0), HOUR, 2 * HOUR])
def test_a_sweep_within_two_periods_is_healthy(age: timedelta) -> None:
    assert health_problem(NOW - age, NOW, HOUR) == ""


def test_an_older_sweep_is_a_problem_that_says_when_it_was() -> None:
    assert "2026-11-23T09:59:59" in health_problem(NOW - 2 * HOUR - timedelta(seconds=1), NOW, HOUR)


def test_a_timer_that_never_ran_is_a_problem() -> None:
    assert health_problem(None, NOW, HOUR)
