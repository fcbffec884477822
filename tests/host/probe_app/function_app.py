"""The functions whose behaviour on the real host was recorded, and some more for this host's own promises."""

import asyncio
import json
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.functions as func

# ruff: noqa: ARG001, LOG015 - a trigger's argument must be there; apps log by the root logger

STORAGE = "AzureWebJobsStorage"
TEXTS = {
    "json_iso": (
        '{"t":"2026-11-23T13:26:36.120000+00:00","z":"2026-11-23T13:26:36Z","f":1.0,"e":1e5,'
        '"big":12345678901234567890,"dup":1,"dup":2,"u":"\\u00e9"}'
    ),
    "json_min": '{"a":1}',
    "array_str": '[{"a":1},"x",3]',
    "not_json_brace": "{not json}",
    "plain": "hello",
    "empty": "",
    "ws_json": '  {"a":1}  ',
    "number": "42",
    "jsonstr": '"quoted"',
    "big": "x" * 50000,
}
BODIES = {"bjson": b'{"a":1}', "bbin": b"\xff\xfe\x00", "btxt": b"hello"}

app = func.FunctionApp()


def keep(name: str, line: str) -> None:
    """Write down what happened, for the test to read."""
    with (Path(os.environ["PROBE_FOLDER"]) / name).open("a", encoding="utf-8") as sink:
        sink.write(line + "\n")


@app.queue_trigger(arg_name="msg", queue_name="texts", connection=STORAGE)
@app.queue_output(arg_name="out", queue_name="texts-out", connection=STORAGE)
def send_text(msg: func.QueueMessage, out: func.Out[str]) -> None:
    wanted = msg.get_body().decode()
    if wanted == "list":
        out.set(['{"a":1}', "plain", "[1]"])  # type: ignore[arg-type]
    elif wanted != "none":
        out.set(TEXTS[wanted])


@app.queue_trigger(arg_name="msg", queue_name="bodies", connection=STORAGE)
@app.queue_output(arg_name="out", queue_name="bodies-out", connection=STORAGE)
def send_bytes(msg: func.QueueMessage, out: func.Out[bytes]) -> None:
    out.set(BODIES[msg.get_body().decode()])


@app.queue_trigger(arg_name="msg", queue_name="returned", connection=STORAGE)
@app.queue_output(arg_name="$return", queue_name="returned-out", connection=STORAGE)
def return_message(msg: func.QueueMessage) -> func.QueueMessage:
    return func.QueueMessage(id="my-id", body='{"a":1}')


@app.queue_trigger(arg_name="msg", queue_name="typed", connection=STORAGE)
@app.queue_output(arg_name="out", queue_name="typed-out", connection=STORAGE)
def say_type(msg: str, out: func.Out[str]) -> None:
    out.set(f"type={type(msg).__name__} {msg!r}")


@app.queue_trigger(arg_name="msg", queue_name="details", connection=STORAGE)
def say_details(msg: func.QueueMessage, context: func.Context) -> None:
    times = (msg.insertion_time, msg.expiration_time, msg.time_next_visible)
    now = datetime.now(UTC)
    document = {
        "id": msg.id,
        "dequeue_count": msg.dequeue_count,
        "pop_receipt": bool(msg.pop_receipt),
        "seconds": [round((moment.replace(tzinfo=UTC) - now).total_seconds()) for moment in times if moment],
        "body": msg.get_body().decode(),
        "function": context.function_name,
        "trace": bool(context.trace_context.trace_parent),
    }
    keep("details", json.dumps(document))


@app.queue_trigger(arg_name="msg", queue_name="%PROBE_QUEUE%", connection="PROBE_STORAGE")
def from_settings(msg: func.QueueMessage) -> None:
    keep("settings", msg.get_body().decode())


@app.queue_trigger(arg_name="msg", queue_name="%PROBE_MISSING%", connection=STORAGE)
def without_setting(msg: func.QueueMessage) -> None:
    raise AssertionError("this function cannot run")


@app.queue_trigger(arg_name="msg", queue_name="slow", connection=STORAGE)
async def slow(msg: func.QueueMessage) -> None:
    seconds = float(msg.get_body())
    keep("slow", f"start {os.getpid()}")
    await asyncio.sleep(seconds)
    keep("slow", f"end {os.getpid()}")


@app.queue_trigger(arg_name="msg", queue_name="threads", connection=STORAGE)
def in_thread(msg: func.QueueMessage) -> None:
    keep("threads", "start")
    time.sleep(float(msg.get_body()))
    keep("threads", "end")


