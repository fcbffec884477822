"""A second copy of the directory that lags behind the first."""

from datetime import timedelta

import pytest

from local.twin.replicas import LAG
from tests.twin.desk import Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def names(desk: Desk) -> list[list[str]]:
    """What two reads in a row show, whichever copy is first."""
    return sorted([row["Name"] for row in desk.run("Get-TransportRule")] for _ in range(2))


def test_with_one_copy_a_write_is_read_back_at_once(desk: Desk) -> None:
    desk.run("New-TransportRule", Name="r", PrependSubject="[x]")
    assert names(desk) == [["r"], ["r"]]


def test_with_a_copy_that_lags_every_other_read_shows_what_was_there_before(desk: Desk) -> None:
    desk.tenant.switches.turn({"replicas": "lagging"})
    desk.run("New-TransportRule", Name="r", PrependSubject="[x]")
    assert names(desk) == [[], ["r"]]
    desk.clock.now += LAG / 2
    desk.run("New-TransportRule", Name="s", PrependSubject="[x]")
    assert names(desk) == [[], ["r", "s"]]
    desk.clock.now += LAG / 2
    assert names(desk) == [["r"], ["r", "s"]]
    desk.clock.now += LAG / 2 + timedelta(seconds=1)
    assert names(desk) == [["r", "s"], ["r", "s"]]


def test_a_refused_write_is_no_write_for_the_copy_that_lags(desk: Desk) -> None:
    desk.tenant.switches.turn({"replicas": "lagging"})
    desk.refusal("Remove-TransportRule", Identity="nobody")
    assert desk.tenant.past == []
