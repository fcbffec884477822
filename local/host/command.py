"""``python -m local host``: runs the function app in a folder, as it is."""

import argparse
import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from local.host.configuration import HostOptions, read_options, read_settings
from local.host.failures import FunctionRefused, HostError
from local.host.functions import Function, prepare
from local.host.host import Host, Plan
from local.host.invocation import IndexedFunction
from local.host.journal import LOG, start_log
from local.host.keys import read_keys
from local.host.seat import SeatName, default_seat, open_seat
from local.host.server import ADDRESS, listening_socket
from local.host.worker import Worker

LAST_PORT = 65535
# The longest that a queue keeps a message hidden.
A_WEEK = 7 * 24 * 3600


def main(arguments: list[str]) -> int:
    """Run the host until a signal.

    Args:
        arguments: The command line behind ``host``.

    Returns:
        0 after an orderly end, 1 where the app cannot run or work had to be abandoned.
    """
    options = parser_of_options().parse_args(arguments)
    start_log()
    try:
        worker = Worker(open_seat(options.worker))
        code = 0 if _run(options, worker) else 1
    except HostError as error:
        LOG.error("The host cannot start: %s", error)
        return 1
    if code or worker.abandoned:
        # Threads that still run a function would hold the process; their messages are back in the queue, or will be.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _run(options: argparse.Namespace, worker: Worker) -> bool:
    app: Path = options.app.resolve()
    settings = read_settings(app, os.environ)
    host_options = _with_polling(read_options(app, settings), options.max_polling_seconds)
    keys = read_keys(options.keys, options.master_key)
    with listening_socket(options.port) as listener:
        os.environ.update(settings)
        os.chdir(app)
        sys.path.insert(0, os.fspath(app))
        functions = _prepared(worker.start(app), settings)
        plan = Plan(app, functions, host_options, settings, keys, options.lease_seconds, options.grace_seconds)
        url = f"http://{ADDRESS}:{listener.getsockname()[1]}"
        line = f"host ready {url} functions={len(functions)} worker={options.worker}"
        return asyncio.run(Host(plan, worker).run(listener, lambda: print(line, flush=True)))


def _prepared(found: list[IndexedFunction], settings: dict[str, str]) -> dict[str, Function]:
    functions: dict[str, Function] = {}
    for function in found:
        try:
            functions[function.name] = prepare(function, settings)
        except FunctionRefused as error:
            LOG.error("Function '%s' does not run: %s", function.name, error)
    return functions


def _with_polling(options: HostOptions, seconds: float | None) -> HostOptions:
    if seconds is None:
        return options
    return replace(options, queues=replace(options.queues, max_polling_seconds=seconds))


def parser_of_options() -> argparse.ArgumentParser:
    """The options; docs/reference/host.md has a row for each."""
    parser = argparse.ArgumentParser("python -m local host", description=__doc__)
    parser.add_argument("--app", type=Path, default=Path(), help="folder of function_app.py and host.json (this one)")
    parser.add_argument("--port", type=_port, default=7071, help="HTTP port on loopback; 0 chooses one (7071)")
    parser.add_argument(
        "--worker", type=SeatName, choices=list(SeatName), default=default_seat(), help="who runs functions"
    )
    parser.add_argument("--lease-seconds", type=_seconds, default=600, help="how long a fetched message is ours (600)")
    parser.add_argument("--max-polling-seconds", type=_seconds, help="longest wait of an idle queue (host.json's)")
    parser.add_argument(
        "--grace-seconds", type=_seconds, default=30, help="how long a stop waits for running functions (30)"
    )
    parser.add_argument("--master-key", default="", help="turns keys on: this one opens everything")
    parser.add_argument("--keys", type=Path, help="turns keys on: a JSON file of master, host and function keys")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LAST_PORT:
        raise ValueError
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= A_WEEK:
        raise ValueError
    return seconds
