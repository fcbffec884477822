import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest

from local.host.execution import Call, Execution
from local.host.functions import Function, TimerBinding
from local.host.invocation import Outcome, RetryPolicy
from local.host.ncrontab import Schedule, parse_schedule
from local.host.stopping import Stopping
from local.host.timer_status import NEVER, Status, StatusStore
from local.host.timers import TimerListener, is_monitored
from tests.host.running import RunningHost, until

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Often:
    """A schedule that fires every few milliseconds."""

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(milliseconds=5)


class Recorder:
    """In the place of the execution: notes each call, takes its time, fails if told to."""

    def __init__(self, stopping: Stopping, stop_after: int, *, seconds: float = 0, error: str = "") -> None:
        self.stopping, self.stop_after, self.seconds, self.error = stopping, stop_after, seconds, error
        self.calls: list[Call] = []
        self.running = self.most = 0

    async def run(self, _function: Function, call: Call) -> Outcome:
        self.calls.append(call)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(self.seconds)
        self.running -= 1
        if len(self.calls) >= self.stop_after:
            self.stopping.set()
        return Outcome(error=self.error)


class Statuses:
    """In the place of the stored statuses."""

    def __init__(self, status: Status | None) -> None:
        self.status = status

    def read(self, _function: str) -> Status | None:
        return self.status

    def write(self, _function: str, status: Status) -> None:
        self.status = status


def listened(
    stop_after: int,
    schedule: object,
    *,
    retry: RetryPolicy | None = None,
    store: Statuses | None = None,
    on_startup: bool = False,
    **more: Any,  # noqa: ANN401 - what the recorder takes
) -> Recorder:
    """A timer that listened until so many calls, or 5 seconds."""

    async def main() -> Recorder:
        stopping = Stopping()
        recorder = Recorder(stopping, stop_after, **more)
        binding = TimerBinding("t", cast("Schedule", schedule), monitored=True, on_startup=on_startup)
        function = Function("f", binding, {}, retry)
        listener = TimerListener(function, cast("Execution", recorder), cast("StatusStore", store))
        if not stop_after:
            stopping.set()
        await asyncio.wait_for(listener.listen(stopping), 5)
        return recorder

    return asyncio.run(main())


def past_due(call: Call) -> bool:
    assert isinstance(call.value.value, str)
    return bool(json.loads(call.value.value)["IsPastDue"])


def test_a_timer_never_runs_twice_at_a_time() -> None:
    recorder = listened(4, Often(), seconds=0.03)
    assert (len(recorder.calls), recorder.most) == (4, 1)


def test_a_failed_timer_is_tried_again_as_its_policy_says_and_then_waits_for_its_schedule() -> None:
    recorder = listened(4, Often(), retry=RetryPolicy(2, 0.01, 0.01), error="no")
    assert [(call.attempt.number, call.attempt.limit) for call in recorder.calls] == [(0, 2), (1, 2), (2, 2), (0, 2)]
    assert len({call.reason for call in recorder.calls[:3]}) == 1


def test_a_timer_without_a_policy_is_not_tried_again() -> None:
    recorder = listened(2, Often(), error="no")
    assert [call.attempt.number for call in recorder.calls] == [0, 0]


@pytest.mark.parametrize("delay", [0.0, 60.0])
def test_a_stop_ends_the_wait_for_the_next_try_and_there_is_none(delay: float) -> None:
    assert len(listened(1, Often(), retry=RetryPolicy(-1, delay, delay), error="no").calls) == 1


def test_a_stop_while_a_retry_waits_starts_no_further_try() -> None:
    async def main() -> int:
        stopping = Stopping()
        recorder = Recorder(stopping, 99, error="no")
        binding = TimerBinding("t", cast("Schedule", Often()), monitored=False, on_startup=True)
        function = Function("f", binding, {}, RetryPolicy(-1, 60, 60))
        task = asyncio.create_task(TimerListener(function, cast("Execution", recorder), None).listen(stopping))
        asyncio.get_running_loop().call_later(0.1, stopping.set)
        await asyncio.wait_for(task, 5)
        return len(recorder.calls)

    assert asyncio.run(main()) == 1


def test_a_schedule_without_times_ends_quietly() -> None:
    assert listened(1, parse_schedule("0 0 0 31 2 *")).calls == []


HOURLY = parse_schedule("0 0 * * * *")


def test_a_missed_time_is_made_up_for_once() -> None:
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    store = Statuses(Status(last, last + timedelta(hours=1), last))
    recorder = listened(1, HOURLY, store=store)
    assert [past_due(call) for call in recorder.calls] == [True]
    assert store.status is not None
    assert store.status.last > last
    assert listened(0, HOURLY, store=store).calls == []


@pytest.mark.parametrize("status", [None, Status(NOW, NOW + timedelta(minutes=7), NOW)], ids=["new", "other schedule"])
def test_nothing_is_owed_under_a_new_schedule(status: Status | None) -> None:
    store = Statuses(status)
    assert listened(0, HOURLY, store=store).calls == []
    assert store.status is not None
    assert (store.status.last, store.status.next) == (NEVER, HOURLY.after(datetime.now(UTC)))


def test_a_timer_that_runs_at_the_start_does_so_once_even_if_it_is_past_due() -> None:
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    recorder = listened(1, HOURLY, store=Statuses(Status(last, last + timedelta(hours=1), last)), on_startup=True)
    assert [past_due(call) for call in recorder.calls] == [True]


@pytest.mark.parametrize(
    ("schedule", "use_monitor", "kept"),
    [("0 * * * * *", True, True), ("*/30 * * * * *", True, False), ("0 * * * * *", False, False)],
)
def test_a_status_is_kept_from_one_minute_on(schedule: str, *, use_monitor: bool, kept: bool) -> None:
    binding = TimerBinding("t", parse_schedule(schedule), monitored=use_monitor, on_startup=False)
    assert is_monitored(binding, NOW) is kept


def test_a_new_timer_owes_nothing_and_its_status_is_kept(host: RunningHost) -> None:
    store = StatusStore(host.place.account, "probe")
    status = until(lambda: store.read("hourly"), host.place.log_text)
    assert status.next > datetime.now(UTC) - timedelta(minutes=2)
    assert status.next.minute == 0


def test_a_timer_more_frequent_than_a_minute_fires_by_its_schedule_and_keeps_no_status(host: RunningHost) -> None:
    lines = [json.loads(line) for line in host.place.until_lines("every_second", 3)]
    gaps = [later["at"] - earlier["at"] for earlier, later in pairwise(lines)]
    assert all(round(gap) >= 1 for gap in gaps)
    assert not any(line["status"] for line in lines)
    assert StatusStore(host.place.account, "probe").read("every_second") is None


def test_a_retry_policy_gives_the_attempts_their_numbers(host: RunningHost) -> None:
    lines = [json.loads(line) for line in host.place.until_lines("retried", 3)]
    assert [line[:2] for line in lines] == [[0, 2], [1, 2], [2, 2]]
    assert all(later[2] - earlier[2] >= 1 for earlier, later in pairwise(lines))
