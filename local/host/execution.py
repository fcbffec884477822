"""One invocation from start to end: log, call, send the outputs, log."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local.host.functions import Function, QueueBinding
from local.host.invocation import Attempt, HttpCall, Invocation, Outcome, Typed
from local.host.journal import LOG
from local.host.message_text import text_of
from local.host.outputs import messages_of
from local.host.storage import StoredQueue
from local.host.worker import Worker


@dataclass(frozen=True)
class Call:
    """What makes a function run."""

    value: Typed
    reason: str
    metadata: Mapping[str, Typed] = field(default_factory=dict)
    attempt: Attempt = field(default_factory=Attempt)


class Execution:
    """Runs functions on the worker and sends what their output bindings hold."""

    def __init__(self, worker: Worker, timeout: float | None, *, base64_encoded: bool) -> None:
        self._worker = worker
        self._timeout = timeout
        self._base64 = base64_encoded
        self._listeners: dict[tuple[str, str], list[Callable[[], None]]] = {}

    def on_sent(self, key: tuple[str, str], wake: Callable[[], None]) -> None:
        """Have a listener woken when this host itself sends to its queue."""
        self._listeners.setdefault(key, []).append(wake)

    async def run(self, function: Function, call: Call) -> Outcome:
        """Run a function once.

        Args:
            function: Which one.
            call: The trigger's value and the reason.

        Returns:
            The outcome; one whose outputs could not be sent has failed.
        """
        invocation = _invocation(function, call)
        LOG.info("Executing 'Functions.%s' (Reason='%s', Id=%s)", function.name, call.reason, invocation.id)
        started = time.perf_counter()
        outcome = await self._worker.invoke(invocation, self._timeout)
        if not outcome.error:
            outcome = await self._send(function, outcome)
        milliseconds = (time.perf_counter() - started) * 1000
        verdict = "Failed" if outcome.error else "Succeeded"
        ended = "Executed 'Functions.%s' (%s, Id=%s, Duration=%.0fms)%s"
        detail = f"\n{outcome.error}" if outcome.error else ""
        LOG.log(
            logging.ERROR if outcome.error else logging.INFO,
            ended,
            function.name,
            verdict,
            invocation.id,
            milliseconds,
            detail,
        )
        return outcome

    async def send(self, queue: StoredQueue, text: str) -> None:
        """Send a message and wake this host's listener, if the queue has one."""
        await asyncio.to_thread(queue.send, text)
        for wake in self._listeners.get(queue.key, ()):
            wake()

    async def _send(self, function: Function, outcome: Outcome) -> Outcome:
        try:
            for name, value in outcome.outputs.items():
                await self._send_to(function.outputs[name], value)
            if outcome.returned is not None and "$return" in function.outputs:
                await self._send_to(function.outputs["$return"], outcome.returned)
        except Exception as error:  # noqa: BLE001 - an output that cannot be sent is a failed invocation
            return Outcome(error=f"{type(error).__name__} while sending an output: {error}")
        return outcome

    async def _send_to(self, binding: QueueBinding, value: Typed) -> None:
        queue = StoredQueue(binding.connection, binding.queue)
        for body in messages_of(value):
            await self.send(queue, text_of(body, base64_encoded=self._base64))


def _invocation(function: Function, call: Call) -> Invocation:
    identity = uuid.uuid4()
    content = call.value.value
    sent = content.headers.get("traceparent") if isinstance(content, HttpCall) else None
    return Invocation(
        id=str(identity),
        function=function.name,
        trigger=function.trigger.name,
        value=call.value,
        metadata=call.metadata,
        traceparent=sent or f"00-{identity.hex}-{uuid.uuid4().hex[:16]}-00",
        attempt=call.attempt,
    )
