"""Some items at once: in order as ``map`` has it, no more ahead than there is room for, and no thread left behind."""

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.side_by_side import AT_ONCE, side_by_side


@given(st.lists(st.integers(), max_size=3 * AT_ONCE))
def test_it_gives_what_map_gives_in_the_same_order(items: list[int]) -> None:
    assert list(side_by_side(lambda item: item * 2, items)) == [item * 2 for item in items]


def test_no_item_is_taken_before_there_is_room_for_it() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield taken[-1]

    results = side_by_side(lambda item: item, endless())
    for expected in range(1000):
        assert next(results) == expected
        assert len(taken) <= expected + AT_ONCE
    results.close()  # type: ignore[attr-defined]


def test_so_many_are_under_way_at_once_and_no_more() -> None:
    all_there = threading.Barrier(AT_ONCE, timeout=10)
    lock, now, most = threading.Lock(), [0], [0]

    def work(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        all_there.wait()
        with lock:
            now[0] -= 1

    list(side_by_side(work, range(4 * AT_ONCE)))
    assert most == [AT_ONCE]


def test_the_first_error_ends_it_after_what_is_under_way_and_nothing_new_is_begun() -> None:
    ended: list[int] = []

    def work(item: int) -> int:
        if item == 3:
            raise ValueError(item)
        time.sleep(0.001)
        ended.append(item)
        return item

    with pytest.raises(ValueError, match="3"):
        list(side_by_side(work, range(10 * AT_ONCE)))
    count = len(ended)
    assert count < 3 + AT_ONCE
    time.sleep(0.01)
    assert len(ended) == count
