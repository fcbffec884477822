"""Start, orderly stop, sudden end, and what survives them."""

import json
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from local.host.failures import HostError
from local.host.ncrontab import parse_schedule
from local.host.seat import SeatName, open_seat
from local.host.timer_status import Status, StatusStore
from tests.host.running import PATIENCE, ROOT, Place, only, running_host, starting_host

ENDS = "embedded"  # what does not depend on the seat is tried on one


def on_one_seat(test: Callable[..., None]) -> Callable[..., None]:
    """The marks of a test that starts a host and does not try every seat."""
    return cast("Callable[..., None]", pytest.mark.host(pytest.mark.xdist_group(f"own-{ENDS}")(test)))


def failed_start(place: Place, seat: str, *options: str, settings: dict[str, str] | None = None) -> str:
    """The log of a host that must not start."""
    with starting_host(place, seat, *options, settings=settings) as process:
        output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (1, "")
    return place.log_text()


def test_sigterm_lets_what_is_running_finish_and_starts_nothing_new(seat: str, new_app: Callable[..., Place]) -> None:
    place = new_app()
    with running_host(place, seat, settings=only("slow")) as host, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(host.ask, "GET", "api/sleeps?seconds=1")
        place.send("slow", "1")
        place.until_lines("slow", 1)
        place.until_lines("sleeps", 1)
        host.process.send_signal(signal.SIGTERM)
        place.until_logged("Stopping: no new work")
        place.send("slow", "0")
        assert host.process.wait(PATIENCE) == 0
        assert answer.result().text == "rested"
    assert [line.split()[0] for line in place.lines("slow")] == ["start", "end"]
    assert place.left("slow") == 1


def test_what_does_not_finish_in_time_is_abandoned_and_stays_in_its_queue(
    seat: str, new_app: Callable[..., Place]
) -> None:
    place = new_app()
    with running_host(place, seat, "--grace-seconds", "0.3", settings=only("slow", "in_thread")) as host:
        for name in ("slow", "threads"):
            place.send(name, "9")
            place.until_lines(name, 1)
        assert host.stop(signal.SIGINT) == 1
    assert (place.left("slow"), place.left("threads")) == (1, 1)


def test_after_a_sudden_end_the_message_comes_back_and_is_finished(seat: str, new_app: Callable[..., Place]) -> None:
    place = new_app()
    with running_host(place, seat, "--lease-seconds", "2", settings=only("slow")) as host:
        place.send("slow", "0.5")
        place.until_lines("slow", 1)
        assert host.stop(signal.SIGKILL) == -signal.SIGKILL
    with running_host(place, seat, "--lease-seconds", "2", settings=only("slow")) as host:
        lines = [line.split() for line in place.until_lines("slow", 3)]
        assert [word for word, _ in lines] == ["start", "start", "end"]
        assert lines[0][1] != lines[1][1] == lines[2][1] == str(host.process.pid)
        place.until_empty("slow")


def test_a_timer_that_missed_its_time_is_told_so_once(seat: str, new_app: Callable[..., Place]) -> None:
    place = new_app()
    settings = only("hourly") | {"AzureFunctionsWebHost__hostid": "probe"}
    store = StatusStore(place.account, "probe")
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    store.write("hourly", Status(last, last + timedelta(hours=1), last))
    for _ in range(2):
        with running_host(place, seat, settings=settings):
            (line,) = place.until_lines("hourly", 1)
            assert json.loads(line)["past_due"] is True
            assert json.loads(line)["status"]["Last"] == last.isoformat()
    kept = store.read("hourly")
    assert kept is not None
    assert last + timedelta(hours=3) <= kept.last <= datetime.now(UTC)
    assert kept.next == parse_schedule("0 0 * * * *").after(kept.last)


@on_one_seat
def test_keys_open_what_they_are_for(new_app: Callable[..., Place]) -> None:
    place = new_app()
    keys = place.app / "keys.json"
    keys.write_text(json.dumps({"master": "m", "host": {"default": "h"}, "functions": {"keyed": {"default": "own"}}}))
    with running_host(place, ENDS, "--keys", str(keys), settings=only()) as host:

        def status(path: str, key: str = "") -> int:
            return host.ask("GET", path, headers={"x-functions-key": key} if key else {}).status_code

        assert status("api/plain") == 200
        assert [status("api/tuple", key) for key in ("", "wrong", "own", "h", "m")] == [401, 401, 201, 201, 201]
        assert [status("api/adm", key) for key in ("", "own", "h", "m")] == [401, 401, 401, 200]
        assert [status("admin/host/status", key) for key in ("", "h", "m")] == [401, 401, 200]
        assert status("api/tuple?code=own") == 201
        assert host.ask("POST", "admin/functions/hourly", json={}).status_code == 401
    assert place.lines("hourly") == []


BROKEN = {
    "import nowhere_to_be_found": "No module named 'nowhere_to_be_found'",
    (
        "import azure.functions as func\napp = func.FunctionApp()\n"
        "@app.queue_trigger(arg_name='msg', queue_name='q', connection='S')\ndef f(other): ..."
    ): "f function",
}


@pytest.mark.parametrize("script", BROKEN, ids=["import", "signature"])
def test_an_app_that_cannot_be_indexed_ends_the_host_with_the_reason(
    seat: str, new_app: Callable[..., Place], script: str
) -> None:
    log = failed_start(new_app(script), seat)
    assert "The host cannot start: " in log
    assert BROKEN[script] in log
    assert "site-packages" not in log


def test_a_broken_app_is_shown_with_its_own_lines_alone(seat: str, new_app: Callable[..., Place]) -> None:
    place = new_app("def inner():\n    raise RuntimeError('here')\n\ninner()\n")
    lines = failed_start(place, seat).splitlines()
    assert lines[0].endswith("The host cannot start: RuntimeError: here")
    assert [line.strip() for line in lines[1:] if line.strip().startswith("File")] == [
        f'File "{place.app}/function_app.py", line 4, in <module>',
        f'File "{place.app}/function_app.py", line 2, in inner',
    ]


@on_one_seat
def test_an_app_without_storage_runs_if_it_needs_none(new_app: Callable[..., Place]) -> None:
    script = (
        "import azure.functions as func\napp = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)\n"
        "@app.route('hi')\ndef hi(req: func.HttpRequest) -> str:\n    return 'hello'\n"
    )
    with running_host(new_app(script), ENDS, settings={"AzureWebJobsStorage": ""}) as host:
        assert host.ask("GET", "api/hi").text == "hello"


def test_this_projects_own_app_is_indexed_without_any_setting(
    seat: str, new_app: Callable[..., Place], tmp_path: Path
) -> None:
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("function_app.py", "host.json"):
        shutil.copy(ROOT / name, tmp_path)
    place = new_app(tmp_path)
    with running_host(place, seat, settings={"AzureWebJobsStorage": ""}) as host:
        assert "Function 'verify' does not run: connection 'KEEPER_STORAGE' is not set" in place.log_text()
        assert host.ask("GET", "admin/functions").json()


@on_one_seat
def test_a_port_that_is_taken_is_named(new_app: Callable[..., Place]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert f"port {port} cannot be used" in failed_start(new_app(), ENDS, "--port", port)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="it has one")
def test_an_older_python_has_no_official_worker() -> None:
    with pytest.raises(HostError, match=r"Python 3\.13"):
        open_seat(SeatName.OFFICIAL)
