import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.configuration import HostOptions, expand, read_options, read_settings, seconds_of
from local.host.failures import FunctionRefused, HostError


def options(folder: Path, environment: dict[str, str] | None = None, **more: object) -> HostOptions:
    (folder / "host.json").write_text(json.dumps({"version": "2.0", **more}))
    return read_options(folder, environment or {})


def queues(**values: object) -> dict[str, Any]:
    return {"extensions": {"queues": values}}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00:00", 0), ("00:00:01.5", 1.5), ("1:2:3", 3723), ("1.00:00:00", 86400), ("23:59:59.9999999", 86399.9999999)],
)
def test_a_time_span_in_seconds(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "00:05", "00:60:00", "00:00:60", "24:00:00", "-00:00:01", "a:b:c", "None"])
def test_what_is_no_time_span_is_refused(text: str) -> None:
    with pytest.raises(HostError, match="hh:mm:ss"):
        seconds_of(text)


@settings(max_examples=30)
@given(st.integers(0, 9), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_every_time_span_is_read(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"{days}.{hours:02}:{minutes:02}:{seconds:02}"
    assert seconds_of(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def test_defaults_are_the_real_hosts_in_development(tmp_path: Path) -> None:
    found = options(tmp_path)
    assert (found.route_prefix, found.timeout_seconds) == ("api", 1800)
    assert (found.queues.batch_size, found.queues.max_dequeue_count, found.queues.base64) == (16, 5, True)
    assert (found.queues.retry_seconds, found.queues.max_polling_seconds) == (0, 2)


def test_names_are_read_in_any_case(tmp_path: Path) -> None:
    found = options(
        tmp_path, FUNCTIONTIMEOUT="00:00:07", Extensions={"Queues": {"BATCHSIZE": 3, "messageencoding": "None"}}
    )
    assert (found.timeout_seconds, found.queues.batch_size, found.queues.base64) == (7, 3, False)


def test_the_threshold_follows_the_batch(tmp_path: Path) -> None:
    assert options(tmp_path, **queues(batchSize=1)).queues.new_batch_threshold == 0
    assert options(tmp_path, **queues(batchSize=1, newBatchThreshold=4)).queues.new_batch_threshold == 4


def test_the_environment_overrides_host_json(tmp_path: Path) -> None:
    environment = {
        "AzureFunctionsJobHost__extensions__queues__batchSize": "2",
        "AZUREFUNCTIONSJOBHOST__functionTimeout": "-1",
        "AzureFunctionsJobHost__extensions__http__routePrefix": "",
    }
    found = options(tmp_path, environment, **queues(batchSize=9))
    assert (found.queues.batch_size, found.timeout_seconds, found.route_prefix) == (2, None, "")


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"batchSize": 0}, "batchSize"),
        ({"batchSize": 33}, "batchSize"),
        ({"batchSize": "many"}, "batchSize"),
        ({"batchSize": 1.5}, "batchSize"),
        ({"newBatchThreshold": -1}, "newBatchThreshold"),
        ({"maxDequeueCount": 0}, "maxDequeueCount"),
        ({"visibilityTimeout": "5"}, "visibilityTimeout"),
        ({"maxPollingInterval": 5}, "maxPollingInterval"),
        ({"messageEncoding": "utf-8"}, "messageEncoding"),
    ],
)
def test_a_wrong_value_of_the_queues_is_named(tmp_path: Path, values: dict[str, object], names: str) -> None:
    with pytest.raises(HostError, match=rf"host\.json.*{names}"):
        options(tmp_path, **queues(**values))


def test_a_wrong_time_limit_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"host\.json.*functionTimeout"):
        options(tmp_path, functionTimeout="5 minutes")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": "1.0"}', "{}"])
def test_a_host_json_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "host.json").write_text(text)
    with pytest.raises(HostError, match=r"host\.json"):
        read_options(tmp_path, {})


def test_a_missing_host_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"host\.json is not there"):
        read_options(tmp_path, {})


def test_this_projects_own_host_json_is_understood() -> None:
    found = read_options(Path(__file__).parents[2], {})
    assert (found.queues.batch_size, found.queues.retry_seconds) == (32, 30)


def test_settings_come_from_the_environment_above_the_file(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text('\ufeff{"Values": {"A": "file", "B": 1}}', "utf-8")
    assert read_settings(tmp_path, {"A": "environment"}) == {"A": "environment", "B": "1"}


def test_a_settings_file_without_values_gives_none(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text("{}")
    assert read_settings(tmp_path, {"A": "1"}) == {"A": "1"}


@pytest.mark.parametrize("text", ["", "[]", '{"Values": []}'])
def test_a_settings_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "local.settings.json").write_text(text)
    with pytest.raises(HostError, match=r"local\.settings\.json"):
        read_settings(tmp_path, {})


def test_settings_take_the_place_of_their_names() -> None:
    assert expand("%A%-x-%B%", {"A": "one", "B": "%A%"}) == "one-x-%A%"
    assert expand("50% of it", {}) == "50% of it"


def test_a_missing_or_empty_setting_is_named() -> None:
    for settings_ in ({}, {"QUEUE": ""}):
        with pytest.raises(FunctionRefused, match="there is no setting QUEUE"):
            expand("%QUEUE%", settings_)


def test_binding_expressions_are_refused() -> None:
    with pytest.raises(FunctionRefused, match="braces"):
        expand("out-{id}", {})
