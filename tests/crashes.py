"""A worker that dies at its nth call to anything outside: to Exchange, to a table, to the history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.application.ports import Policy, World
from shared.domain.messages import Delivery
from tests.fakes import Clock
from tests.pump import HANDLERS

INVISIBLE = timedelta(minutes=10)
"""How long the queue hides a message whose worker died."""


class Crash(BaseException):
    """The process is gone; no handler of errors sees it."""


@dataclass
class Fuse:
    """Burns at one call.

    Attributes:
        at: At which call, from 1.
        after: The call's effect happens all the same.
        calls: How many there were.
    """

    at: int
    after: bool
    calls: int = 0

    @property
    def has_burnt(self) -> bool:
        return self.calls >= self.at

    def run(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise Crash
        result = call()
        if self.calls == self.at:
            raise Crash
        return result


class Fused:
    """A port behind a fuse."""

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        call = getattr(self._port, name)
        return lambda *arguments: self._fuse.run(lambda: call(*arguments))


def fused(world: World, fuse: Fuse) -> World:
    """The world with every port behind one fuse."""
    names = ("exchange", "tenants", "journal", "wishes", "history", "proofs")
    return replace(world, **{name: Fused(getattr(world, name), fuse) for name in names})  # type: ignore[arg-type]


def pump_through(clock: Clock, world: World, policy: Policy, deliveries: Iterable[Delivery]) -> None:
    """Work on messages and on all that follow; one whose worker died comes again when the queue shows it again."""
    waiting = [(clock.now + delivery.delay, delivery) for delivery in deliveries]
    for _ in range(80):
        if not waiting:
            return
        waiting.sort(key=lambda pair: pair[0])
        due, delivery = waiting.pop(0)
        clock.now = max(clock.now, due)
        try:
            outcome = HANDLERS[delivery.queue](delivery.message, world, policy)
        except Crash:
            waiting.append((clock.now + INVISIBLE, delivery))
        else:
            waiting += [(clock.now + following.delay, following) for following in outcome.deliveries]
    raise AssertionError("the messages do not come to an end")
