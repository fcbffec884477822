"""JSON in the one way in which every reader reads it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.strict_json import NotStrict, parse_strictly

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
WRONG = [
    (b'{"a":1,"a":2}', "twice"),
    (b'{"a":1,"\\u0061":2}', "twice"),
    (b'[{"b":{"a":null,"a":null}}]', "twice"),
    (b"1.0", "whole"),
    (b"[1e3]", "whole"),
    (b"1E400", "whole"),
    (b"NaN", "whole"),
    (b"[-Infinity]", "whole"),
    (b"-0", "canonical"),
    (b'"\\ud800"', "surrogate"),
    (b'{"\\udfff":1}', "surrogate"),
    (b"[" * 9 + b"1" + b"]" * 9, "too deep"),
    (b"[" * 60_000, "not JSON"),
    (b"9" * 60_000, "not JSON"),
    (b"\xed\xa0\x80", "not JSON"),
    (b"\xef\xbb\xbf{}", "not JSON"),
    (b"{} {}", "not JSON"),
    (b"'a'", "not JSON"),
    (b"01", "not JSON"),
    (b"\x00", "not JSON"),
    (b'"a\nb"', "not JSON"),
]


@pytest.mark.parametrize(("text", "why"), WRONG, ids=lambda value: ascii(value[:20]))
def test_what_parsers_disagree_on_is_refused_by_name(text: bytes, why: str) -> None:
    with pytest.raises(NotStrict, match=why):
        parse_strictly(text)


def test_depth_counts_lists_and_objects_alike() -> None:
    assert parse_strictly(b"[" * 8 + b"1" + b"]" * 8)
    assert parse_strictly(b'{"a":' * 8 + b"1" + b"}" * 8)


@given(DOCUMENTS)
def test_what_is_strict_comes_back_as_it_was(document: object) -> None:
    try:
        assert parse_strictly(json.dumps(document).encode()) == document
    except NotStrict as error:
        assert "too deep" in str(error)  # noqa: PT017 - only deep documents may be refused


@settings(max_examples=500)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:01e-.\\ud8', max_size=40).map(str.encode))
def test_any_bytes_end_in_a_document_or_in_one_error(text: bytes) -> None:
    try:
        json.dumps(parse_strictly(text)).encode()
    except NotStrict as error:
        assert str(error).isascii()  # noqa: PT017 - nothing is quoted
