"""What surrounds every piece of work: each failure is a retry, a delay or a parked message, and nothing is dropped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from functions import shell
from shared.adapters.queues import Depth
from shared.application.failures import MOST_ATTEMPTS
from shared.application.handlers import Outcome
from shared.application.ports import Policy, World
from shared.application.sinks import Notices
from shared.domain import errors
from shared.domain.errors import (
    Busy,
    InvalidSettings,
    KeeperError,
    NotYet,
    PermanentError,
    Rejected,
    TransientError,
    Unavailable,
    VendorCredential,
)
from shared.domain.messages import Cause, Delivery, Message, Queue, encode
from shared.domain.tenants import Stage
from tests.fakes import new_message, new_policy, new_tenant, new_world

MESSAGE = new_message()
FOLLOWING = Delivery(Queue.VERIFY, replace(MESSAGE, cause=Cause.SETTLED), timedelta(seconds=3))
LEAVES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, KeeperError) and not kind.__subclasses__()
]
OURS = (VendorCredential, InvalidSettings)
NOTHING_TRIED = (Busy, NotYet)
WAITED_FOR = [kind for kind in LEAVES if issubclass(kind, (TransientError, *OURS)) and kind not in NOTHING_TRIED]
FOR_A_PERSON = [kind for kind in LEAVES if issubclass(kind, PermanentError) and kind not in OURS]


@dataclass
class Beats:
    """Signs of life, counted."""

    count: int = 0

    def beat(self) -> None:
        self.count += 1


@dataclass
class MemoryQueues:
    """Queues that keep what they are sent."""

    sent: list[Delivery] = field(default_factory=list)
    parked: list[tuple[Queue, str]] = field(default_factory=list)
    error: KeeperError | None = None

    def send(self, delivery: Delivery) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(delivery)

    def depths(self, now: datetime) -> Iterator[Depth]:
        """Every queue is empty, as far as anybody asks."""
        assert now.tzinfo is not None
        return iter([Depth(queue, 0, 0.0) for queue in Queue])

    def park(self, queue: Queue, text: str, _delay: timedelta = timedelta(0)) -> None:
        self.parked.append((queue, text))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    app = SimpleNamespace(
        world=new_world(),
        policy=new_policy(),
        queues=MemoryQueues(),
        chance=lambda: 0.5,
        heartbeat=Beats(),
        notices=Notices(),
    )
    for name in ("application", "foundation"):
        monkeypatch.setattr(shell, name, lambda: app)
    return app


def failing(error: Exception) -> Callable[[Message, World, Policy], Outcome]:
    def handle(_message: Message, _world: World, _policy: Policy) -> Outcome:
        raise error

    return handle


def succeeding(_message: Message, _world: World, _policy: Policy) -> Outcome:
    return Outcome("done", deliveries=(FOLLOWING,))


def test_what_follows_from_the_work_is_sent_after_it(app: SimpleNamespace) -> None:
    shell.work(Queue.VERIFY, encode(MESSAGE), succeeding)
    assert app.queues == MemoryQueues(sent=[FOLLOWING])


@pytest.mark.parametrize("kind", WAITED_FOR, ids=lambda kind: str(kind.code))
def test_what_time_may_mend_is_put_off(app: SimpleNamespace, kind: type[KeeperError]) -> None:
    shell.work(Queue.REMEDIATE, encode(MESSAGE), failing(kind("…")))
    (later,) = app.queues.sent
    assert (later.queue, later.message) == (Queue.REMEDIATE, replace(MESSAGE, attempt=2))
    assert later.delay > timedelta(0)
    assert app.queues.parked == []


@pytest.mark.parametrize("kind", NOTHING_TRIED, ids=lambda kind: str(kind.code))
@pytest.mark.parametrize("attempt", [1, MOST_ATTEMPTS])
def test_whoever_came_too_early_comes_again_with_no_attempt_less(
    app: SimpleNamespace, kind: type[TransientError], attempt: int
) -> None:
    message = replace(MESSAGE, attempt=attempt)
    shell.work(Queue.REMEDIATE, encode(message), failing(kind("…", timedelta(seconds=30))))
    (later,) = app.queues.sent
    assert later.message == message
    assert timedelta(seconds=31) <= later.delay <= timedelta(seconds=40)


@pytest.mark.parametrize("kind", FOR_A_PERSON, ids=lambda kind: str(kind.code))
def test_what_a_person_must_mend_is_parked_with_its_reason(app: SimpleNamespace, kind: type[KeeperError]) -> None:
    shell.work(Queue.PROVISION, encode(MESSAGE), failing(kind("a sentence")))
    ((queue, text),) = app.queues.parked
    assert queue is Queue.PROVISION
    assert f"{kind.code}: a sentence" in text
    assert app.queues.sent == []


def test_what_was_put_off_often_enough_is_parked(app: SimpleNamespace) -> None:
    shell.work(Queue.VERIFY, encode(replace(MESSAGE, attempt=MOST_ATTEMPTS)), failing(Unavailable("away")))
    assert "unavailable: away" in app.queues.parked[0][1]
    assert app.queues.sent == []


@pytest.mark.parametrize("cause", Cause)
def test_what_the_timer_asks_for_again_is_left_to_it_and_wakes_nobody(app: SimpleNamespace, cause: Cause) -> None:
    message = encode(replace(MESSAGE, cause=cause, attempt=MOST_ATTEMPTS))
    shell.work(Queue.VERIFY, message, failing(Unavailable("away")))
    assert app.queues.sent == []
    assert bool(app.queues.parked) is (cause not in (Cause.RECHECK, Cause.SETTLED, Cause.DRIFT))
    app.queues.parked.clear()
    shell.work(Queue.VERIFY, message, failing(Rejected("for good")))
    assert app.queues.parked != []


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", encode(MESSAGE)[:-1]])
def test_a_message_that_is_not_ours_is_parked_and_nobody_works_on_it(app: SimpleNamespace, body: bytes) -> None:
    shell.work(Queue.VERIFY, body, failing(AssertionError("nobody may work on it")))
    assert "invalid_message" in app.queues.parked[0][1]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyError("x")])
def test_a_bug_goes_to_the_host_which_delivers_the_message_again(app: SimpleNamespace, error: Exception) -> None:
    with pytest.raises(type(error)):
        shell.work(Queue.VERIFY, encode(MESSAGE), failing(error))
    assert app.queues == MemoryQueues()


def test_a_queue_that_is_away_after_the_work_is_a_failure_that_the_host_repeats(app: SimpleNamespace) -> None:
    app.queues.error = Unavailable("away")
    with pytest.raises(Unavailable):
        shell.work(Queue.VERIFY, encode(MESSAGE), succeeding)


def test_a_queue_that_is_away_is_no_failure_of_what_is_durable(app: SimpleNamespace) -> None:
    app.queues.error = Unavailable("away")
    shell.deliver([FOLLOWING], or_leave_to_the_timer=True)
    with pytest.raises(Unavailable):
        shell.deliver([FOLLOWING])


def test_the_timer_asks_for_who_is_due_and_for_nobody_twice(app: SimpleNamespace) -> None:
    app.world.tenants.add(new_tenant(Stage.ACTIVE))
    shell.sweep(past_due=False)
    shell.sweep(past_due=True)
    assert app.heartbeat.count == 2
    assert [(delivery.queue, delivery.message.cause) for delivery in app.queues.sent] == [(Queue.VERIFY, Cause.RECHECK)]


@pytest.mark.parametrize("error", [Unavailable("no region data now"), InvalidSettings("no region data")])
def test_without_region_data_work_waits_and_none_is_lost(
    app: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, error: KeeperError
) -> None:
    def none() -> None:
        raise error

    monkeypatch.setattr(shell, "application", none)
    shell.work(Queue.VERIFY, encode(MESSAGE), failing(AssertionError("nobody may work on it")))
    assert [later.message for later in app.queues.sent] == [replace(MESSAGE, attempt=2)]


def test_what_the_application_took_to_assemble_is_not_there_for_the_work(
    app: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([1_000.0, 1_060.0])
    monkeypatch.setattr("functions.shell.time.monotonic", lambda: next(times))
    seen: list[timedelta] = []

    def handle(_message: Message, _world: World, policy: Policy) -> Outcome:
        seen.append(policy.job)
        return Outcome("done")

    shell.work(Queue.VERIFY, encode(MESSAGE), handle)
    assert seen == [app.policy.job - timedelta(seconds=60)]
