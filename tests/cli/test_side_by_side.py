"""A few things at once, in their order."""

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.side_by_side import side_by_side


@given(st.lists(st.integers(), max_size=30), st.integers(1, 16))
def test_results_come_in_the_order_of_their_items(items: list[int], at_once: int) -> None:
    assert list(side_by_side(lambda item: item * 2, items, at_once)) == [item * 2 for item in items]


def test_so_many_are_worked_on_at_once_and_no_more() -> None:
    meeting, now, most = threading.Barrier(4), 0, 0
    lock = threading.Lock()

    def work(_: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meeting.wait(timeout=20)
        with lock:
            now -= 1

    list(side_by_side(work, range(8), 4))
    assert most == 4


def test_no_more_items_are_taken_than_are_about_to_be_read() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = side_by_side(lambda item: item, items(), 4)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert len(taken) <= 3 + 4


def test_after_an_error_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 2:
            raise KeyboardInterrupt
        time.sleep(0.001)
        return item

    with pytest.raises(KeyboardInterrupt):
        list(side_by_side(work, range(1000), 2))
    assert len(begun) < 10
