"""A parked message whose tenant is found well is closed by itself; one that was parked later is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.poison import look_again
from shared.domain.errors import NotYet
from shared.domain.messages import Cause, Fate, Parked, Queue, encode
from shared.domain.tenants import Stage, Verdict
from tests.application.life import POLICY, REDIRECT, Life
from tests.fakes import TENANT_ID, new_message
from tests.pump import HANDLERS


def park(life: Life, parked_id: str = "1", cause: Cause = Cause.RECHECK) -> Parked:
    body = encode(new_message(cause, generation=1)).decode()
    parked = Parked(parked_id, "verify", "unavailable: away", body, life.clock.now, tenant_id=str(TENANT_ID))
    assert life.world.journal.park(parked)
    return parked


def fates(life: Life) -> set[Fate]:
    return {parked.fate for parked in life.world.journal.kept.values()}  # type: ignore[attr-defined]


def test_a_tenant_that_is_found_well_closes_what_was_parked_about_it() -> None:
    life = Life().active()
    first, _ = park(life, "1"), park(life, "2")
    life.run(look_again(first, life.world))
    assert fates(life) == {Fate.RESOLVED}
    closed = life.world.journal.find_parked("1")
    assert closed is not None
    assert (closed.decided_by, closed.decided_at) == ("keeper", life.clock.now)
    assert ("parked messages", "2 open", "resolved: the tenant is well", "keeper") in life.events("operator")


def test_a_tenant_that_has_drifted_is_repaired_first_and_then_closes_it() -> None:
    life = Life().active()
    parked = park(life)
    life.scene.administrator("Disable-TransportRule", Identity=REDIRECT, Confirm=False)
    life.clock.advance(hours=2)
    life.run(look_again(parked, life.world))
    assert set(life.items().values()) == {"on"}
    assert fates(life) == {Fate.RESOLVED}


def test_a_tenant_that_is_not_well_leaves_it_open() -> None:
    life = Life().active()
    parked = park(life)
    life.ask("hold", reason="maintenance", until=life.clock.now + timedelta(days=1))
    life.scene.administrator("Disable-TransportRule", Identity=REDIRECT, Confirm=False)
    life.clock.advance(hours=2)
    life.run(look_again(parked, life.world))
    assert life.now() == (Stage.ACTIVE, Verdict.DRIFTED)
    assert fates(life) == {Fate.OPEN}


def test_the_timers_own_look_decides_on_nothing() -> None:
    life = Life().active()
    park(life)
    life.later(hours=2)
    assert fates(life) == {Fate.OPEN}


def test_what_was_parked_after_the_look_began_stays_open() -> None:
    life = Life().active()
    parked = park(life, "1")
    park(life, "2")
    life.world.journal.kept["2"] = replace(parked, parked_id="2", parked_at=life.clock.now + timedelta(seconds=1))  # type: ignore[attr-defined]
    life.run(look_again(parked, life.world))
    assert {key: each.fate for key, each in life.world.journal.kept.items()} == {  # type: ignore[attr-defined]
        "1": Fate.RESOLVED,
        "2": Fate.OPEN,
    }


@pytest.mark.parametrize("when", [1, 2])
def test_a_front_door_that_shuts_in_the_middle_leaves_what_is_known_of_the_tenant(when: int) -> None:
    life = Life().staged()
    exchange, calls = life.world.exchange, 0

    class Shutting:
        def __getattr__(self, name: str) -> object:
            nonlocal calls

            def call(*arguments: object) -> object:
                nonlocal calls
                calls += 1
                if calls > when:
                    raise NotYet("Exchange answers nobody", timedelta(seconds=30))
                return getattr(exchange, name)(*arguments)

            return call

    life.world = replace(life.world, exchange=Shutting())  # type: ignore[arg-type]
    tenant = life.scene.record()
    message = new_message(Cause.OPERATOR, generation=tenant.generation)
    life.scene.administrator("Remove-TransportRule", Identity=REDIRECT, Confirm=False)
    life.scene.administrator("Set-ArcConfig", Identity="Default", ArcTrustedSealers=["x.test"])
    life.clock.advance(hours=2)
    with pytest.raises(NotYet):
        HANDLERS[Queue.REMEDIATE](message, life.world, POLICY)
    after = life.scene.record()
    for name in ("verdict", "reason", "failure", "failures", "not_before", "items", "checked_at", "next_check_at"):
        assert getattr(after, name) == getattr(tenant, name), name
    assert after.lease is None or after.lease.expires_at <= life.clock.now
    assert (after.written != tenant.written) == (when > 1)
    life.world = replace(life.world, exchange=exchange)
    life.later(hours=2)
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)
