"""Carry an order out over tenants, wave by wave: the next wave begins when the one before is healthy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from cli.answers_tenants import TenantLine
from cli.api import Api
from cli.errands import Errand
from cli.errors import Refused
from cli.outcomes import ASKED, DONE, LATE, REFUSED, UNWELL, Outcome, Tally, Target
from cli.plans import OURS
from cli.waves import sizes
from cli.words import LASTING, Stage

_PAUSE_S = 2.0
_MOST_AT_ONCE = 20


class Watch(Protocol):
    """Time, and whoever watches."""

    def now(self) -> datetime:
        """The time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def wave(self, number: int, size: int) -> None:
        """A wave begins."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast.

    Attributes:
        canary: How many tenants the first wave has.
        timeout: How long a wave may take; ``None`` where nobody waits.
    """

    canary: int
    timeout: timedelta | None


@dataclass(frozen=True, slots=True)
class _Waiting:
    target: Target
    before: TenantLine
    operation_id: str


@dataclass(frozen=True, slots=True)
class Carrying:
    """An order on its way."""

    api: Api
    errand: Errand
    pace: Pace
    watch: Watch
    tally: Tally

    def out(self, targets: Iterator[Target]) -> Iterator[Outcome]:
        """Carry it out; after a wave that does not become healthy nobody else is asked.

        Raises:
            CommandError: The API cannot be asked, or refuses whoever asks.
        """
        for number, size in enumerate(sizes(self.pace.canary), start=1):
            wave = list(islice(targets, size))
            if not wave:
                return
            if self.pace.timeout is not None:
                self.watch.wave(number, len(wave))
            for outcome in self._wave(wave):
                self.tally.add(outcome)
                yield outcome
            if self.tally.any(UNWELL, LATE):
                return

    def _wave(self, wave: list[Target]) -> Iterator[Outcome]:
        waiting: list[_Waiting] = []
        for target in wave:
            try:
                sent = self._send(target)
            except Refused as refused:
                if refused.code in OURS:
                    raise
                yield _refusal(target, refused, self.errand.command)
                continue
            if self.pace.timeout is None:
                yield _outcome(target, ASKED, f"{self.errand.command} was asked for", sent.operation_id)
            else:
                waiting.append(sent)
        if self.pace.timeout is not None:
            yield from self._settle(waiting, self.watch.now() + self.pace.timeout)

    def _send(self, target: Target) -> _Waiting:
        before = self._look(target)
        bound = {"plan_hash": target.plan_hash} if target.plan_hash else {}
        path = f"/api/tenants/{target.tenant_id}/{self.errand.command}"
        accepted = self.api.post(path, {**self.errand.body, **bound})
        return _Waiting(target, before, accepted.operation_id or "")

    def _look(self, target: Target) -> TenantLine:
        return self.api.get(TenantLine, f"/api/tenants/{target.tenant_id}")

    def _settle(self, waiting: list[_Waiting], deadline: datetime) -> Iterator[Outcome]:
        while waiting:
            still: list[_Waiting] = []
            for each in waiting:
                now = self._look(each.target)
                if self.errand.is_lost(each.before, now):
                    yield _unwell(each, now, UNWELL)
                elif self.errand.is_done(each.before, now):
                    yield _done(each, now)
                elif self.watch.now() >= deadline:
                    yield _unwell(each, now, LATE)
                else:
                    still.append(each)
            waiting = still
            if waiting:
                self.watch.sleep(max(_PAUSE_S, len(waiting) / _MOST_AT_ONCE))


def _outcome(target: Target, state: str, said: str, operation_id: str = "") -> Outcome:
    return Outcome(target.tenant_id, target.initial_domain, state, said, operation_id=operation_id)


def _done(each: _Waiting, now: TenantLine) -> Outcome:
    done = _outcome(each.target, DONE, f"{now.stage}, {now.verdict}", each.operation_id)
    if now.stage == Stage.OFFBOARDED:
        return replace(done, then=f"keeper proof {now.tenant_id}")
    if now.verdict == "healthy":
        return done
    return replace(done, said=f"{done.said}: {now.reason}", code=now.verdict, then=f"keeper plan {now.tenant_id}")


def _refusal(target: Target, refused: Refused, command: str) -> Outcome:
    then = f"keeper plan {target.tenant_id}" if refused.code == "plan_moved" else f"keeper explain {refused.code}"
    if refused.code == "plan_moved" and command != "remediate":
        then += f" --for {command}"
    return replace(_outcome(target, REFUSED, str(refused)), code=refused.code, then=then)


def _unwell(each: _Waiting, now: TenantLine, state: str) -> Outcome:
    command = "doctor" if now.verdict in LASTING else "history"
    found = _outcome(each.target, state, f"{now.stage}, {now.verdict}: {now.reason}", each.operation_id)
    return replace(found, code=now.verdict, then=f"keeper {command} {each.target.tenant_id}")
