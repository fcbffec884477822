"""Invocations between host and worker, with a worker that does as it is told."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from local.host.execution import Execution
from local.host.invocation import IndexedFunction, Invocation, Outcome, Typed
from local.host.traces import summary
from local.host.worker import Worker

if TYPE_CHECKING:
    from local.host.storage import StoredQueue

INVOCATION = Invocation("id", "f", "msg", Typed("string", ""), {}, "")


class Seat:
    """Runs one coroutine for whatever it is asked."""

    def __init__(self, call: Callable[[], Coroutine[None, None, Outcome]]) -> None:
        self.call = call

    async def start(self, _app: Path) -> list[IndexedFunction]:
        return []

    async def invoke(self, _invocation: Invocation) -> Outcome:
        return await self.call()


def invoked(call: Callable[[], Coroutine[None, None, Outcome]], limit: float | None = 5) -> tuple[Outcome, Worker]:
    worker = Worker(Seat(call))
    worker.start(Path())
    outcome = asyncio.run(worker.invoke(INVOCATION, limit))
    worker._loop.call_soon_threadsafe(worker._loop.stop)
    worker._thread.join()
    worker._loop.close()
    return outcome, worker


@pytest.mark.parametrize("error", [RuntimeError("no"), TimeoutError("no"), asyncio.CancelledError("no")])
def test_whatever_is_raised_is_an_outcome(error: BaseException) -> None:
    async def call() -> Outcome:
        raise error

    outcome, worker = invoked(call)
    assert outcome.error == f"{type(error).__name__}: no"
    assert (worker.running, worker.abandoned) == (0, False)


def test_what_takes_too_long_has_failed_and_is_no_longer_waited_for() -> None:
    async def call() -> Outcome:
        await asyncio.sleep(60)
        return Outcome()

    outcome, worker = invoked(call, 0.05)
    assert outcome.error == "Timeout value of 0.05 seconds was exceeded by function f"
    assert (worker.running, worker.abandoned) == (0, True)


def test_without_a_limit_there_is_none() -> None:
    async def call() -> Outcome:
        await asyncio.sleep(0.05)
        return Outcome(returned=Typed("string", "late"))

    assert invoked(call, None)[0].returned == Typed("string", "late")


def test_what_this_host_sends_wakes_its_listener_of_that_queue_alone() -> None:
    class Queue:
        key = ("account", "work")

        def send(self, text: str) -> None:
            sent.append(text)

    sent: list[str] = []
    woken: list[str] = []
    execution = Execution(cast("Worker", None), 1, base64_encoded=True)
    for name in ("work", "other"):
        execution.on_sent(("account", name), lambda name=name: woken.append(name))  # type: ignore[misc]
    asyncio.run(execution.send(cast("StoredQueue", Queue()), "dGV4dA=="))
    assert (sent, woken) == (["dGV4dA=="], ["work"])


TRACE = """Traceback (most recent call last):
  File "/host/worker.py", line 1, in start
    run()
  File "/app/function_app.py", line 2, in <module>
    import tool
  File "/app/.venv/site-packages/lib.py", line 9, in <module>
    fail()
KeyError: 'first'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/host/worker.py", line 5, in start
    report()
ValueError: second
"""


def test_a_traceback_is_cut_down_to_the_first_error_and_the_apps_own_lines() -> None:
    lines = summary(TRACE, Path("/app")).splitlines()
    assert lines == ["KeyError: 'first'", '  File "/app/function_app.py", line 2, in <module>', "    import tool"]
