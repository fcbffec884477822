"""Text from outside is one line, in one direction."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequest
from shared.domain.one_line import check_line, is_one_line, one_line

HOSTILE = [
    "a\nb",
    "a\rb",
    "\x1b[31m",
    "\x9b31m",
    "a\u2028b",
    "a\u2029b",
    "\u202egpj.exe",
    "\u2066a\u2069",
    "\0",
    "\x7f",
]
PLAIN = ["", "Contoso Ltd", "<b>Größe & 大</b>", "=1+1", "عربي", "שלום", "👩‍💻", "O'Neill; DROP TABLE x", "{'a': 1}"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_gives_orders_is_refused_without_being_quoted_and_shown_as_a_mark(text: str) -> None:
    assert not is_one_line(text)
    assert is_one_line(one_line(text))
    assert len(one_line(text)) == len(text)
    with pytest.raises(InvalidRequest) as caught:
        check_line("reason", text)
    assert str(caught.value) == "reason: one line without control characters is expected"


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    check_line("reason", text)
    assert one_line(text) == text


@given(st.text(st.characters()))
def test_what_is_left_has_no_control_character_and_no_line_end(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in shown)
    assert not any(unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF") for char in shown)
    assert one_line(shown) == shown
