"""azure-functions' own index and converters, with the glue that the worker has between them."""

import asyncio
import os
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.failures import IndexingFailed
from local.host.invocation import IndexedFunction, Invocation, Outcome, Typed
from local.host.seats.app_index import Loaded, load_app
from local.host.seats.context import STORAGE, Context, RetryContext, TraceContext
from local.host.seats.datums import from_datum, plain_datum, to_datum
from local.host.seats.signatures import Parameter, converter
from local.host.traces import summary


@dataclass
class Output:
    """What a function gets for a parameter of type func.Out."""

    value: object = None

    def set(self, value: object) -> None:
        """Keep the value that shall be sent."""
        self.value = value

    def get(self) -> object:
        """The value that was set."""
        return self.value


class EmbeddedSeat:
    """Calls the functions itself."""

    def __init__(self) -> None:
        self._functions: dict[str, Loaded] = {}
        self._threads = ThreadPoolExecutor(int(os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT", "1000")), "function")

    async def start(self, app: Path) -> list[IndexedFunction]:
        """Import the app and match every signature."""
        try:
            loaded = load_app(app)
        except IndexingFailed:
            raise
        except Exception as error:
            raise IndexingFailed(summary(traceback.format_exc(), app)) from error
        self._functions = {function.index.name: function for function in loaded}
        return [function.index for function in loaded]

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Convert, call, convert back."""
        try:
            return await self._call(self._functions[invocation.function], invocation)
        except Exception:  # noqa: BLE001 - whatever a function raises is its outcome
            return Outcome(error=traceback.format_exc().rstrip())

    async def _call(self, function: Loaded, invocation: Invocation) -> Outcome:
        signature = function.signature
        outputs = {name: Output() for name in signature.outputs}
        arguments: dict[str, object] = {invocation.trigger: _decoded(signature.inputs[invocation.trigger], invocation)}
        arguments.update(outputs)
        if signature.wants_context:
            arguments["context"] = _context(function, invocation)
        if signature.is_async:
            result = await function.call(**arguments)
        else:
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self._threads, _in_thread, invocation.id, function.call, arguments)
        if result is not None and signature.returns is None:
            raise RuntimeError(f"function {invocation.function!r} returned a value and has no $return binding")
        given = {name: output.value for name, output in outputs.items() if output.value is not None}
        return Outcome(
            returned=None if signature.returns is None else _encoded(signature.returns, result),
            outputs={name: _kept(_encoded(signature.outputs[name], value)) for name, value in given.items()},
        )


def take_seat() -> EmbeddedSeat:
    """The seat, ready to start."""
    return EmbeddedSeat()


def _in_thread(invocation_id: str, function: Callable[..., Any], arguments: dict[str, object]) -> object:
    STORAGE.invocation_id = invocation_id
    try:
        return function(**arguments)
    finally:
        STORAGE.invocation_id = None


def _context(function: Loaded, invocation: Invocation) -> Context:
    attempt = RetryContext(invocation.attempt.number, invocation.attempt.limit)
    trace = TraceContext(invocation.traceparent)
    return Context(invocation.function, function.directory, invocation.id, trace, attempt)


def _decoded(parameter: Parameter, invocation: Invocation) -> object:
    if parameter.binding == "generic":
        return invocation.value.value
    metadata = {name: to_datum(value) for name, value in invocation.metadata.items()}
    found = converter(parameter.binding)
    return found.decode(to_datum(invocation.value), trigger_metadata=metadata)


def _encoded(parameter: Parameter, value: object) -> Typed | None:
    if parameter.binding == "generic":
        return from_datum(plain_datum(value))
    try:
        return from_datum(converter(parameter.binding).encode(value, expected_type=parameter.declared))
    except NotImplementedError:  # the converter's way to say that the value is of another type
        raise TypeError(f"a {type(value).__name__} does not fit a binding of type {parameter.binding}") from None


def _kept(value: Typed | None) -> Typed:
    assert value is not None
    return value