@app.queue_trigger(arg_name="msg", queue_name="failing", connection=STORAGE)
def failing(msg: func.QueueMessage) -> None:
    keep("failing", f"{msg.dequeue_count} {time.time()}")
    raise RuntimeError("as always")


@app.queue_trigger(arg_name="msg", queue_name="failing-poison", connection=STORAGE)
def failing_poison(msg: func.QueueMessage) -> None:
    keep("failing-poison", f"{msg.dequeue_count} {msg.get_body().decode()}")
    if msg.get_body() == b"bad":
        raise RuntimeError("even here")


@app.timer_trigger(arg_name="t", schedule="0 */5 * * * *", run_on_startup=True)
@app.queue_output(arg_name="out", queue_name="timer-out", connection=STORAGE)
def on_startup(t: func.TimerRequest, out: func.Out[str]) -> None:
    timer: Any = t
    document = {"past_due": t.past_due, "status": str(timer.schedule_status), "schedule": str(timer.schedule)}
    out.set(json.dumps(document))


@app.timer_trigger(arg_name="t", schedule="0 0 * * * *")
def hourly(t: func.TimerRequest) -> None:
    timer: Any = t
    keep("hourly", json.dumps({"past_due": t.past_due, "status": timer.schedule_status}))


@app.timer_trigger(arg_name="t", schedule="* * * * * *")
async def every_second(t: func.TimerRequest) -> None:
    timer: Any = t
    keep("every_second", json.dumps({"at": time.time(), "status": timer.schedule_status}))
    await asyncio.sleep(0.3)
    keep("every_second_ends", str(time.time()))


@app.timer_trigger(arg_name="t", schedule="0 0 0 1 1 *", run_on_startup=True)
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:01")
def retried(t: func.TimerRequest, context: func.Context) -> None:
    retry = context.retry_context
    keep("retried", json.dumps([retry.retry_count, retry.max_retry_count, time.time()]))
    raise RuntimeError("not yet")


@app.route(route="plain", auth_level=func.AuthLevel.ANONYMOUS)
def plain(req: func.HttpRequest) -> str:
    return "just a str"


@app.route(route="tuple/{id:int?}", auth_level=func.AuthLevel.FUNCTION)
def keyed(req: func.HttpRequest) -> func.HttpResponse:
    document = {"r": dict(req.route_params), "p": dict(req.params), "b": req.get_body().decode()}
    return func.HttpResponse(json.dumps(document), status_code=201)


@app.route(route="none", auth_level=func.AuthLevel.ANONYMOUS)
def none(req: func.HttpRequest) -> func.HttpResponse:
    return None  # type: ignore[return-value]


@app.route(route="adm", auth_level=func.AuthLevel.ADMIN)
def adm(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("adm")


@app.route(route="headers", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def headers(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("a line of the app's own")
    document = {"method": req.method, "url": req.url, "headers": dict(req.headers)}
    answer = func.HttpResponse(json.dumps(document), mimetype="application/json", headers={"X-Probe": "yes"})
    answer.headers.add("Set-Cookie", "one=1; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60")
    answer.headers.add("Set-Cookie", "two=2; Domain=example.org")
    return answer


@app.route(route="raises", auth_level=func.AuthLevel.ANONYMOUS)
async def raises(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("no answer today")


@app.route(route="blocks", auth_level=func.AuthLevel.ANONYMOUS)
async def blocks(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(float(req.params["seconds"]))  # noqa: ASYNC251 - the mistake itself is what is tried
    return func.HttpResponse("at last")


@app.route(route="sleeps", auth_level=func.AuthLevel.ANONYMOUS)
async def sleeps(req: func.HttpRequest) -> func.HttpResponse:
    keep("sleeps", "start")
    await asyncio.sleep(float(req.params["seconds"]))
    return func.HttpResponse("rested")


@app.route(route="thread", auth_level=func.AuthLevel.ANONYMOUS)
def thread(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(float(req.params["seconds"]))
    return func.HttpResponse("rested")


async def asgi(scope: dict[str, object], receive: object, send: object) -> None:
    """The smallest ASGI application: says which path it was asked for."""
    body = json.dumps({"path": scope["path"]}).encode()
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-type", b"application/json")]})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": body})  # type: ignore[operator]


@app.route(route="asgi/{*path}", auth_level=func.AuthLevel.ANONYMOUS)
async def everything_else(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    answer: func.HttpResponse = await func.AsgiMiddleware(asgi).handle_async(req, context)
    return answer
