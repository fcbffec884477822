"""Starts the three programs that the demo watches: Azurite, the twin, and the functions host."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 30.0


class DemoError(Exception):
    """The demo cannot go on; the sentence says why."""


@dataclass(frozen=True, slots=True)
class RunningHost:
    """The functions host.

    Attributes:
        ready: The line in which it says that it is ready.
        process: The process; whoever wants to see it die kills it.
    """

    ready: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Its address: ``host ready http://127.0.0.1:7071 functions=15 worker=official``."""
        return self.ready.split()[2]


@contextlib.contextmanager
def twin(logs: Path) -> Iterator[Mapping[str, str]]:
    """Run the twin; yields what it prints of itself."""
    command = [sys.executable, "-m", "local", "twin"]
    with _running(command, logs / "twin.log", os.environ, answers=True) as process:
        yield json.loads(_first_line(process, logs / "twin.log"))


@contextlib.contextmanager
def host(log: Path, settings: Mapping[str, str], *options: str) -> Iterator[RunningHost]:
    """Run the functions host on this function app."""
    command = [sys.executable, "-m", "local", "host", "--port", "0", *options]
    with _running(command, log, {**os.environ, **settings}, answers=True) as process:
        yield RunningHost(_first_line(process, log), process)


@contextlib.contextmanager
def _running(
    command: list[str], log: Path, environment: Mapping[str, str], *, answers: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the block ends; its output goes to a file, its first line to us if it answers."""
    with log.open("w") as sink:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stderr=sink,
            stdout=subprocess.PIPE if answers else sink,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _first_line(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise DemoError(f"a program ended at its start; its last words:\n{log.read_text()[-2000:]}")
    return line
