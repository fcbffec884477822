"""Text from outside gives no orders."""

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from cli.inert import cell, markdown, one_line
from cli.sheets import grid

TEXT = st.text(st.characters(codec=None), max_size=40)


@given(TEXT)
def test_one_line_is_one_line_and_begins_no_escape(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", shown)
    shown.encode()


@given(st.sampled_from("=+-@\t\r＝"), TEXT, st.sampled_from(["", " ", "  ", "\u00a0"]))
def test_no_cell_begins_as_a_formula(first: str, text: str, before: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerow([cell(before + first + text)])
    ((shown,),) = list(csv.reader(io.StringIO(file.getvalue())))
    assert shown.startswith("'")


@given(TEXT)
def test_a_cell_that_is_no_formula_stays_as_it_is(text: str) -> None:
    plain = "a" + one_line(text)
    assert cell(plain) == plain


@given(TEXT)
def test_markdown_has_no_cell_too_many_and_no_html(text: str) -> None:
    shown = markdown(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", shown)
    assert "<" not in shown


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_columns_stand_below_one_another(rows: list[tuple[str, str]]) -> None:
    assert len(list(grid(rows))) == len(rows)
