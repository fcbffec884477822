"""Azurite as a process of the test run: one for each pytest worker, on free ports, in memory."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tools/azurite/node_modules/azurite/dist/src/azurite.js"
ACCOUNT = "devstoreaccount1"
# Azurite's well-known development key; it protects nothing.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
OLDEST_NODE = 20
SPARE_ACCOUNTS = 64
SERVICES = ("blob", "queue", "table")


@dataclass(frozen=True)
class Azurite:
    """A storage account that ends with the test run, and empty ones for whoever wants no neighbours."""

    connection_string: str
    spare: list[str] = field(repr=False)

    def empty_account(self) -> str:
        """The connection string of an account that nobody has used."""
        return self.spare.pop()


@contextmanager
def running_azurite(folder: Path) -> Iterator[Azurite]:
    """Start Azurite and end it with the block.

    Args:
        folder: Where it writes its log.
    """
    ports = _free_ports(len(SERVICES))
    command = [_node(), str(SCRIPT), "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    for service, port in zip(SERVICES, ports, strict=True):
        command += [f"--{service}Host", "127.0.0.1", f"--{service}Port", str(port)]
    log = folder / "azurite.log"
    spare = [f"spare{number}" for number in range(SPARE_ACCOUNTS)]
    accounts = ";".join(f"{name}:{KEY}" for name in (ACCOUNT, *spare))
    environment = {**os.environ, "AZURITE_ACCOUNTS": accounts}
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command, cwd=folder, stdout=sink, stderr=sink, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            for port in ports:
                _await_port(port, process, log)
            yield Azurite(_connection_string(ACCOUNT, ports), [_connection_string(name, ports) for name in spare])
        finally:
            # The whole group: the virtual environment's `node` is a script whose child is the real one.
            os.killpg(process.pid, signal.SIGKILL)


def _connection_string(account: str, ports: Sequence[int]) -> str:
    endpoints = "".join(
        f"{service.title()}Endpoint=http://127.0.0.1:{port}/{account};"
        for service, port in zip(SERVICES, ports, strict=True)
    )
    return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={KEY};{endpoints}"


def _node() -> str:
    """A Node.js that Azurite runs on: the machine's, or the one from the virtual environment."""
    environments = [str(path) for path in (ROOT / ".venv/bin/node", *ROOT.glob(".venv-*/bin/node")) if path.exists()]
    for candidate in [found for found in [shutil.which("node")] if found] + environments:
        version = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE:
            return candidate
    raise RuntimeError("no Node.js of version 20 or newer; `make setup` installs one")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(server.getsockname()[1]) for server in sockets]
    for server in sockets:
        server.close()
    return ports


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"Azurite ended with {process.returncode}: {log.read_text()}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"Azurite does not listen on port {port}")
