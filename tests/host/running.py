"""A local host as a process of its own, with an account and a folder that nobody else uses."""

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage, QueueServiceClient

ROOT = Path(__file__).parents[2]
PROBE_APP = Path(__file__).parent / "probe_app"
# The probe app's queue and timer functions.
PROBES = re.findall(r"def (\w+)\((?:msg|t):", (PROBE_APP / "function_app.py").read_text("utf-8"))
PATIENCE = 15.0
NEVER_FETCHED = 3600

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: Callable[[], str], within: float = PATIENCE) -> Found:
    """Look until there is something."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within:g} s: {what()}")


@dataclass(frozen=True)
class Place:
    """What outlives a host: the app's folder, the account, what the probes wrote, the log."""

    app: Path
    account: str
    service: QueueServiceClient
    log: Path

    def send(self, queue: str, body: str | bytes, *, raw: bool = False) -> str:
        """Send a message, base64 unless ``raw``; gives its id."""
        client = self.service.get_queue_client(queue)
        content = body if isinstance(body, bytes) else body.encode()
        text = content.decode() if raw else base64.b64encode(content).decode()
        try:
            return str(client.send_message(text).id)
        except ResourceNotFoundError:
            with suppress(ResourceExistsError):
                client.create_queue()
            return str(client.send_message(text).id)

    def waiting(self, queue: str) -> list[str]:
        """The texts of the messages that are visible in a queue, as on the wire, each seen once."""
        try:
            found: list[QueueMessage] = list(
                self.service.get_queue_client(queue).receive_messages(
                    messages_per_page=32, visibility_timeout=NEVER_FETCHED
                )
            )
        except ResourceNotFoundError:
            return []
        return [str(message.content or "") for message in found]

    def arrivals(self, queue: str, count: int, within: float = PATIENCE) -> list[str]:
        """Wait for so many messages in a queue that no function reads; gives their texts."""
        seen: list[str] = []

        def enough() -> list[str] | None:
            seen.extend(self.waiting(queue))
            return seen if len(seen) >= count else None

        return until(enough, lambda: f"{count} messages in {queue}, only {seen}\n{self.log_text()}", within)

    def left(self, queue: str) -> int:
        """How many messages a queue holds, visible or not."""
        return int(self.service.get_queue_client(queue).get_queue_properties().approximate_message_count or 0)

    def until_empty(self, queue: str, within: float = PATIENCE) -> None:
        """Wait until a queue holds nothing at all."""
        until(lambda: self.left(queue) == 0, lambda: f"{queue} is not empty\n{self.log_text()}", within)

    def lines(self, name: str) -> list[str]:
        """What a probe wrote."""
        path = self.app / "probes" / name
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def until_lines(self, name: str, count: int, within: float = PATIENCE) -> list[str]:
        """Wait for so many lines of a probe."""
        return until(
            lambda: found if len(found := self.lines(name)) >= count else None,
            lambda: f"{count} lines of {name}, only {self.lines(name)}\n{self.log_text()}",
            within,
        )

    def log_text(self) -> str:
        """The host's log so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def until_logged(self, text: str, within: float = PATIENCE) -> None:
        """Wait for a text in the log."""
        until(lambda: text in self.log_text(), lambda: f"{text!r} in the log:\n{self.log_text()}", within)


@dataclass(frozen=True)
class RunningHost:
    """A host that has said that it is ready."""

    place: Place
    process: "subprocess.Popen[str]"
    ready: str

    @property
    def url(self) -> str:
        """Where its HTTP side is."""
        return self.ready.split()[2]

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        """Make an HTTP request of it."""
        return requests.request(method, f"{self.url}/{path}", timeout=PATIENCE, **more)  # type: ignore[arg-type]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def new_place(folder: Path, account: str, app: Path = PROBE_APP) -> Iterator[Place]:
    """A copy of an app in a folder, with an account."""
    target = folder / "app"
    shutil.copytree(app, target, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "probes").mkdir()
    with QueueServiceClient.from_connection_string(account) as service:
        yield Place(target, account, service, folder / "host.log")


def only(*names: str) -> dict[str, str]:
    """Settings that leave these functions of the probe app: a host that polls less costs less."""
    return {f"AzureWebJobs.{name}.Disabled": "true" for name in PROBES if name not in names}


@contextmanager
def running_host(
    place: Place, seat: str, *options: str, settings: Mapping[str, str] | None = None
) -> Iterator[RunningHost]:
    """Start a host and end it with the block; whoever stops it earlier looks at the exit code itself."""
    with starting_host(place, seat, *options, settings=settings) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().strip()
        if not ready:
            raise AssertionError(f"the host ended with {process.wait(PATIENCE)}:\n{place.log_text()}")
        host = RunningHost(place, process, ready)
        yield host
        if process.poll() is None:
            code = host.stop()
            assert code == 0, f"the host ended with {code}:\n{place.log_text()}"


@contextmanager
def starting_host(
    place: Place, seat: str, *options: str, settings: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Start a host and promise nothing."""
    command = [sys.executable, "-m", "local", "host", "--app", str(place.app), "--port", "0", "--worker", seat]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AzureWebJobsStorage": place.account,
        "PROBE_STORAGE": place.account,
        "PROBE_QUEUE": "From-Settings",
        "PROBE_FOLDER": str(place.app / "probes"),
        **(settings or {}),
    }
    with (
        place.log.open("ab") as log,
        subprocess.Popen(
            [*command, *options], env=environment, cwd=place.app, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
