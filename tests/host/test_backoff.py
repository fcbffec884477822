from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.backoff import Backoff


def test_the_first_look_comes_soon_and_the_later_ones_ever_later_up_to_the_longest() -> None:
    backoff = Backoff(10)
    waits = [backoff.next() for _ in range(40)]
    assert waits[0] == 0.1
    assert 0.18 <= waits[1] <= 0.22
    assert waits[-30:] == [10] * 30


def test_a_message_makes_it_look_soon_again() -> None:
    backoff = Backoff(10)
    for _ in range(9):
        backoff.next()
    backoff.reset()
    assert backoff.next() == 0.1


@settings(max_examples=30)
@given(longest=st.floats(0.001, 60), looks=st.integers(0, 3000))
def test_no_wait_is_longer_than_the_longest_however_long_the_night(longest: float, looks: int) -> None:
    backoff = Backoff(longest)
    backoff._looks = looks
    assert 0 < backoff.next() <= longest
