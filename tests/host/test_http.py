"""The HTTP side: routes, methods, headers, failures, the host's own paths."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.host.running import RunningHost


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_a_method_that_the_function_does_not_declare_is_not_found(host: RunningHost, method: str) -> None:
    answer = host.ask(method, "api/headers")
    assert (answer.status_code, answer.content, "Allow" in answer.headers) == (404, b"", False)


@pytest.mark.parametrize(
    "path", ["", "api", "api/", "api/nothing", "plain", "api/plain/more", "API/PLAIN/x", "favicon.ico"]
)
def test_a_path_without_a_function_is_not_found(host: RunningHost, path: str) -> None:
    assert host.ask("GET", path).status_code == 404


@pytest.mark.parametrize("path", ["api/plain", "API/Plain", "api/plain/", "api/plain?code=any"])
def test_a_path_is_found_in_any_case_and_with_a_slash_at_its_end(host: RunningHost, path: str) -> None:
    answer = host.ask("GET", path)
    assert (answer.status_code, answer.text) == (200, "just a str")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "PATCH"])
def test_a_function_that_declares_no_method_answers_every_one(host: RunningHost, method: str) -> None:
    assert host.ask(method, "api/plain").status_code == 200


def test_a_function_sees_the_request_as_it_was_sent(host: RunningHost) -> None:
    answer = host.ask("POST", "api/headers?q=%C3%A9", data=b"x", headers={"X-Some-Header": "Value"})
    seen = answer.json()
    assert (seen["method"], seen["url"]) == ("POST", f"{host.url}/api/headers?q=%C3%A9")
    assert seen["headers"]["x-some-header"] == "Value"


def test_headers_and_cookies_of_an_answer_arrive(host: RunningHost) -> None:
    answer = host.ask("POST", "api/headers")
    assert (answer.headers["X-Probe"], answer.headers["Content-Type"]) == ("yes", "application/json")
    lines = answer.raw.headers.getlist("set-cookie")
    one, two = sorted(lines)
    assert {part.strip().lower() for part in one.split(";")} == {
        "one=1",
        "path=/",
        "httponly",
        "samesite=lax",
        "secure",
        "max-age=60",
    }
    assert {part.strip().lower() for part in two.split(";")} == {"two=2", "domain=example.org"}


def test_an_exception_is_a_bare_500_and_its_traceback_is_in_the_log_alone(host: RunningHost) -> None:
    answer = host.ask("GET", "api/raises")
    assert (answer.status_code, answer.content) == (500, b"")
    host.place.until_logged("RuntimeError: no answer today")


def test_a_line_that_the_app_logs_is_in_the_log(host: RunningHost) -> None:
    host.ask("POST", "api/headers")
    host.place.until_logged("\na line of the app's own\n")


@pytest.mark.parametrize("path", ["asgi/", "asgi/a/b", "asgi/a%20b"])
def test_an_asgi_application_answers_below_its_route(host: RunningHost, path: str) -> None:
    answer = host.ask("GET", f"api/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (202, "application/json")
    assert answer.json() == {"path": f"/api/{path}".replace("%20", " ")}


@pytest.mark.parametrize("name", ["sleeps", "thread"])
def test_calls_are_answered_side_by_side(host: RunningHost, name: str) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: host.ask("GET", f"api/{name}?seconds=0.5").text, range(12)))
    assert answers == ["rested"] * 12
    assert time.monotonic() - started < 0.5 * 6


def test_the_host_says_that_it_runs_and_which_functions_it_has(host: RunningHost) -> None:
    assert host.ask("GET", "admin/host/status").json() == {"state": "Running"}
    names = [function["name"] for function in host.ask("GET", "admin/functions").json()]
    assert {"plain", "hourly", "send_text"} <= set(names)
    assert host.ready.split()[3] == f"functions={len(names)}"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "admin/functions/nothing", b"{}", 404),
        ("POST", "admin/functions/without_setting", b"{}", 404),
        ("POST", "admin/functions/hourly", b"no json", 400),
        ("POST", "admin/functions/hourly", b"[]", 400),
        ("DELETE", "admin/functions/hourly", b"", 404),
        ("GET", "admin/secrets", b"", 404),
    ],
)
def test_what_the_hosts_own_paths_do_not_know_they_refuse(
    host: RunningHost, method: str, path: str, body: bytes, status: int
) -> None:
    assert host.ask(method, path, data=body).status_code == status


def test_a_timer_function_runs_when_an_operator_asks(host: RunningHost) -> None:
    before = len(host.place.lines("hourly"))
    answer = host.ask("POST", "admin/functions/hourly", json={"input": ""})
    assert (answer.status_code, answer.content) == (202, b"")
    seen = json.loads(host.place.until_lines("hourly", before + 1)[-1])
    assert seen["past_due"] is False


def test_a_queue_function_runs_when_an_operator_asks_without_a_message(host: RunningHost) -> None:
    before = len(host.place.lines("details"))
    assert host.ask("POST", "admin/functions/Say_Details", json={"input": "by hand"}).status_code == 202
    seen = json.loads(host.place.until_lines("details", before + 1)[-1])
    assert (seen["body"], seen["dequeue_count"], seen["id"], seen["seconds"]) == ("by hand", 0, None, [])


def test_an_http_function_runs_when_an_operator_asks(host: RunningHost) -> None:
    before = len(host.place.lines("sleeps"))
    assert host.ask("POST", "admin/functions/sleeps", json={"input": {"any": 1}}).status_code == 202
    host.place.until_lines("sleeps", before + 1)
