"""Workers as threads of which only one ever runs: whoever holds the baton says who is next, so that a seed replays."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


class Killed(BaseException):
    """The run is over: a worker that still waits ends without another word."""


def _closed() -> threading.Lock:
    """A door that one opens for another: lighter than a semaphore."""
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass
class Task:
    """One worker at work.

    Attributes:
        what: For people.
        wakes_at: It sleeps until then.
        is_done: It has ended.
        error: What it ended with.
    """

    what: str
    wakes_at: datetime
    is_done: bool = False
    error: BaseException | None = None
    is_killed: bool = False
    go: threading.Lock = field(default_factory=_closed, repr=False)


class Baton:
    """Hands the right to run from the scheduler to one task and back."""

    def __init__(self) -> None:
        self._back = _closed()
        self.holder: Task | None = None

    def start(self, what: str, now: datetime, work: Callable[[], None]) -> Task:
        """Begin a task; it does nothing before its first step."""
        task = Task(what, now)
        threading.Thread(target=self._lived, args=(task, work), daemon=True).start()
        return task

    def step(self, task: Task) -> None:
        """Let a task run until it pauses or ends."""
        self.holder = task
        task.go.release()
        self._back.acquire()
        self.holder = None

    def pause(self) -> None:
        """Give the baton back, and wait for it; the scheduler itself goes on at once."""
        task = self.holder
        if task is None:
            return
        self._back.release()
        task.go.acquire()
        if task.is_killed:
            raise Killed

    def kill(self, task: Task) -> None:
        """End a task where it stands."""
        task.is_killed = True
        while not task.is_done:
            self.step(task)

    def _lived(self, task: Task, work: Callable[[], None]) -> None:
        task.go.acquire()
        try:
            if not task.is_killed:
                work()
        except BaseException as error:  # noqa: BLE001 - a worker may die of anything
            task.error = error
        task.is_done = True
        self._back.release()
