"""The whole life of a tenant, part by part, judged by the tenant on the twin and by the record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.commands import Order, command
from shared.application.planning import plan_for
from shared.application.signups import sign_up
from shared.domain.errors import InvalidRequest, NotAllowed, PlanMoved
from shared.domain.messages import Cause, Delivery, Queue
from shared.domain.regions import Region
from shared.domain.steps import Verb
from shared.domain.tenants import Stage, Verdict
from shared.domain.values import Secret
from tests.application.life import FROM, HOUR, LOOP_CHECK, POLICY, REDIRECT, SIGNUP, TO, Life, configured_by_hand
from tests.fakes import CANARY, NOW, TENANT_ID, new_message
from tests.pump import HANDLERS


@pytest.fixture
def life() -> Life:
    return Life()


# Signing up


def test_the_same_webhook_has_one_effect_however_often_and_whenever_it_comes(life: Life) -> None:
    first = sign_up(SIGNUP, "msg_1", life.world)
    life.run(first.deliveries)
    record, writes = life.world.tenants.get(TENANT_ID), life.scene.writes()
    for days in (0, 3, 29):
        life.clock.now = NOW + timedelta(days=days)
        assert sign_up(SIGNUP, "msg_1", life.world).deliveries == ()
        assert sign_up(replace(SIGNUP, region=Region.US), "msg_1", life.world).deliveries == ()
    assert life.world.tenants.get(TENANT_ID) == record
    assert life.scene.writes() == writes


def test_another_accounts_webhook_with_the_same_id_is_another_webhook(life: Life) -> None:
    life.sign_up()
    other = replace(SIGNUP, account_id="mallory")
    with pytest.raises(NotAllowed):
        sign_up(other, "msg_9", life.world)
    assert sign_up(SIGNUP, "msg_9", life.world).deliveries


def test_a_guid_belongs_to_one_tenant(life: Life) -> None:
    life.sign_up()
    other = replace(SIGNUP, tenant_id=type(TENANT_ID)(int=7), loop_check=Secret(CANARY.upper()))
    with pytest.raises(NotAllowed, match="another tenant's"):
        sign_up(other, "msg_2", life.world)
    assert sign_up(replace(other, loop_check=None), "msg_3", life.world).deliveries


# Permissions


@pytest.mark.parametrize(
    ("positions", "verdict", "failure"),
    [
        ({"consent": False}, Verdict.NEEDS_CONSENT, "needs_consent"),
        ({"app_permission": False}, Verdict.NEEDS_CONSENT, "needs_permission"),
        ({"role": "none"}, Verdict.NEEDS_ROLE, "needs_role"),
        ({"role": "security_reader"}, Verdict.NEEDS_ROLE, "needs_role"),
    ],
    ids=["no-consent", "wrong-permission", "no-role", "reader"],
)
def test_each_missing_permission_is_a_verdict_and_is_noticed_when_it_is_given(
    life: Life, positions: dict[str, object], verdict: Verdict, failure: str
) -> None:
    life.scene.directory.switches.turn(positions)
    life.sign_up()
    assert (*life.now(), life.scene.record().failure) == (Stage.AWAITING_CONSENT, verdict, failure)
    assert life.scene.writes() == []
    life.scene.directory.switches.turn({"consent": True, "app_permission": True, "role": "exchange_administrator"})
    life.later(hours=1)
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)


# Before the first write


def test_a_tenant_without_the_domain_that_was_signed_up_is_not_written_to(life: Life) -> None:
    life.sign_up(replace(SIGNUP, initial_domain="fabrikam.onmicrosoft.com"))
    assert life.now() == (Stage.AWAITING_CONSENT, Verdict.NEEDS_HUMAN)
    assert "fabrikam" in life.scene.record().findings["foreign_domain"]
    assert life.scene.writes() == []


def test_a_stranger_under_one_of_our_names_stops_everything_before_the_first_write(life: Life) -> None:
    life.scene.administrator("New-OutboundConnector", Name=TO, ConnectorType="Partner", UseMXRecord=True)
    before = life.scene.state()
    life.sign_up()
    assert life.now() == (Stage.AWAITING_CONSENT, Verdict.NEEDS_HUMAN)
    assert "stranger" in life.scene.record().findings
    assert life.scene.state() == before
    assert life.scene.writes() == []


def test_a_tenant_with_no_room_for_two_rules_is_left_alone() -> None:
    life = Life(rules=299)
    life.sign_up()
    assert life.now() == (Stage.AWAITING_CONSENT, Verdict.NEEDS_HUMAN)
    assert "299 of 300" in life.scene.record().findings["rules_full"]
    assert life.scene.writes() == []


def test_foreign_rules_that_make_ours_dead_are_named_and_nothing_is_stopped(life: Life) -> None:
    life.scene.administrator("New-TransportRule", Name="Stop here", StopRuleProcessing=True, SetSCL="-1", Priority=0)
    life.staged()
    findings = life.scene.record().findings
    assert "Stop here" in findings["rules_stop_before_ours"]
    assert "Stop here" in findings["rules_skip_the_filter"]


# Adoption


def test_a_tenant_that_was_configured_by_hand_and_runs_is_adopted_as_it_runs(life: Life) -> None:
    configured_by_hand(life)
    life.sign_up()
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.scene.writes() == []
    assert set(life.scene.record().owned) == {FROM, TO, LOOP_CHECK, REDIRECT}


def test_a_tenant_that_was_configured_by_hand_with_its_rules_off_is_adopted_as_staged(life: Life) -> None:
    configured_by_hand(life)
    for name in (REDIRECT, LOOP_CHECK):
        life.scene.administrator("Disable-TransportRule", Identity=name)
    life.sign_up()
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)
    assert life.scene.writes() == []


def test_a_loop_check_with_another_guid_is_never_overwritten(life: Life) -> None:
    configured_by_hand(life, guid="99999999-9999-4999-8999-999999999999")
    before = life.scene.state()
    life.sign_up()
    assert life.now() == (Stage.AWAITING_CONSENT, Verdict.NEEDS_HUMAN)
    assert "loop_check_guid" in life.scene.record().findings["other_guid"]
    assert life.scene.state() == before
    # The vendor says which GUID it stamps, and all is well without one write.
    life.sign_up(replace(SIGNUP, loop_check=Secret("99999999-9999-4999-8999-999999999999")))
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.scene.state() == before


def test_a_redirect_that_runs_over_a_broken_path_is_switched_off_before_anything_else(life: Life) -> None:
    configured_by_hand(life)
    life.scene.administrator("Set-InboundConnector", Identity=FROM, Enabled=False)
    life.sign_up()
    assert life.scene.writes()[0] == "Disable-TransportRule"
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)


# Plans


def test_a_plan_says_old_and_new_and_writes_nothing(life: Life) -> None:
    life.active().scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=["evil.example"])
    writes = life.scene.writes()
    sight, _ = plan_for(TENANT_ID, "remediate", life.world, POLICY)
    assert [(step.verb, step.name) for step in sight.steps] == [
        (Verb.DISABLE, REDIRECT),
        (Verb.UPDATE, TO),
        (Verb.ENABLE, REDIRECT),
    ]
    assert life.scene.writes() == writes


def test_an_activation_that_is_bound_to_a_plan_goes_on_when_the_tenant_stands_still(life: Life) -> None:
    sight, _ = plan_for(TENANT_ID, "activate", life.staged().world, POLICY)
    life.ask("activate", plan_hash=sight.plan_hash)
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.scene.record().approval is None


def test_a_plan_is_refused_at_once_when_the_tenant_has_moved(life: Life) -> None:
    sight, _ = plan_for(TENANT_ID, "activate", life.staged().world, POLICY)
    life.scene.administrator("Set-InboundConnector", Identity=FROM, RequireTls=False)
    writes = life.scene.writes()
    with pytest.raises(PlanMoved):
        life.ask("activate", plan_hash=sight.plan_hash)
    assert life.now()[0] is Stage.STAGED
    assert life.scene.writes() == writes


def test_a_plan_is_refused_when_the_tenant_moves_between_the_order_and_the_work(life: Life) -> None:
    sight, _ = plan_for(TENANT_ID, "activate", life.staged().world, POLICY)
    order = Order("activate", "jane", plan_hash=sight.plan_hash)
    asked = command(order, TENANT_ID, life.world, POLICY)
    life.scene.administrator("New-TransportRule", Name="One more", SetSCL="5", Priority=0)
    writes = life.scene.writes()
    assert life.run(asked.deliveries) == ["plan_moved"]
    assert (life.now()[0], life.scene.record().approval) == (Stage.STAGED, None)
    assert life.scene.writes() == writes
    assert [event[:3] for event in life.events("plan")] == [("activate", "approved", "refused: the tenant has moved")]


def test_a_refused_plan_leaves_a_running_tenant_running(life: Life) -> None:
    sight, _ = plan_for(TENANT_ID, "activate", life.active().world, POLICY)
    asked = command(Order("activate", "jane", plan_hash=sight.plan_hash), TENANT_ID, life.world, POLICY)
    life.scene.administrator("New-TransportRule", Name="One more", SetSCL="5", Priority=0)
    assert life.run(asked.deliveries) == ["plan_moved"]
    life.later(hours=1)
    assert (life.now()[0], life.items()[REDIRECT]) == (Stage.ACTIVE, "on")


def test_what_moves_no_mail_is_bound_to_no_plan(life: Life) -> None:
    life.staged()
    for name in ("verify", "hold"):
        with pytest.raises(InvalidRequest):
            life.ask(name, plan_hash="0" * 64, reason="x", until=life.clock() + timedelta(hours=1))


OFF = ("deactivate", "pause", "offboard")


@pytest.mark.parametrize("name", OFF)
def test_what_takes_mail_off_is_refused_at_once_when_the_tenant_has_moved(life: Life, name: str) -> None:
    sight, _ = plan_for(TENANT_ID, name, life.active().world, POLICY)
    life.scene.administrator("Set-InboundConnector", Identity=FROM, RequireTls=False)
    with pytest.raises(PlanMoved):
        life.ask(name, plan_hash=sight.plan_hash, reason="x", until=life.clock() + timedelta(hours=1))
    assert (life.now()[0], life.items()[REDIRECT]) == (Stage.ACTIVE, "on")


@pytest.mark.parametrize("name", OFF)
def test_what_takes_mail_off_is_not_held_up_by_what_moves_after_the_order(life: Life, name: str) -> None:
    sight, _ = plan_for(TENANT_ID, name, life.active().world, POLICY)
    order = Order(name, "jane", "x", life.clock() + timedelta(hours=1), plan_hash=sight.plan_hash)
    asked = command(order, TENANT_ID, life.world, POLICY)
    life.scene.administrator("New-TransportRule", Name="One more", SetSCL="5", Priority=0)
    assert "plan_moved" not in life.run(asked.deliveries)
    assert life.items()[REDIRECT] != "on"


@pytest.mark.parametrize("name", OFF)
def test_a_plan_for_taking_mail_off_begins_with_redirect_and_changes_nothing_wanted(life: Life, name: str) -> None:
    sight, _ = plan_for(TENANT_ID, name, life.active().world, POLICY)
    assert (sight.steps[0].verb, sight.steps[0].name) == (Verb.DISABLE, REDIRECT)
    assert (life.now()[0], life.items()[REDIRECT]) == (Stage.ACTIVE, "on")


def test_a_look_for_its_own_sake_is_had_of_a_tenant_whose_repairs_are_held(life: Life) -> None:
    life.active().ask("hold", reason="x", until=life.clock() + timedelta(hours=1))
    life.scene.administrator("Set-InboundConnector", Identity=FROM, RequireTls=False)
    sight, _ = plan_for(TENANT_ID, "verify", life.world, POLICY)
    assert [step.name for step in sight.steps] == [FROM]
    with pytest.raises(NotAllowed):
        plan_for(TENANT_ID, "remediate", life.world, POLICY)


# Pause, hold, freeze


def test_a_pause_switches_redirect_off_alone_and_ends_by_itself_after_a_warning(life: Life) -> None:
    life.active().ask("pause", reason="their filter is down", until=life.clock.now + 4 * HOUR)
    assert (life.items()[REDIRECT], life.items()[LOOP_CHECK]) == ("off", "on")
    assert life.now() == (Stage.PAUSED, Verdict.HEALTHY)
    assert life.later(hours=2) == []
    assert life.items()[REDIRECT] == "off"
    assert life.later(hours=1, minutes=5) == ["pause ends soon"]
    assert life.later(minutes=5) == []
    assert life.later(hours=1) == ["pause is over"]
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.items()[REDIRECT] == "on"
    pause = [event for event in life.events("operator") if event[0] == "pause"]
    assert "their filter is down" in pause[0][2]
    assert pause[0][3] == "jane"


def test_what_an_administrator_switches_on_in_a_pause_goes_off_again(life: Life) -> None:
    life.active().ask("pause", reason="a test", until=life.clock.now + 48 * HOUR)
    life.scene.administrator("Enable-TransportRule", Identity=REDIRECT)
    life.later(hours=1)
    assert life.items()[REDIRECT] == "off"


def test_a_pause_needs_a_reason_and_an_end_that_lies_ahead(life: Life) -> None:
    life.active()
    now = life.clock.now
    for wrong in ({}, {"reason": "x"}, {"until": now + HOUR}, {"reason": "x", "until": now}):
        with pytest.raises(InvalidRequest):
            life.ask("pause", **wrong)
    with pytest.raises(InvalidRequest):
        life.ask("pause", reason="x", until=now + timedelta(days=31))
    assert life.now()[0] is Stage.ACTIVE


def test_a_resume_ends_a_pause_at_once(life: Life) -> None:
    life.active().ask("pause", reason="a test", until=life.clock.now + HOUR).ask("resume")
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.items()[REDIRECT] == "on"


def test_on_hold_everything_is_watched_and_nothing_written_until_it_ends(life: Life) -> None:
    life.active().ask("hold", reason="they migrate", until=life.clock.now + 5 * HOUR)
    life.scene.administrator("Remove-TransportRule", Identity=REDIRECT)
    writes = life.scene.writes()
    life.later(hours=2)
    assert life.now() == (Stage.ACTIVE, Verdict.DRIFTED)
    for order in ("remediate", "activate"):
        with pytest.raises(NotAllowed):
            life.ask(order)
    life.run([Delivery(Queue.REMEDIATE, new_message(Cause.OPERATOR, life.scene.record().generation))])
    assert life.scene.writes() == writes
    assert life.later(hours=2, minutes=1) == ["hold ends soon"]
    assert life.later(hours=1) == ["hold is over"]
    assert life.items()[REDIRECT] == "on"


def test_a_pause_and_a_deactivation_end_a_hold(life: Life) -> None:
    for order, more in (("pause", {"reason": "x", "until": life.clock.now + 9 * HOUR}), ("deactivate", {})):
        life = Life()
        life.active().ask("hold", reason="they migrate", until=life.clock.now + 5 * HOUR).ask(order, **more)
        assert life.items()[REDIRECT] == "off"
        assert life.scene.record().hold is None


# Accepted deviations


def drifted(life: Life) -> str:
    life.scene.administrator("Set-InboundConnector", Identity=FROM, EFSkipIPs=["203.0.113.0/24"])
    return f"{FROM}/EFSkipIPs"


def test_an_accepted_value_is_pinned_and_every_other_is_drift_again(life: Life) -> None:
    setting = drifted(life.active())
    life.ask("accept", setting=setting, reason="no IPv6 there", until=life.clock.now + 96 * HOUR)
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    writes = life.scene.writes()
    life.scene.administrator("Set-InboundConnector", Identity=FROM, EFSkipIPs=["203.0.113.0-203.0.113.255"])
    life.later(hours=1)
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.scene.writes() == writes
    life.scene.administrator("Set-InboundConnector", Identity=FROM, EFSkipIPs=["203.0.113.0/25"])
    life.later(hours=1)
    assert life.items()["Enhanced filtering"] == "on"
    assert life.scene.writes() != writes


def test_an_accepted_value_is_drift_again_when_its_time_is_over_or_it_is_revoked(life: Life) -> None:
    setting = drifted(life.active())
    life.ask("accept", setting=setting, reason="no IPv6 there", until=life.clock.now + 30 * HOUR)
    assert life.items()["Enhanced filtering"] != "on"
    assert life.later(hours=31) == [f"deviation {setting} is over"]
    assert life.items()["Enhanced filtering"] == "on"
    drifted(life)
    life.ask("accept", setting=setting, reason="again", until=life.clock.now + 30 * HOUR)
    assert life.items()["Enhanced filtering"] != "on"
    life.ask("revoke", setting=setting)
    assert life.items()["Enhanced filtering"] == "on"


def test_what_loses_mail_or_lets_it_pass_unscanned_cannot_be_accepted(life: Life) -> None:
    life.active().ask("hold", reason="to look", until=life.clock.now + 9 * HOUR)
    life.scene.administrator("Set-OutboundConnector", Identity=TO, SmartHosts=["evil.example"])
    for setting in (f"{TO}/SmartHosts", f"{TO}/TlsDomain", "nothing/at all", f"{LOOP_CHECK}/HeaderContainsWords"):
        with pytest.raises(NotAllowed):
            life.ask("accept", setting=setting, reason="x", until=life.clock.now + HOUR)


def test_an_activation_is_not_kept_back_by_what_is_accepted(life: Life) -> None:
    setting = drifted(life.staged())
    life.ask("accept", setting=setting, reason="no IPv6 there", until=life.clock.now + 96 * HOUR).ask("activate")
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert life.items()[REDIRECT] == "on"


# Moving to another region


def test_an_active_tenant_moves_with_redirect_off_until_all_is_of_the_new_region(life: Life) -> None:
    life.active()
    writes = len(life.scene.writes())
    life.sign_up(replace(SIGNUP, region=Region.US))
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)
    assert (life.regions(), life.scene.record().moving_from) == ({"us"}, None)
    assert set(life.items().values()) == {"on"}
    sent = life.scene.writes()[writes:]
    assert (sent[0], sent[-1]) == ("Disable-TransportRule", "Enable-TransportRule")
    assert sorted(sent[1:-1]) == ["Set-InboundConnector", "Set-OutboundConnector"]
    assert life.scene.is_untouched()


def test_the_connectors_stay_as_they_are_while_mail_is_still_on_its_way(life: Life) -> None:
    life.active()
    asked = sign_up(replace(SIGNUP, region=Region.US), "msg_move", life.world)
    (settled,) = HANDLERS[Queue.REMEDIATE](asked.deliveries[0].message, life.world, POLICY).deliveries
    life.clock.now += settled.delay
    (following,) = HANDLERS[Queue.VERIFY](settled.message, life.world, POLICY).deliveries
    assert life.regions() == {"eu"}
    assert life.items()[REDIRECT] == "off"
    assert following.delay == POLICY.draining - settled.delay
    life.clock.advance(minutes=5)
    life.run([replace(following, delay=timedelta(0))])
    assert life.regions() == {"us"}
    assert life.now() == (Stage.ACTIVE, Verdict.HEALTHY)


def test_a_staged_tenant_moves_and_stays_staged(life: Life) -> None:
    life.staged().sign_up(replace(SIGNUP, region=Region.AU))
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)
    assert (life.regions(), life.items()[REDIRECT]) == ({"au"}, "off")


def test_a_move_whose_messages_are_lost_is_finished_by_the_timer(life: Life) -> None:
    life.active()
    sign_up(replace(SIGNUP, region=Region.US), "msg_move", life.world)
    for _ in range(4):
        life.later(hours=1)
    assert (life.regions(), life.now()) == ({"us"}, (Stage.ACTIVE, Verdict.HEALTHY))
    assert set(life.items().values()) == {"on"}


def test_a_move_back_in_the_middle_ends_where_it_began(life: Life) -> None:
    life.active()
    sign_up(replace(SIGNUP, region=Region.US), "msg_a", life.world)
    life.later(hours=1)
    life.sign_up()
    for _ in range(3):
        life.later(hours=1)
    assert (life.regions(), life.now()) == ({"eu"}, (Stage.ACTIVE, Verdict.HEALTHY))
    assert set(life.items().values()) == {"on"}


# Leaving


def test_a_tenant_that_leaves_is_as_it_was_before_it_came(life: Life) -> None:
    life.active().ask("offboard")
    assert life.scene.record().stage is Stage.OFFBOARDED
    assert life.scene.state() == life.before
    sent = [c for c in life.scene.writes() if c.startswith(("Disable", "Remove")) or c == "Set-ArcConfig"]
    assert sent[1:] == [
        "Disable-TransportRule",
        "Disable-TransportRule",
        "Remove-TransportRule",
        "Remove-TransportRule",
        "Remove-OutboundConnector",
        "Remove-InboundConnector",
        "Set-ArcConfig",
    ]


def test_nothing_is_removed_while_mail_is_still_on_its_way(life: Life) -> None:
    life.active()
    asked = command(Order("offboard", "jane"), TENANT_ID, life.world, POLICY)
    (following,) = HANDLERS[Queue.OFFBOARD](asked.deliveries[0].message, life.world, POLICY).deliveries
    assert (life.items()[REDIRECT], life.items()[LOOP_CHECK]) == ("off", "off")
    assert life.scene.writes()[-2:] == ["Disable-TransportRule", "Disable-TransportRule"]
    assert following.delay == POLICY.draining


def test_the_proof_says_what_was_there_what_went_and_what_was_read_back(life: Life) -> None:
    life.active().ask("offboard")
    proof = life.world.proofs.get(TENANT_ID)
    assert proof is not None
    assert [row["Name"] for row in proof.before] == [FROM, TO, LOOP_CHECK, REDIRECT]
    assert not [name for row in proof.before for name in row if "@" in name]
    assert proof.had_sealer
    assert len(proof.removed) == 7
    assert (proof.read_back, proof.finished_at) == ((), life.clock.now)
    assert CANARY not in repr(proof)


def test_off_boarding_again_writes_nothing_and_succeeds(life: Life) -> None:
    life.active().ask("offboard")
    writes, reads = life.scene.writes(), len(life.scene.directory.history)
    life.ask("offboard")
    life.later(hours=30)
    assert life.scene.writes() == writes
    assert len(life.scene.directory.history) == reads
    assert life.scene.record().stage is Stage.OFFBOARDED


def test_what_wears_our_name_and_is_not_ours_stays_when_we_leave(life: Life) -> None:
    life.staged().scene.administrator("Remove-TransportRule", Identity=REDIRECT)
    life.scene.administrator("New-TransportRule", Name=REDIRECT, SetSCL="5")
    life.ask("offboard")
    names = [rule["Name"] for rule in life.scene.state()["transport_rules"]]
    assert REDIRECT in names
    assert LOOP_CHECK not in names
    proof = life.world.proofs.get(TENANT_ID)
    assert proof is not None
    assert list(proof.left) == [REDIRECT]


def test_a_customers_rule_that_uses_our_connector_keeps_it_until_a_person_acts(life: Life) -> None:
    life.active().scene.administrator("New-TransportRule", Name="Theirs", RouteMessageOutboundConnector=TO)
    life.ask("offboard")
    assert life.now() == (Stage.OFFBOARDING, Verdict.NEEDS_HUMAN)
    assert "Theirs" in life.scene.record().reason
    life.scene.administrator("Remove-TransportRule", Identity="Theirs")
    life.later(hours=1)
    life.later(hours=1)
    assert life.scene.record().stage is Stage.OFFBOARDED
    assert life.scene.state() == life.before


def test_consent_that_was_withdrawn_before_leaves_a_list_for_the_customer(life: Life) -> None:
    life.active().scene.directory.switches.turn({"consent": False})
    life.ask("offboard")
    assert life.now() == (Stage.OFFBOARDING, Verdict.NEEDS_CONSENT)
    life.scene.directory.switches.turn({"consent": True})
    for _ in range(3):
        life.later(hours=1)
    assert life.scene.state() == life.before


def test_who_was_never_let_in_leaves_without_a_question(life: Life) -> None:
    life.scene.directory.switches.turn({"consent": False})
    life.sign_up().ask("offboard")
    assert life.scene.record().stage is Stage.OFFBOARDED
    proof = life.world.proofs.get(TENANT_ID)
    assert proof is not None
    assert proof.before == ()


def test_nobody_comes_back_without_a_new_signup(life: Life) -> None:
    life.active().ask("offboard")
    for name in ("verify", "remediate", "activate", "deactivate", "resume"):
        with pytest.raises(NotAllowed):
            life.ask(name)
    for queue in Queue:
        life.run([Delivery(queue, new_message(Cause.OPERATOR, generation=99))])
    assert life.scene.state() == life.before
    life.sign_up()
    assert life.now() == (Stage.STAGED, Verdict.HEALTHY)
    assert CANARY in str(life.scene.state()["transport_rules"])


# History


def test_the_history_tells_the_whole_life_and_keeps_the_secret(life: Life) -> None:
    life.active().scene.administrator("Set-InboundConnector", Identity=FROM, Enabled=False)
    life.later(hours=1)
    life.ask("offboard")
    assert [event[1:3] for event in life.events("stage") if not event[0]] == [
        ("awaiting_consent", "staged"),
        ("staged", "active"),
        ("active", "offboarding"),
        ("offboarding", "offboarded"),
    ]
    assert {event[3] for event in life.events("operator")} == {"jane", "keeper"}
    assert any(event[0] == FROM and event[2] == "disabled" for event in life.events("item"))
    steps = [event for event in life.events("step") if event[2] == "done"]
    assert len(steps) == len(life.scene.writes())
    found, _ = life.world.history.page(TENANT_ID, None, 1000)
    assert CANARY not in repr(found)


def test_the_history_is_forgotten_after_its_time_and_not_before(life: Life) -> None:
    life.staged()
    count = len(life.world.history.page(TENANT_ID, None, 1000)[0])
    life.clock.now += POLICY.memory - HOUR
    life.later(seconds=1)
    assert len(life.world.history.page(TENANT_ID, None, 1000)[0]) >= count
    life.later(days=2)
    assert len(life.world.history.page(TENANT_ID, None, 1000)[0]) < count
