"""The product's verify, timed, and beside it a function that does nothing; run by ``bench.hosted``."""

import os
import time
from pathlib import Path

import azure.functions as func

from functions.shell import work
from shared.application.handlers import handle_verify
from shared.domain.messages import Queue

app = func.FunctionApp()


def _note(name: str, begun: float) -> None:
    with (Path(os.environ["BENCH_FOLDER"]) / name).open("a", encoding="utf-8") as sink:
        sink.write(f"{begun} {time.monotonic()}\n")


@app.function_name("verify")
@app.queue_trigger(arg_name="message", queue_name="verify", connection="KEEPER_STORAGE")
def verify(message: func.QueueMessage) -> None:
    """Work as ``functions/verify.py`` does."""
    begun = time.monotonic()
    work(Queue.VERIFY, message.get_body(), handle_verify)
    _note("verify", begun)


@app.function_name("nothing")
@app.queue_trigger(arg_name="message", queue_name="nothing", connection="KEEPER_STORAGE")
def nothing(message: func.QueueMessage) -> None:
    """Take a message and do nothing with it."""
    begun = time.monotonic()
    message.get_body()
    _note("nothing", begun)
