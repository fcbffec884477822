"""This host gives the very answers that the real one gave when it was recorded."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.host.running import RunningHost

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden/answers.json").read_text("utf-8"))
TEXTS = [name.removeprefix("str:") for name in GOLDEN if name.startswith("str:")]
# Nothing arrives for these: one is no JSON and one is too large.
UNSENDABLE = ("not_json_brace", "big")
BODIES = [name.removeprefix("bytes:") for name in GOLDEN if name.startswith("bytes:")]
# What the recording calls by other names than this host's probes do, or what says nothing about a host.
ELSEWHERE = {"list", "none", "big50000", "poison o-in", "qm", "typed_str", "typed_str_binary", "timer_startup", "http"}
ELSEWHERE |= {"slow_inflight_peekable"}
HTTP = [
    ("plain", "GET", "api/plain", b""),
    ("keyed_get", "GET", "api/tuple", b""),
    ("keyed_int", "POST", "API/Tuple/5/?a=1&a=2&empty=", b'{"z":1}'),
    ("keyed_bad", "GET", "api/tuple/five", b""),
    ("none", "GET", "api/none", b""),
    ("adm", "GET", "api/adm", b""),
]


def recorded(name: str) -> list[str]:
    found: list[str] = GOLDEN[name]
    return found


def as_recorded(texts: list[str]) -> list[str]:
    """Messages as the recording shows them: bodies that are text, ``RAW:`` and the wire's text for others."""
    return sorted(_shown(text) for text in texts)


def _shown(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return f"RAW:{text}"


def test_every_recorded_answer_is_compared() -> None:
    compared = {f"str:{name}" for name in TEXTS} | {f"bytes:{name}" for name in BODIES} | ELSEWHERE
    assert set(GOLDEN) == compared
    assert set(GOLDEN["http"]) == {name for name, *_ in HTTP}


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in UNSENDABLE])
def test_a_text_output_is_rewritten_as_the_real_host_does(host: RunningHost, name: str) -> None:
    host.place.send("texts", name)
    expected = recorded(f"str:{name}")
    assert as_recorded(host.place.arrivals("texts-out", len(expected))) == sorted(expected)


def test_a_list_becomes_one_message_for_each_element_word_for_word(host: RunningHost) -> None:
    host.place.send("texts", "list")
    assert as_recorded(host.place.arrivals("texts-out", 3)) == sorted(recorded("list"))


def test_an_output_that_is_not_set_sends_nothing(host: RunningHost) -> None:
    host.place.send("texts", "none")
    host.place.until_empty("texts")
    assert host.place.waiting("texts-out") == recorded("none")


def test_an_output_that_cannot_be_sent_fails_the_invocation_until_the_message_is_parked(host: RunningHost) -> None:
    for name in UNSENDABLE:
        host.place.send("texts", name)
    assert as_recorded(host.place.arrivals("texts-poison", 2)) == sorted(recorded("poison o-in"))
    assert host.place.waiting("texts-out") == recorded("str:not_json_brace") + recorded("big50000")


@pytest.mark.parametrize("name", BODIES)
def test_a_bytes_output_is_sent_word_for_word(host: RunningHost, name: str) -> None:
    host.place.send("bodies", name)
    assert as_recorded(host.place.arrivals("bodies-out", 1)) == recorded(f"bytes:{name}")


def test_a_returned_queue_message_is_sent_with_its_id_around_it(host: RunningHost) -> None:
    host.place.send("returned", "any")
    assert as_recorded(host.place.arrivals("returned-out", 1)) == recorded("qm")


def test_a_trigger_declared_as_text_gets_text(host: RunningHost) -> None:
    host.place.send("typed", '{"a":1}')
    assert as_recorded(host.place.arrivals("typed-out", 1)) == recorded("typed_str")


def test_a_body_that_is_no_text_is_parked(host: RunningHost) -> None:
    host.place.send("typed", b"\xff\xfe\x00")
    assert as_recorded(host.place.arrivals("typed-poison", 1)) == ["RAW://4A"]
    assert host.place.waiting("typed-out") == recorded("typed_str_binary")


def test_a_monitored_timer_is_told_its_status_as_the_real_host_tells_it(host: RunningHost) -> None:
    sent = as_recorded(host.place.arrivals("timer-out", 1)[:1])[0]
    next_time = re.compile(r"'Next': '\d{4}-\d\d-\d\dT\d\d:\d[05]:00\+00:00'")
    assert next_time.sub("", sent) == next_time.sub("", recorded("timer_startup")[0])
    assert next_time.search(sent)


def test_a_message_whose_function_runs_cannot_be_seen_by_others(host: RunningHost) -> None:
    before = len(host.place.lines("slow"))
    host.place.send("slow", "0.5")
    host.place.until_lines("slow", before + 1)
    assert len(host.place.waiting("slow")) == GOLDEN["slow_inflight_peekable"]
    host.place.until_empty("slow")


@pytest.mark.parametrize(("name", "method", "path", "body"), HTTP, ids=lambda value: str(value)[:12])
def test_http_is_answered_as_the_real_host_does(
    host: RunningHost, name: str, method: str, path: str, body: bytes
) -> None:
    answer = host.ask(method, path, data=body)
    assert [answer.status_code, answer.text] == GOLDEN["http"][name]
