"""The queue trigger, on a host with leases of two seconds."""

import base64
import json
import time
from collections.abc import Callable, Iterator

import pytest
from azure.core.exceptions import ResourceNotFoundError

from local.azurite import Azurite
from tests.host.conftest import LEASE
from tests.host.running import Place, RunningHost, new_place, only, running_host

WEEK = 7 * 24 * 3600
OVERRIDES = {
    "batchSize": "2",
    "newBatchThreshold": "1",
    "visibilityTimeout": "00:00:01",
    "maxDequeueCount": "2",
}


def test_a_function_is_told_the_details_of_its_message(host: RunningHost) -> None:
    before = len(host.place.lines("details"))
    identity = host.place.send("details", "héllo")
    seen = json.loads(host.place.until_lines("details", before + 1)[-1])
    inserted, expires, next_visible = seen.pop("seconds")
    assert -3 <= inserted <= 0
    assert WEEK - 3 <= expires <= WEEK
    assert LEASE - 3 <= next_visible <= LEASE
    assert seen == {
        "id": identity,
        "dequeue_count": 1,
        "pop_receipt": True,
        "body": "héllo",
        "function": "say_details",
        "trace": True,
    }


def test_queue_and_connection_may_come_from_settings(host: RunningHost) -> None:
    host.place.send("from-settings", "here")
    assert host.place.until_lines("settings", 1) == ["here"]


def test_a_function_whose_setting_is_missing_is_refused_in_one_line_and_the_others_run(host: RunningHost) -> None:
    lines = [line for line in host.place.log_text().splitlines() if "without_setting" in line]
    assert len(lines) == 1
    assert lines[0].endswith(
        "Function 'without_setting' does not run: "
        "'%PROBE_MISSING%' does not resolve to a value: there is no setting PROBE_MISSING"
    )
    assert host.ask("GET", "api/plain").status_code == 200


def test_functions_longer_than_their_lease_run_once_and_timers_fire_even_while_a_function_blocks_the_event_loop(
    host: RunningHost,
) -> None:
    starts = [(name, len(host.place.lines(name))) for name in ("slow", "threads")]
    fired = "Executing 'Functions.every_second'"
    # Between two runs of the timer; it does not fire while it runs.
    host.place.until_lines("every_second_ends", len(host.place.lines("every_second_ends")) + 1)
    before = host.place.log_text().count(fired)
    for name, start in starts:
        host.place.send(name, str(LEASE + 1))
        host.place.until_lines(name, start + 1)
    assert host.ask("GET", f"api/blocks?seconds={LEASE + 0.5}").text == "at last"
    assert host.place.log_text().count(fired) > before
    for name, start in starts:
        host.place.until_lines(name, start + 2)
        host.place.until_empty(name)
        assert [line.split()[0] for line in host.place.lines(name)[start:]] == ["start", "end"]


def test_a_failing_message_is_tried_five_times_at_once_and_then_parked_as_it_was(host: RunningHost) -> None:
    host.place.send("failing", "to be parked")
    assert host.place.until_lines("failing-poison", 1)[0] == "1 to be parked"
    assert [line.split()[0] for line in host.place.lines("failing")] == ["1", "2", "3", "4", "5"]
    assert host.place.left("failing") == 0
    host.place.until_logged("Message has reached MaxDequeueCount of 5. Moving message to queue 'failing-poison'.")


def test_a_message_that_fails_among_the_parked_ones_is_tried_again_after_the_lease_and_not_parked_again(
    host: RunningHost,
) -> None:
    started = time.monotonic()
    host.place.send("failing-poison", "bad")
    bad = ["1 bad", "2 bad"]
    while [line for line in host.place.lines("failing-poison") if "bad" in line][:2] != bad:
        assert time.monotonic() - started < LEASE * 5
        time.sleep(0.05)
    assert time.monotonic() - started > LEASE * 0.9
    with pytest.raises(ResourceNotFoundError):
        host.place.left("failing-poison-poison")


@pytest.mark.parametrize("text", ["no base64!", '{"a":1}', "<é&>"])
def test_a_message_that_is_not_base64_is_parked_as_it_is_and_no_function_sees_it(host: RunningHost, text: str) -> None:
    host.place.send("typed", text, raw=True)
    assert host.place.arrivals("typed-poison", 1) == [text]
    assert host.place.waiting("typed-out") == []


@pytest.fixture(scope="module")
def tuned(seat: str, azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """The probe app with other options of the queues, by the environment."""
    settings = {f"AzureFunctionsJobHost__extensions__queues__{name}": value for name, value in OVERRIDES.items()}
    settings |= {"AzureFunctionsJobHost__functionTimeout": "00:00:01"}
    settings |= only("slow", "in_thread", "failing", "failing_poison")
    with (
        new_place(tmp_path_factory.mktemp(f"tuned-{seat}"), azurite.empty_account()) as place,
        running_host(place, seat, settings=settings) as running,
    ):
        yield running


def test_batch_and_threshold_bound_how_many_run_side_by_side(tuned: RunningHost) -> None:
    for seconds in ("0.2", *["0.6"] * 5):
        tuned.place.send("slow", seconds)
    running, most = 0, 0
    for line in tuned.place.until_lines("slow", 12):
        running += 1 if line.startswith("start") else -1
        most = max(most, running)
    assert most == 3


def test_a_failed_message_waits_for_the_visibility_timeout_and_is_parked_at_the_highest_count(
    tuned: RunningHost,
) -> None:
    tuned.place.send("failing", "x")
    assert tuned.place.until_lines("failing-poison", 1) == ["1 x"]
    (first, earlier), (second, later) = [line.split() for line in tuned.place.lines("failing")]
    assert (first, second) == ("1", "2")
    assert float(later) - float(earlier) >= 1


def test_a_function_that_exceeds_the_time_limit_has_failed(tuned: RunningHost) -> None:
    before = len(tuned.place.lines("slow"))
    tuned.place.send("slow", "30")
    tuned.place.send("threads", "2")
    (text,) = tuned.place.arrivals("slow-poison", 1)
    assert base64.b64decode(text) == b"30"
    assert [line.split()[0] for line in tuned.place.lines("slow")[before:]] == ["start", "start"]
    tuned.place.arrivals("threads-poison", 1)
    tuned.place.until_logged("Timeout value of 1 seconds was exceeded by function in_thread")


def test_a_thread_that_never_ends_does_not_keep_a_stopped_host(seat: str, new_app: Callable[..., Place]) -> None:
    place = new_app()
    settings = only("in_thread") | {"AzureFunctionsJobHost__functionTimeout": "00:00:00.2"}
    settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1"
    with running_host(place, seat, settings=settings) as host:
        place.send("threads", "60")
        place.arrivals("threads-poison", 1)
        assert host.stop() == 0
