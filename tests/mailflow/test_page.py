"""docs/mail-flow.md and its pictures are what the evaluator says."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools.mail_flow_page import FOLDER, PAGE, drawings, page

DRAWN = drawings()


def test_the_page_is_what_the_evaluator_says() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text


def test_a_table_that_was_changed_by_hand_is_made_anew() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text.replace("| outage |", "| cosmetic |")) == text


@pytest.mark.parametrize("name", DRAWN)
def test_each_picture_is_what_the_evaluator_draws_and_says_so_in_words(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == DRAWN[name]
    title = ET.fromstring(DRAWN[name]).find("{http://www.w3.org/2000/svg}title")  # noqa: S314 - our own
    assert title is not None
    assert title.text
    assert f"mail-flow/{name}" in PAGE.read_text(encoding="utf-8")


def test_no_picture_is_left_over_and_none_shows_a_stamp() -> None:
    assert {path.name for path in Path(FOLDER).iterdir()} == set(DRAWN)
    assert not any("stamp-" in svg for svg in DRAWN.values())
