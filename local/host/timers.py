"""The timer trigger: fires one function by its schedule, never twice at a time."""

import asyncio
import itertools
import json
from datetime import UTC, datetime, timedelta

from local.host.execution import Call, Execution
from local.host.functions import Function, TimerBinding
from local.host.invocation import Attempt, Typed
from local.host.journal import LOG
from local.host.stopping import Stopping
from local.host.timer_status import NEVER, Status, StatusStore

# More frequent timers are not monitored, whatever use_monitor says.
SHORTEST_MONITORED = timedelta(minutes=1)
LONGEST_WAIT = 60.0


def is_monitored(timer: TimerBinding, moment: datetime) -> bool:
    """Whether a timer's status is kept across restarts."""
    gap = timer.schedule.shortest_gap(moment)
    return timer.monitored and (gap is None or gap >= SHORTEST_MONITORED)


class TimerListener:
    """Waits for the schedule; looks once, at its start, whether a time was missed."""

    def __init__(self, function: Function, execution: Execution, store: StatusStore | None) -> None:
        assert isinstance(function.trigger, TimerBinding)
        self._function, self._execution, self._store = function, execution, store
        self._timer = function.trigger
        self._status: Status | None = None

    async def listen(self, stopping: Stopping) -> None:
        """Fire until the host stops or the schedule has no more times."""
        past_due = await self._check_past_due()
        if past_due or self._timer.on_startup:
            await self._fire(stopping, past_due=past_due)
        while not stopping.wanted():
            following = self._timer.schedule.after(datetime.now(UTC))
            if following is None:
                LOG.warning("Timer '%s' has no next time; it will not fire", self._function.name)
                return
            while not stopping.wanted() and (left := (following - datetime.now(UTC)).total_seconds()) > 0:
                await stopping.wait(min(left, LONGEST_WAIT))
            if not stopping.wanted():
                await self._fire(stopping, past_due=False)

    def value(self, *, past_due: bool = False) -> Typed:
        """What the function is given."""
        status = self._status.document() if self._status else None
        document = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": past_due}
        return Typed("json", json.dumps(document))

    async def _check_past_due(self) -> bool:
        if self._store is None:
            return False
        now = datetime.now(UTC)
        stored = await asyncio.to_thread(self._store.read, self._function.name)
        following = self._timer.schedule.after(now) or NEVER
        if stored is not None:
            since = stored.updated if stored.last == NEVER else stored.last
            if stored.next == self._timer.schedule.after(since):
                self._status = stored
                return now > stored.next
        # New, or its schedule has changed: nothing is owed.
        self._status = Status(NEVER, following, NEVER)
        await asyncio.to_thread(self._store.write, self._function.name, Status(NEVER, following, now))
        return False

    async def _fire(self, stopping: Stopping, *, past_due: bool) -> None:
        started = datetime.now(UTC)
        await self._attempts(stopping, f"Timer fired at {started.isoformat()}", past_due=past_due)
        if self._store is not None:
            now = datetime.now(UTC)
            self._status = Status(started, self._timer.schedule.after(started) or NEVER, now)
            await asyncio.to_thread(self._store.write, self._function.name, self._status)

    async def _attempts(self, stopping: Stopping, reason: str, *, past_due: bool) -> None:
        policy = self._function.retry
        for number in itertools.count():
            attempt = Attempt(number, policy.limit if policy else 0)
            call = Call(self.value(past_due=past_due), reason, {"TimerTrigger": self.value()}, attempt)
            outcome = await self._execution.run(self._function, call)
            if not outcome.error or policy is None or number == policy.limit:
                return
            await stopping.wait(policy.delay(number))
            if stopping.wanted():
                return
