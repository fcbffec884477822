"""A service that answers nobody is left alone; one tenant's trouble closes the door for no other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.adapters.breakers import MOST_FAILURES, MOST_TENANTS, REST_S, WINDOW_S, Breaker, Call, is_answer
from shared.adapters.room import Room
from shared.domain.errors import NotYet


@dataclass
class Time:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


def ask(breaker: Breaker, tenant: str, *, answered: bool | None) -> bool:
    """Whether the call was let through."""
    try:
        with breaker.asking(tenant) as call:
            call.answered = answered
    except NotYet:
        return False
    return True


def is_open(breaker: Breaker) -> bool:
    return not ask(breaker, "x", answered=None)


def opened(clock: Time) -> Breaker:
    breaker = Breaker("Exchange", clock)
    for tenant in "abcab":
        assert ask(breaker, tenant, answered=False)
    assert is_open(breaker)
    return breaker


@pytest.mark.parametrize(
    ("tenants", "expected"), [("abcab", True), ("abc", False), ("abca", False), ("aabb" * 9, False), ("a" * 99, False)]
)
def test_it_opens_at_five_failures_of_three_tenants_and_not_before(
    clock: Time, tenants: str, *, expected: bool
) -> None:
    breaker = Breaker("Exchange", clock)
    for tenant in tenants:
        ask(breaker, tenant, answered=False)
    assert is_open(breaker) is expected


def test_one_answer_within_a_minute_keeps_it_closed(clock: Time) -> None:
    breaker = Breaker("Exchange", clock)
    ask(breaker, "a", answered=True)
    for second in range(59):
        clock.now += 1
        ask(breaker, f"{second % 7}", answered=False)
    assert not is_open(breaker)
    clock.now += 1
    ask(breaker, "a", answered=False)
    assert is_open(breaker)


def test_failures_that_are_a_minute_old_count_no_more(clock: Time) -> None:
    breaker = Breaker("Exchange", clock)
    for tenant in "abca":
        ask(breaker, tenant, answered=False)
    clock.now += WINDOW_S
    ask(breaker, "b", answered=False)
    assert not is_open(breaker)


def test_who_is_refused_is_told_how_long_the_rest_is(clock: Time) -> None:
    breaker = opened(clock)
    clock.now += 12
    with pytest.raises(NotYet, match="Exchange answers nobody") as caught, breaker.asking("a"):
        raise AssertionError("let through")
    assert caught.value.retry_after == timedelta(seconds=REST_S - 12)


@pytest.mark.parametrize("answered", [True, False, None])
def test_after_the_rest_one_call_tries_and_decides_for_all(clock: Time, *, answered: bool | None) -> None:
    breaker = opened(clock)
    clock.now += REST_S
    with breaker.asking("a") as probe:
        assert not ask(breaker, "b", answered=True)
        probe.answered = answered
    assert is_open(breaker) is (answered is False)
    clock.now += REST_S
    assert not is_open(breaker)


def test_a_probe_that_dies_lets_the_next_one_try(clock: Time) -> None:
    breaker = opened(clock)
    clock.now += REST_S
    with pytest.raises(SystemExit), breaker.asking("a"):
        raise SystemExit
    assert ask(breaker, "b", answered=True)


def test_a_late_answer_closes_it_and_a_late_failure_does_not_prolong_the_rest(clock: Time) -> None:
    breaker = Breaker("Exchange", clock)
    with breaker.asking("late") as good, breaker.asking("later") as bad:
        for tenant in "abcab":
            ask(breaker, tenant, answered=False)
        clock.now += 20
        bad.answered = False
        good.answered = None
    clock.now += REST_S - 20
    assert not is_open(breaker)
    breaker = Breaker("Exchange", clock)
    with breaker.asking("late") as good:
        for tenant in "abcab":
            ask(breaker, tenant, answered=False)
        good.answered = True
    assert not is_open(breaker)


@pytest.mark.parametrize(("status", "wait", "expected"), [(200, False, True), (429, True, True), (404, False, True)])
def test_whatever_is_no_server_error_is_an_answer(status: int, *, wait: bool, expected: bool) -> None:
    assert is_answer(status, names_a_wait=wait) is expected
    assert is_answer(503, names_a_wait=True)
    assert not is_answer(503, names_a_wait=False)
    assert not is_answer(500, names_a_wait=False)


def test_of_many_threads_one_is_the_probe(clock: Time) -> None:
    breaker = opened(clock)
    clock.now += REST_S
    inside, leave, through = threading.Barrier(9), threading.Event(), list[bool]()

    def one(n: int) -> None:
        inside.wait()
        try:
            with breaker.asking(f"{n}") as call:
                through.append(True)
                leave.wait(10)
                call.answered = True
        except NotYet:
            through.append(False)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    inside.wait()
    while len(through) < 8:
        leave.wait(0.01)
    assert sorted(through) == [False] * 7 + [True]
    leave.set()
    for thread in threads:
        thread.join()
    assert not is_open(breaker)


class Model(RuleBasedStateMachine):
    """The breaker beside its definition, on a history of all that ended."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Time()
        self.breaker = Breaker("Exchange", self.clock)
        self.ended: list[tuple[float, str, bool]] = []
        self.under_way: list[tuple[Iterator[None], Call]] = []
        self.opened_at: float | None = None
        self.since = 0.0
        self.probe: Call | None = None

    @contextmanager
    def call(self, tenant: str) -> Iterator[Call]:
        with self.breaker.asking(tenant) as call:
            yield call

    @rule(seconds=st.sampled_from([0.5, 5, 29.5, 30, 60]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(tenant=st.sampled_from("abcd"))
    def begin(self, tenant: str) -> None:
        resting = self.opened_at is not None and self.clock.now < self.opened_at + REST_S
        refused = self.opened_at is not None and (resting or self.probe is not None)
        context = self.call(tenant)
        try:
            call = context.__enter__()
        except NotYet:
            assert refused
            return
        assert not refused
        if self.opened_at is not None:
            self.probe = call
        self.under_way.append((context, call))  # type: ignore[arg-type]

    @rule(which=st.integers(0, 9), answered=st.sampled_from([True, False, False, False, None]))
    def end(self, which: int, *, answered: bool | None) -> None:
        if not self.under_way:
            return
        context, call = self.under_way.pop(which % len(self.under_way))
        call.answered = answered
        context.__exit__(None, None, None)  # type: ignore[attr-defined]
        now, is_probe = self.clock.now, call is self.probe
        if is_probe:
            self.probe = None
        if answered:
            self.opened_at, self.probe = None, None
            self.ended.append((now, call.tenant, True))
        elif answered is False and is_probe:
            self.opened_at = now
        elif answered is False and self.opened_at is None:
            self.ended.append((now, call.tenant, False))
            if self.is_down():
                self.opened_at, self.ended = now, []

    def is_down(self) -> bool:
        lately = [(tenant, good) for at, tenant, good in self.ended if at > self.clock.now - WINDOW_S]
        failed = [tenant for tenant, good in lately if not good]
        none_answered = len(failed) == len(lately)
        return none_answered and len(failed) >= MOST_FAILURES and len(set(failed)) >= MOST_TENANTS

    @invariant()
    def one_tenant_never_opens_it(self) -> None:
        if self.opened_at is None:
            assert self.breaker._rests_until is None


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_no_more_calls_go_out_at_once_than_there_is_room_for() -> None:
    room, most, now, lock = Room(3), 0, 0, threading.Lock()

    def one() -> None:
        nonlocal most, now
        with room.one(10):
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.01)
            with lock:
                now -= 1

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3


@pytest.mark.parametrize(("patience", "left"), [(0.01, 10), (10, 0.01), (10, -1)])
def test_one_more_waits_no_longer_than_it_may_and_its_message_comes_again(patience: float, left: float) -> None:
    room = Room(1, patience)
    with room.one(1):
        with pytest.raises(NotYet) as caught, room.one(left):
            raise AssertionError("there was room")
        assert caught.value.retry_after == timedelta(seconds=patience)
    with room.one(1):
        pass
