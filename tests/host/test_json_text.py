import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.invocation import HttpCall, Typed
from local.host.json_text import rewritten
from local.host.outputs import BadOutput, messages_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T13:26:36.120000+00:00", "2026-11-23T13:26:36.12+00:00"),
        ("2026-11-23T13:26:36.000000Z", "2026-11-23T13:26:36Z"),
        ("2026-11-23T13:26:36.5", "2026-11-23T13:26:36.5"),
        ("2026-11-23T13:26:36+02:00", "2026-11-23T11:26:36+00:00"),
        ("2026-11-23T23:26:36-05:30", "2026-11-24T04:56:36+00:00"),
        ("2026-11-23T13:26:36.123456789Z", "2026-11-23T13:26:36.1234567Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
        ("2026-13-23T13:26:36Z", "2026-13-23T13:26:36Z"),
        ("2026-11-23T13:26:36+99:00", "2026-11-23T13:26:36+99:00"),
        ("2026-11-23", "2026-11-23"),
        ("on 2026-11-23T13:26:36.120000Z", "on 2026-11-23T13:26:36.120000Z"),
    ],
)
def test_dates_inside_json_are_written_anew(text: str, expected: str) -> None:
    assert json.loads(rewritten({"at": [text]})) == {"at": [expected]}


def test_json_is_indented_and_keeps_its_letters() -> None:
    assert rewritten({"a": [1, {}], "é": []}) == '{\n  "a": [\n    1,\n    {}\n  ],\n  "é": []\n}'


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text('xyz\n"\\é', max_size=5), max_size=4
    )
)
def test_rewriting_changes_the_form_and_not_the_content(value: dict[str, object]) -> None:
    assert json.loads(rewritten(value)) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", ["hello"]),
        ("", [""]),
        ('"quoted"', ['"quoted"']),
        ("[]", []),
        (' [1,"a",null] ', ["1", "a", "null"]),
        ("{1", ["{1"]),
    ],
)
def test_what_a_text_output_becomes(text: str, expected: list[str]) -> None:
    assert [body.decode() for body in messages_of(Typed("string", text))] == expected


def test_bytes_stay_as_they_are() -> None:
    assert messages_of(Typed("bytes", b"{ }\xff")) == [b"{ }\xff"]


@pytest.mark.parametrize(
    "value", [Typed("string", "{no json}"), Typed("json", "no"), Typed("string", "[" * 9999 + "]")]
)
def test_what_looks_like_json_and_is_none_cannot_be_sent(value: Typed) -> None:
    with pytest.raises(BadOutput, match="looks like JSON"):
        messages_of(value)


def test_an_http_value_cannot_be_sent_to_a_queue() -> None:
    with pytest.raises(BadOutput, match="http"):
        messages_of(Typed("http", HttpCall("GET", "/", {}, {}, {}, b"")))
