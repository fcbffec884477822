"""What was made durable is done, though its message was lost: the timer finds it within a period."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from local.demo.items import ITEMS
from shared.application.commands import Order, command
from shared.application.planning import plan_for
from shared.application.signups import sign_up
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict
from tests.application.life import POLICY, REDIRECT, SIGNUP, Life
from tests.fakes import TENANT_ID


def let_the_timer_work(life: Life, minutes: int = 60) -> None:
    """A timer that fires every five minutes, as long as this."""
    for _ in range(minutes // 5 + 1):
        life.later(minutes=5)


def lost(life: Life, name: str, **parts: object) -> None:
    """A command whose record was changed and whose message never arrived: the caller was told 503."""
    assert command(Order(name, "jane", **parts), TENANT_ID, life.world, POLICY).deliveries  # type: ignore[arg-type]


def test_a_signup_whose_message_was_lost_is_provisioned_by_the_timers_next_turn() -> None:
    life = Life()
    assert sign_up(SIGNUP, "msg_1", life.world).deliveries
    life.later(minutes=5)
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)


def test_a_move_whose_message_was_lost_goes_on() -> None:
    life = Life().active()
    assert sign_up(replace(SIGNUP, region=Region.US), "msg_2", life.world).deliveries
    let_the_timer_work(life, 120)
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.regions() == {"us"}


def all_on(life: Life) -> bool:
    return set(life.items().values()) == {"on"}


def redirect_is_off(life: Life) -> bool:
    return life.items()[REDIRECT] != "on"


def nothing_left(life: Life) -> bool:
    return life.scene.record().stage is Stage.OFFBOARDED and not {
        row["Name"] for row in life.scene.state()["transport_rules"]
    } & set(ITEMS)


LOST: list[tuple[str, Stage, Callable[[Life], bool]]] = [
    ("activate", Stage.STAGED, all_on),
    ("deactivate", Stage.ACTIVE, redirect_is_off),
    ("pause", Stage.ACTIVE, redirect_is_off),
    ("offboard", Stage.ACTIVE, nothing_left),
    ("remediate", Stage.ACTIVE, all_on),
    ("verify", Stage.ACTIVE, all_on),
]


@pytest.mark.parametrize(("name", "stage", "done"), LOST, ids=[row[0] for row in LOST])
def test_a_command_whose_message_was_lost_is_done_within_a_period(
    name: str, stage: Stage, done: Callable[[Life], bool]
) -> None:
    life = Life().active() if stage is Stage.ACTIVE else Life().staged()
    until = {"reason": "maintenance", "until": life.clock.now + timedelta(days=2)} if name == "pause" else {}
    if name in ("remediate", "verify"):
        life.clock.advance(hours=3)
        life.scene.administrator("Disable-TransportRule", Identity=REDIRECT, Confirm=False)
    lost(life, name, **until)
    let_the_timer_work(life, 120 if name == "offboard" else 60)
    assert done(life)


def test_a_command_that_is_bound_to_a_plan_and_whose_message_was_lost_is_done_within_a_period() -> None:
    life = Life().staged()
    sight, _ = plan_for(TENANT_ID, "activate", life.world, POLICY)
    lost(life, "activate", plan_hash=sight.plan_hash)
    let_the_timer_work(life)
    assert all_on(life)


def test_a_resume_whose_message_was_lost_is_done_within_a_period() -> None:
    life = Life().active()
    life.ask("pause", reason="maintenance", until=life.clock.now + timedelta(days=2))
    assert redirect_is_off(life)
    lost(life, "resume")
    let_the_timer_work(life)
    assert all_on(life)
