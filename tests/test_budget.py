"""The pure core takes no more instructions than its budget allows, on any machine."""

import json
import sys
from pathlib import Path

import pytest

from bench.instructions import BUDGET, GROWTH, counted, counts, version

BUDGETS = json.loads(BUDGET.read_text("utf-8"))

pytestmark = pytest.mark.skipif(
    version() not in BUDGETS, reason="instructions can be counted from Python 3.12 on, and are on those of the budget"
)


def test_the_core_stays_within_its_budget() -> None:
    found, allowed = counts(), BUDGETS[version()]
    assert found.keys() == allowed.keys()
    grown = {name: (number, allowed[name]) for name, number in found.items() if number > allowed[name] * (1 + GROWTH)}
    assert grown == {}, "more instructions than the budget; `python -m bench.instructions` accepts them, with a reason"


def test_counting_is_the_same_each_time_and_sees_more_work() -> None:
    def some(times: int) -> int:
        return counted(lambda: [number + 1 for number in range(times)])

    assert some(100) == some(100)
    assert some(200) > some(100) * 1.5


def test_the_interpreter_that_azure_runs_has_a_budget() -> None:
    assert "3.13" in BUDGETS
    assert sys.version_info >= (3, 12)
    assert Path(BUDGET).name == "budget.json"
