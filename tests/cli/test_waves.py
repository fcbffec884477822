"""How fast a fleet is changed."""

from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cli.waves import LARGEST, is_too_much, sizes


def test_waves_grow_up_to_a_size_that_can_be_watched() -> None:
    assert list(islice(sizes(5), 8)) == [5, 10, 20, 40, 80, 160, 200, 200]


@given(st.integers(1, LARGEST))
def test_no_wave_is_smaller_than_the_one_before_or_more_than_twice_as_large(canary: int) -> None:
    first = list(islice(sizes(canary), 12))
    assert first[0] == canary
    assert all(a <= b <= min(2 * a, LARGEST) for a, b in pairwise(first))


def test_the_share_is_of_the_fleet_and_a_first_wave_is_always_allowed() -> None:
    assert not is_too_much(5, 5, 30, canary=5)
    assert is_too_much(6, 19, 30, canary=5)
    assert not is_too_much(6, 20, 30, canary=5)
    assert is_too_much(6, 0, 100, canary=5)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 100), st.integers(1, 50))
def test_more_is_never_allowed_where_less_is_too_much(changing: int, fleet: int, percent: int, canary: int) -> None:
    if is_too_much(changing, fleet, percent, canary):
        assert is_too_much(changing + 1, fleet, percent, canary)
        assert is_too_much(changing, fleet, max(1, percent - 1), canary)
