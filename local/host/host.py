"""The host assembled: a worker, a listener for each function, an HTTP server, and a way to stop them all."""

import asyncio
import hashlib
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from local.host.configuration import HostOptions
from local.host.execution import Call, Execution
from local.host.functions import Function, HttpBinding, QueueBinding, TimerBinding
from local.host.invocation import HttpCall, Typed
from local.host.journal import LOG
from local.host.keys import Keys
from local.host.queues import QueueListener
from local.host.server import Server
from local.host.stopping import Stopping
from local.host.storage import connection_string
from local.host.timer_status import StatusStore
from local.host.timers import TimerListener, is_monitored
from local.host.web import BY_API, Web
from local.host.worker import Worker

STORAGE_THREADS = 64


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the host runs."""

    app: Path
    functions: Mapping[str, Function]
    options: HostOptions
    settings: Mapping[str, str] = field(repr=False)
    keys: Keys
    lease: float
    grace: float


class Host:
    """Runs a plan until a signal."""

    def __init__(self, plan: Plan, worker: Worker) -> None:
        self._plan, self._worker = plan, worker
        timeout, base64_encoded = plan.options.timeout_seconds, plan.options.queues.base64
        self._execution = Execution(worker, timeout, base64_encoded=base64_encoded)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, TimerListener] = {}

    async def run(self, listener: socket.socket, ready: Callable[[], None]) -> bool:
        """Listen until SIGTERM or SIGINT.

        Args:
            listener: Where HTTP comes in.
            ready: Called when everything listens.

        Returns:
            Whether everything that was running could finish.
        """
        loop, stopping = asyncio.get_running_loop(), Stopping()
        loop.set_default_executor(ThreadPoolExecutor(STORAGE_THREADS, "storage"))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        for function in self._plan.functions.values():
            self._listen(function, stopping)
        server = Server(self._web(loop).application(), listener, self._plan.grace)
        server.start()
        ready()
        await stopping.wait(None)
        LOG.info("Stopping: no new work; waiting up to %g s for what is running", self._plan.grace)
        return await self._stopped(server)

    async def _stopped(self, server: Server) -> bool:
        ends = [asyncio.create_task(server.stop()), *self._tasks]
        _, late = await asyncio.wait(ends, timeout=self._plan.grace)
        finished = not late and not self._worker.running
        LOG.info("Stopped%s", "" if finished else f" with {self._worker.running} invocations still running")
        return finished

    def _listen(self, function: Function, stopping: Stopping) -> None:
        match function.trigger:
            case QueueBinding():
                queue = QueueListener(function, self._plan.options.queues, self._execution, self._plan.lease)
                self._begin(queue.listen(stopping))
            case TimerBinding():
                timer = TimerListener(function, self._execution, self._store(function.trigger))
                self._timers[function.name] = timer
                self._begin(timer.listen(stopping))

    def _store(self, timer: TimerBinding) -> StatusStore | None:
        if not is_monitored(timer, datetime.now(UTC)):
            return None
        settings = self._plan.settings
        default = "local-" + hashlib.sha256(str(self._plan.app).encode()).hexdigest()[:16]
        host_id = settings.get("AzureFunctionsWebHost__hostid", default)
        return StatusStore(connection_string("AzureWebJobsStorage", settings), host_id)

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            LOG.error("A listener ended", exc_info=error)

    def _web(self, loop: asyncio.AbstractEventLoop) -> Web:
        def start_manually(function: Function, given: str) -> None:
            loop.call_soon_threadsafe(lambda: self._begin(self._manual(function, given)))

        options = self._plan.options
        return Web(self._plan.functions, options.route_prefix, self._plan.keys, self._execution, start_manually)

    async def _manual(self, function: Function, given: str) -> None:
        metadata: dict[str, Typed] = {}
        match function.trigger:
            case TimerBinding():
                value = self._timers[function.name].value()
            case HttpBinding():
                value = Typed("http", HttpCall("POST", "/", {}, {}, {}, given.encode()))
            case QueueBinding(binary=binary):
                value = Typed("bytes", given.encode()) if binary else Typed("string", given)
                metadata["DequeueCount"] = Typed("json", "0")
        await self._execution.run(function, Call(value, BY_API, metadata))
