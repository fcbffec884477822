"""Keys in which the newest comes first, and cursors to them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.newest_first import MOMENT, moment_key, page_of, read_cursor, write_cursor
from shared.domain.errors import InvalidRequest

ANY = re.compile(".*", re.DOTALL)
INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(INSTANTS, INSTANTS)
def test_a_later_moment_sorts_first(one: datetime, other: datetime) -> None:
    assert (moment_key(one) < moment_key(other)) == (one > other)
    assert (moment_key(one) == moment_key(other)) == (one == other)
    assert re.fullmatch(MOMENT, moment_key(one))


def test_a_microsecond_counts() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment_key(now + timedelta(microseconds=1)) < moment_key(now)


@given(st.text("0123456789abcdef-"))
def test_a_cursor_reads_as_it_was_written(key: str) -> None:
    assert read_cursor(write_cursor(key), ANY) == key


@given(st.text())
def test_what_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(text, re.compile("no key has this form"))


def test_a_cursor_to_a_key_of_another_form_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(write_cursor("open-1"), re.compile(r"open-\d\d"))


@given(st.integers(0, 12), st.integers(1, 12))
def test_a_cursor_is_given_exactly_where_there_is_more(there: int, limit: int) -> None:
    page, cursor = page_of(((f"{n}", n) for n in range(there)), limit)
    assert page == list(range(min(there, limit)))
    assert cursor == (write_cursor(f"{limit - 1}") if there > limit else None)
