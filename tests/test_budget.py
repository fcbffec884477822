"""The pure core takes no more instructions than its budget allows, on any machine."""

import json
import sys
import threading
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


def test_what_another_thread_does_meanwhile_is_not_counted() -> None:
    def busy() -> None:
        while not over.is_set():
            sum(range(100))

    over = threading.Event()
    other = threading.Thread(target=busy)
    alone = counted(lambda: [number + 1 for number in range(20_000)])
    other.start()
    try:
        assert counted(lambda: [number + 1 for number in range(20_000)]) == alone
    finally:
        over.set()
        other.join()


def test_the_interpreter_that_azure_runs_has_a_budget() -> None:
    assert "3.13" in BUDGETS
    assert sys.version_info >= (3, 12)
    assert Path(BUDGET).name == "budget.json"
