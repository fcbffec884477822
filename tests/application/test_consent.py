"""The administrator's consent: believed for its state alone, once, in time, and only after a proof of access."""

from dataclasses import replace
from uuid import UUID

import pytest

from local.twin.faults import Fault
from shared.application.consent import Answer, consented, invitation
from shared.domain.errors import Unauthentic, UnknownTenant
from shared.domain.messages import Cause, Queue
from shared.domain.tenants import Stage, Verdict
from tests.application.life import POLICY, SIGNUP, Life, configured_by_hand
from tests.fakes import TENANT_ID


@pytest.fixture
def life() -> Life:
    life = Life(rules=1)
    life.scene.directory.switches.turn({"consent": False})
    return life.sign_up()


def admitted(life: Life) -> None:
    life.scene.directory.switches.turn({"consent": True})


def test_a_consent_that_is_proved_lets_the_provision_begin(life: Life) -> None:
    admitted(life)
    came = consented(Answer(invitation(TENANT_ID, life.world), str(TENANT_ID)), life.world, POLICY)
    assert came.is_proved
    assert [(d.queue, d.message.cause) for d in came.deliveries] == [(Queue.PROVISION, Cause.CONSENT)]
    assert life.scene.writes() == []
    assert life.scene.record().stage is Stage.AWAITING_CONSENT
    life.run(came.deliveries)
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)
    assert [event[2:] for event in life.events("consent")] == [("given", "administrator")]


def test_a_redirect_that_anybody_could_have_written_proves_nothing(life: Life) -> None:
    came = consented(Answer(invitation(TENANT_ID, life.world), str(TENANT_ID)), life.world, POLICY)
    assert not came.is_proved
    assert came.tenant.verdict is Verdict.NEEDS_CONSENT


def test_a_consent_without_a_role_says_what_is_missing(life: Life) -> None:
    admitted(life)
    life.scene.directory.switches.turn({"role": "none"})
    came = consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
    assert (came.is_proved, came.tenant.verdict) == (False, Verdict.NEEDS_ROLE)
    assert came.deliveries


def test_a_tenant_that_is_not_the_one_that_was_signed_up_is_not_proved() -> None:
    life = Life(rules=1).sign_up(replace(SIGNUP, initial_domain="fabrikam.onmicrosoft.com"))
    came = consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
    assert (came.is_proved, came.tenant.verdict) == (False, Verdict.NEEDS_HUMAN)


def test_a_state_is_good_for_one_return(life: Life) -> None:
    admitted(life)
    state = invitation(TENANT_ID, life.world)
    consented(Answer(state), life.world, POLICY)
    with pytest.raises(Unauthentic):
        consented(Answer(state), life.world, POLICY)


@pytest.mark.parametrize(
    "spoilt",
    ["", "x", "a.b.c.d", "..", "\u00e9.1.2.3", "0" * 5000],
    ids=["none", "short", "parts", "dots", "é", "long"],
)
def test_a_state_that_is_none_of_ours_is_refused(life: Life, spoilt: str) -> None:
    with pytest.raises(Unauthentic):
        consented(Answer(spoilt, str(TENANT_ID)), life.world, POLICY)


def test_a_state_is_refused_when_its_time_is_over_or_it_names_another_tenant(life: Life) -> None:
    state = invitation(TENANT_ID, life.world)
    with pytest.raises(Unauthentic, match="another tenant"):
        consented(Answer(state, str(UUID(int=5))), life.world, POLICY)
    life.clock.advance(minutes=30)
    with pytest.raises(Unauthentic):
        consented(Answer(state, str(TENANT_ID)), life.world, POLICY)


def test_whoever_comes_back_again_and_again_has_exchange_asked_once_in_a_while(life: Life) -> None:
    admitted(life)
    consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
    asked = len(life.scene.seen)
    for _ in range(5):
        again = consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
        assert (again.is_proved, again.deliveries) == (False, ())
    assert len(life.scene.seen) == asked
    life.clock.advance(seconds=30)
    assert consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY).is_proved


def test_a_refusal_is_remembered_and_changes_nothing(life: Life) -> None:
    before = life.scene.record()
    came = consented(Answer(invitation(TENANT_ID, life.world), "", "access_denied"), life.world, POLICY)
    assert (came.is_proved, came.deliveries) == (False, ())
    assert life.scene.record() == before
    assert [event[2] for event in life.events("consent")] == ["refused: access_denied"]


def test_nobody_is_invited_to_a_tenant_that_nobody_signed_up(life: Life) -> None:
    with pytest.raises(UnknownTenant):
        invitation(UUID(int=5), life.world)


def test_what_exchange_cannot_say_yet_is_left_to_the_queue(life: Life) -> None:
    admitted(life)
    life.scene.directory.faults.append(Fault("*", 503, 100))
    came = consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
    assert (came.is_proved, came.tenant.verdict) == (False, Verdict.UNKNOWN)
    life.scene.directory.faults.clear()
    life.run(came.deliveries)
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)


def test_a_running_configuration_stays_running_when_consent_comes(life: Life) -> None:
    configured_by_hand(life)
    admitted(life)
    came = consented(Answer(invitation(TENANT_ID, life.world)), life.world, POLICY)
    life.run(came.deliveries)
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.scene.writes() == []
