"""The reference page says what the twin is."""

import re
from dataclasses import fields
from pathlib import Path

from local.twin.cmdlets import known
from local.twin.faults import Fault
from local.twin.registry import registry
from local.twin.switches import Switches, positions
from tools.twin_page import page

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "twin.md").read_text("utf-8")
GRADES = {"seen live", "documented", "shipping client", "Exchange Server", "inferred", "unknown"}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    _, _, rest = PAGE.partition(f"## {heading}\n")
    lines = rest.partition("\n## ")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("|")][2:]


def test_the_tables_of_switches_are_what_the_registry_says() -> None:
    assert page(PAGE) == PAGE


def test_the_registry_knows_every_switch_by_number_grade_and_source() -> None:
    assert list(registry()) == [field.name for field in fields(Switches)] == list(positions())
    for name, about in registry().items():
        assert about.grade in GRADES, name
        assert about.source.startswith("§"), name
    numbers = {about.number for about in registry().values()} | {"S21"}
    assert {f"S{number}" for number in range(1, 24)} <= numbers


def test_the_page_lists_every_cmdlet() -> None:
    section = PAGE.partition("## Cmdlets\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([A-Z][a-z]+-[A-Za-z]+)`", section)) == set(known())


def test_the_page_lists_every_part_of_a_fault() -> None:
    [row] = [row for row in table("The door behind") if "/fault`" in row[0] and "POST" in row[0]]
    assert re.findall(r'"(\w+)":', row[1]) == [field.name for field in fields(Fault)]


def test_every_behaviour_has_a_grade_and_a_source() -> None:
    rows = table("How sure each behaviour is")
    assert len(rows) > 30
    for behaviour, grade, source in rows:
        assert any(grade.startswith(known_grade) for known_grade in GRADES), behaviour
        assert "exchange contract §" in source, behaviour
