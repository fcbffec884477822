"""Azurite, Microsoft's own stand-in for Azure Storage, as a process: on free ports, in memory, gone with its block."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_SCRIPT = Path(__file__).resolve().parents[1] / "tools/azurite/node_modules/azurite/dist/src/azurite.js"
ACCOUNT = "devstoreaccount1"
# Azurite's own well-known development key: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_SERVICES = ("blob", "queue", "table")
_SPARE_ACCOUNTS = 64
_PATIENCE_S = 30.0


class AzuriteError(Exception):
    """Azurite does not run; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Azurite:
    """A storage account, and empty ones for whoever wants no neighbours.

    Attributes:
        connection_string: Of the account.
        spare: Of accounts that nobody has used.
    """

    connection_string: str = field(repr=False)
    spare: list[str] = field(repr=False)

    def empty_account(self) -> str:
        """The connection string of an account that nobody has used."""
        return self.spare.pop()


@contextmanager
def running_azurite(folder: Path) -> Iterator[Azurite]:
    """Start Azurite and end it with the block.

    Args:
        folder: Where it writes ``azurite.log``.

    Raises:
        AzuriteError: It does not run.
    """
    ports, log = _free_ports(len(_SERVICES)), folder / "azurite.log"
    spare = [f"spare{number}" for number in range(_SPARE_ACCOUNTS)]
    environment = {**os.environ, "AZURITE_ACCOUNTS": ";".join(f"{name}:{ACCOUNT_KEY}" for name in (ACCOUNT, *spare))}
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            _command(ports), cwd=folder, stdout=sink, stderr=sink, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            for port in ports:
                _await_port(port, process, log)
            yield Azurite(_connection_string(ACCOUNT, ports), [_connection_string(name, ports) for name in spare])
        finally:
            # The whole group: the virtual environment's `node` is a script whose child is the real one.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _command(ports: Sequence[int]) -> list[str]:
    beside = Path(sys.executable).with_name("node")
    # The set-up puts one beside the interpreter where the machine's is missing or too old.
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None or not _SCRIPT.exists():
        raise AzuriteError("Azurite is not installed: run `make setup`")
    command = [node, str(_SCRIPT), "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    for service, port in zip(_SERVICES, ports, strict=True):
        command += [f"--{service}Host", "127.0.0.1", f"--{service}Port", str(port)]
    return command


def _connection_string(account: str, ports: Sequence[int]) -> str:
    endpoints = "".join(
        f"{service.title()}Endpoint=http://127.0.0.1:{port}/{account};"
        for service, port in zip(_SERVICES, ports, strict=True)
    )
    return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={ACCOUNT_KEY};{endpoints}"


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(server.getsockname()[1]) for server in sockets]
    for server in sockets:
        server.close()
    return ports


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AzuriteError(f"Azurite did not start; its last words:\n{log.read_text()[-2000:]}")
