"""Starts the three programs that the demo watches: Azurite, the twin, and the functions host."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AZURITE = ROOT / "tools" / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
ACCOUNT = "devstoreaccount1"
# Azurite's own well-known development key: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
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
        """Its address: ``host ready http://127.0.0.1:7071 functions=10 worker=official``."""
        return self.ready.split()[2]


@contextlib.contextmanager
def azurite(logs: Path) -> Iterator[str]:
    """Run Azurite in memory; yields its connection string."""
    ports = {name: free_port() for name in ("blob", "queue", "table")}
    where = [
        word for name, port in ports.items() for word in (f"--{name}Host", "127.0.0.1", f"--{name}Port", str(port))
    ]
    command = [_node(), str(AZURITE), *where, "--inMemoryPersistence", "--skipApiVersionCheck", "--silent"]
    with _running([*command, "--disableTelemetry"], logs / "azurite.log", os.environ):
        for port in ports.values():
            _wait_for_port(port, logs / "azurite.log")
        yield f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};" + "".join(
            f"{name.capitalize()}Endpoint=http://127.0.0.1:{port}/{ACCOUNT};" for name, port in ports.items()
        )


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


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _node() -> str:
    beside = Path(sys.executable).with_name("node")
    node = shutil.which("node") or (str(beside) if beside.exists() else None)
    if node is None or not AZURITE.exists():
        raise DemoError("Azurite is not installed: run `make setup`")
    return node


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


def _wait_for_port(port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise DemoError(f"Azurite did not start; its last words:\n{log.read_text()[-2000:]}")
