"""Microsoft's published worker library in this process: the very code that Azure runs on Python 3.13."""

import json
import logging
import os
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import azure_functions_runtime as runtime
from azure_functions_runtime.logging import SDK_LOG_PREFIX

from local.host.failures import IndexingFailed
from local.host.invocation import HttpCall, HttpReply, IndexedFunction, Invocation, Outcome, RetryPolicy, Typed
from local.host.seats.protos import PROTOS, Message, OneOf, ParameterBinding
from local.host.traces import summary

if TYPE_CHECKING:
    from collections.abc import Mapping

SUCCESS = PROTOS.StatusResult.Success


class OfficialSeat:
    """Speaks the worker's protocol to it, message by message, without the wire."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    async def start(self, app: Path) -> list[IndexedFunction]:
        """Let the worker index the app."""
        # What it has to say comes in its answers as well.
        logging.getLogger(SDK_LOG_PREFIX).setLevel(logging.CRITICAL)
        runtime.start_threadpool_executor()
        init = Message(capabilities={}, function_app_directory=os.fspath(app))
        answer = await runtime.worker_init_request(_request(worker_init_request=init))
        if answer.result.status != SUCCESS:
            raise IndexingFailed(summary(_text(answer.result.exception), app))
        found = (await runtime.functions_metadata_request(_request())).function_metadata_results or []
        self._ids = {function.name: function.function_id for function in found}
        return [_indexed(function) for function in found]

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Hand the worker one invocation request."""
        # The worker sets this only in its threads; an async function's log lines need it as well.
        runtime.invocation_id_cv.set(invocation.id)
        message = Message(
            invocation_id=invocation.id,
            function_id=self._ids[invocation.function],
            input_data=[ParameterBinding(name=invocation.trigger, data=_to_wire(invocation.value))],
            trigger_metadata={name: _to_wire(value) for name, value in invocation.metadata.items()},
            trace_context=Message(trace_parent=invocation.traceparent, trace_state="", attributes={}),
            retry_context=Message(
                retry_count=invocation.attempt.number, max_retry_count=invocation.attempt.limit, exception=None
            ),
        )
        answer = await runtime.invocation_request(_request(invocation_request=message))
        if answer.result.status != SUCCESS:
            return Outcome(error=_text(answer.result.exception))
        outputs = {output.name: _from_wire(output.data) for output in answer.output_data}
        returned = None if answer.return_value is None else _from_wire(answer.return_value)
        return Outcome(returned=returned, outputs={name: value for name, value in outputs.items() if value})


def take_seat() -> OfficialSeat:
    """The seat, ready to start."""
    return OfficialSeat()


def _request(**messages: Message) -> SimpleNamespace:
    properties = {"host": "127.0.0.1", "protos": PROTOS}
    return SimpleNamespace(request=SimpleNamespace(**messages), properties=properties)


def _text(exception: Message) -> str:
    return str(exception.stack_trace or exception.message).rstrip()


def _indexed(function: Message) -> IndexedFunction:
    bindings = tuple(json.loads(binding) for binding in function.raw_bindings)
    return IndexedFunction(function.name, bindings, _retry(function.retry_options))


def _retry(options: Message | None) -> RetryPolicy | None:
    if options is None:
        return None
    given = vars(options)
    shortest: Any = given.get("delay_interval", given.get("minimum_interval"))
    longest: Any = given.get("maximum_interval", shortest)
    return RetryPolicy(options.max_retry_count, shortest.total_seconds(), longest.total_seconds())


def _to_wire(value: Typed) -> OneOf:
    content = value.value
    if not isinstance(content, HttpCall):
        return OneOf(**{value.kind: content})
    headers: Mapping[str, str] = content.headers
    http = Message(
        method=content.method,
        url=content.url,
        headers=headers,
        query=content.query,
        params=content.route,
        body=OneOf(bytes=content.body),
    )
    return OneOf(http=http)


def _from_wire(data: OneOf | None) -> Typed | None:
    kind = None if data is None else data.WhichOneof("data")
    if kind is None:
        return None
    content = getattr(data, kind)
    if kind == "http":
        return Typed(kind, _reply(content))
    return Typed(kind, content) if isinstance(content, str | bytes) else Typed("json", json.dumps(content))


def _reply(http: Message) -> HttpReply:
    cookies = tuple(_cookie_line(cookie) for cookie in http.cookies or ())
    body = _from_wire(http.body)
    content = b"" if body is None else body.value
    return HttpReply(int(http.status_code), http.headers, cookies, content if isinstance(content, bytes) else b"")


def _cookie_line(cookie: Message) -> str:
    jar: SimpleCookie = SimpleCookie()
    jar[cookie.name] = cookie.value
    morsel = jar[cookie.name]
    for name in ("domain", "path", "secure", "http_only", "max_age"):
        field = getattr(cookie, name)
        if field is not None and field.value is not False:
            value = int(field.value) if name == "max_age" else field.value
            morsel[name.replace("_only", "only").replace("_", "-")] = value
    if cookie.expires is not None:
        morsel["expires"] = cookie.expires.value.seconds
    if cookie.same_site:
        morsel["samesite"] = cookie.same_site
    return morsel.OutputString()
