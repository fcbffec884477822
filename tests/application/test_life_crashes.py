"""A worker dies at any call to anything outside: the next one ends where the first would have, and safely."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from shared.application.commands import Order, command
from shared.application.recheck import handle_recheck
from shared.application.signups import sign_up
from shared.domain.messages import Delivery
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict
from tests.application.life import HOUR, POLICY, REDIRECT, SIGNUP, Life
from tests.crashes import Crash, Fuse, fused, pump_through
from tests.fakes import TENANT_ID
from tests.mailflow.watch import watched

MOST_CALLS = 400

Part = tuple[Callable[[Life], object], Callable[[Life], tuple[Delivery, ...]], Callable[[Life], None]]


def _ordered(name: str, **parts: object) -> Callable[[Life], tuple[Delivery, ...]]:
    def asked(life: Life) -> tuple[Delivery, ...]:
        more = {key: value(life) if callable(value) else value for key, value in parts.items()}
        return command(Order(name, "jane", **more), TENANT_ID, life.world, POLICY).deliveries  # type: ignore[arg-type]

    return asked


def _ends(stage: Stage, redirect: str) -> Callable[[Life], None]:
    def judged(life: Life) -> None:
        assert life.now() == (stage, Verdict.HEALTHY)
        assert life.items()[REDIRECT] == redirect
        assert life.scene.is_untouched()

    return judged


def _moved(life: Life) -> None:
    _ends(Stage.ACTIVE, "on")(life)
    assert life.regions() == {"us"}
    assert set(life.items().values()) == {"on"}


def _left(life: Life) -> None:
    assert life.scene.record().stage is Stage.OFFBOARDED
    assert life.scene.state() == life.before
    proof = life.world.proofs.get(TENANT_ID)
    assert proof is not None
    assert (len(proof.before), proof.had_sealer, proof.read_back) == (4, True, ())
    assert proof.finished_at is not None


PARTS: dict[str, Part] = {
    "provision": (
        lambda _: None,
        lambda life: sign_up(SIGNUP, "msg_1", life.world).deliveries,
        _ends(Stage.STAGED, "off"),
    ),
    "activate": (Life.staged, _ordered("activate"), _ends(Stage.ACTIVE, "on")),
    "deactivate": (Life.active, _ordered("deactivate"), _ends(Stage.STAGED, "off")),
    "pause": (
        Life.active,
        _ordered("pause", reason="a test", until=lambda life: life.clock.now + 500 * HOUR),
        _ends(Stage.PAUSED, "off"),
    ),
    "move": (
        Life.active,
        lambda life: sign_up(replace(SIGNUP, region=Region.US), "msg_2", life.world).deliveries,
        _moved,
    ),
    "offboard": (Life.active, _ordered("offboard"), _left),
}


def lives(part: str, *, after: bool) -> Iterator[tuple[Life, Fuse]]:
    """The same part of a life again and again, with a worker that dies one call later each time."""
    begin, ask, _ = PARTS[part]
    for at in range(1, MOST_CALLS):
        life = Life(rules=1)
        begin(life)
        watched(life.scene)
        deliveries = ask(life)
        fuse = Fuse(at, after=after)
        pump_through(life.clock, fused(life.world, fuse), POLICY, deliveries)
        yield life, fuse
        if not fuse.has_burnt:
            return
    raise AssertionError("it takes too many calls")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("part", PARTS)
def test_a_death_at_any_call_changes_nothing_about_the_end(part: str, after: bool) -> None:  # noqa: FBT001 - a case
    for life, fuse in lives(part, after=after):
        if life.now()[1] is not Verdict.HEALTHY or part in ("move", "offboard"):
            # What the dead worker would have sent is lost with it: the timer finds the rest.
            for _ in range(3):
                life.later(hours=1)
        try:
            PARTS[part][2](life)
        except AssertionError as error:
            raise AssertionError(f"after a death at call {fuse.at}: {error}") from error


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_timer_that_dies_at_any_call_ends_the_pause_all_the_same(after: bool) -> None:  # noqa: FBT001 - a case
    for at in range(1, MOST_CALLS):
        life = Life(rules=1).active()
        life.ask("pause", reason="a test", until=life.clock.now + HOUR)
        life.clock.advance(hours=2)
        fuse = Fuse(at, after=after)
        try:
            turns = list(handle_recheck(fused(life.world, fuse), POLICY))
        except Crash:
            turns = []
        life.run(turns)
        for _ in range(2):
            life.later(hours=1)
        assert (life.now(), life.items()[REDIRECT]) == ((Stage.ACTIVE, Verdict.HEALTHY), "on"), at
        if not fuse.has_burnt:
            return
