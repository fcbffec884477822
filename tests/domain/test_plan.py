"""Each fault has its exact steps, in the one safe order, and nothing is written that could not be judged."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.observation import Complete, Observation
from shared.domain.plan import hazards, plan
from shared.domain.report import settled
from shared.domain.resources import Item, Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import FailPolicy, Stage
from shared.domain.values import Secret
from tests.domain.judge import complaints, foreign
from tests.domain.test_drift import SINGLE
from tests.domain.world import (
    ARC,
    CANARY,
    FROM,
    KINDS,
    LOOP,
    NOW,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    carry_out,
    edited,
    fresh,
    healthy,
    moved,
    rows,
    tenant_of,
    unread,
    without,
)

ACTIVE, STAGED = tenant_of(Stage.ACTIVE), tenant_of(Stage.STAGED)
OFF, ON = (Verb.DISABLE, REDIRECT), (Verb.ENABLE, REDIRECT)
EXPECTED_PAIR = {"HeaderContainsMessageHeader": "X-MMCloud-ID", "HeaderContainsWords": (Secret(CANARY),)}


def steps_for(
    world: Observation,
    stage: Stage = Stage.ACTIVE,
    policy: FailPolicy = FailPolicy.OPEN,
    *,
    foreign_owner: bool = False,
) -> tuple[Step, ...]:
    table = desired_state(replace(ACTIVE, stage=stage), SPEC)
    drifts = diff(table, world, {} if foreign_owner else OWNED, active=stage is Stage.ACTIVE)
    return plan(table, world, drifts, policy)


def short(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.verb, step.name) for step in steps]


def after(world: Observation, steps: tuple[Step, ...]) -> Observation:
    for step in steps:
        world = carry_out(step, world)
    return world


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("policy", list(FailPolicy))
def test_a_healthy_tenant_is_left_alone(stage: Stage, policy: FailPolicy) -> None:
    assert steps_for(healthy(replace(ACTIVE, stage=stage)), stage, policy) == ()


def test_a_fresh_tenant_is_built_in_order_with_rules_born_off() -> None:
    steps = steps_for(fresh(STAGED), Stage.STAGED)
    create = Verb.CREATE
    assert short(steps) == [(create, FROM), (create, TO), (Verb.UPDATE, ARC), (create, LOOP), (create, REDIRECT)]
    assert [step.settings.get("Enabled") for step in steps] == [True, True, None, False, False]
    assert all("Priority" not in step.settings for step in steps)
    assert complaints(after(fresh(STAGED), steps), STAGED) == []


def test_even_an_active_tenants_rules_are_born_off_and_switched_on_last() -> None:
    steps = steps_for(fresh(ACTIVE))
    assert [step.settings["Enabled"] for step in steps if step.kind is Kind.TRANSPORT_RULE and step.settings] == [
        False
    ] * 2
    assert short(steps)[-2:] == [(Verb.ENABLE, LOOP), ON]


def test_an_object_is_created_with_every_setting_of_its_row() -> None:
    for step, resource in zip(steps_for(fresh(STAGED), Stage.STAGED), desired_state(STAGED, SPEC), strict=True):
        rest = {k: v for k, v in step.settings.items() if k != "Enabled"}
        assert {k: v for k, v in rest.items() if k != "ArcTrustedSealers"} == {
            row.name: row.value for row in resource.settings if row.compare not in ("unset", "includes")
        }


@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.STAGED])
@pytest.mark.parametrize(("name", "changes", "item", "effect"), SINGLE)
def test_one_changed_setting_is_one_set_that_carries_it_alone(
    name: str, changes: dict[str, object], item: Item, effect: str, stage: Stage
) -> None:
    tenant = replace(ACTIVE, stage=stage)
    world = edited(healthy(tenant), name, **changes)
    steps = steps_for(world, stage)
    hazard = stage is Stage.ACTIVE and effect == "outage" and item in (FROM, TO, LOOP)
    assert short(steps) == ([OFF, (Verb.UPDATE, name), ON] if hazard else [(Verb.UPDATE, name)])
    (update,) = [step for step in steps if step.verb is Verb.UPDATE]
    pair = EXPECTED_PAIR.keys() if EXPECTED_PAIR.keys() & changes.keys() else set()
    assert update.settings.keys() == changes.keys() | pair
    assert update.identity == (ARC if name == ARC else str(OWNED[name]))
    end = after(world, steps)
    assert complaints(end, tenant) == [] or changes == {"StopRuleProcessing": False}
    assert foreign(end)[0] == foreign(world)[0]


def test_several_changed_settings_of_one_object_are_one_set() -> None:
    world = edited(healthy(ACTIVE), FROM, Enabled=False, RequireTls=False, EFSkipLastIP=True)
    (update,) = [step for step in steps_for(world) if step.verb is Verb.UPDATE]
    assert update.settings == {"Enabled": True, "RequireTls": True, "EFSkipLastIP": False}


def test_the_header_and_its_words_travel_together() -> None:
    for changes in ({"HeaderContainsWords": ["x"]}, {"HeaderContainsMessageHeader": "X-Other"}):
        update = next(s for s in steps_for(edited(healthy(ACTIVE), LOOP, **changes)) if s.verb is Verb.UPDATE)
        assert update.settings == EXPECTED_PAIR


BREAKS = {
    "From missing": lambda world: without(world, FROM),
    "From off": lambda world: edited(world, FROM, Enabled=False),
    "To missing": lambda world: without(world, TO),
    "To off": lambda world: edited(world, TO, Enabled=False),
    "To elsewhere": lambda world: edited(world, TO, SmartHosts=["evil.example"]),
    "Loop Check missing": lambda world: without(world, LOOP),
    "Loop Check off": lambda world: edited(world, LOOP, State="Disabled"),
    "Loop Check below": lambda world: moved(world, LOOP, 7),
}


@pytest.mark.parametrize("case", BREAKS)
def test_redirect_over_a_broken_path_goes_off_first_and_on_last_when_failing_open(case: str) -> None:
    world = BREAKS[case](healthy(ACTIVE))
    steps = steps_for(world)
    assert (short(steps)[0], short(steps)[-1], short(steps).count(OFF)) == (OFF, ON, 1)
    assert complaints(after(world, steps), ACTIVE) == []


@pytest.mark.parametrize("case", BREAKS)
def test_redirect_is_not_switched_when_failing_closed(case: str) -> None:
    steps = steps_for(BREAKS[case](healthy(ACTIVE)), policy=FailPolicy.CLOSED)
    assert steps
    assert not {OFF, ON} & set(short(steps))


@pytest.mark.parametrize("policy", list(FailPolicy))
def test_a_redirect_that_is_merely_suspected_stays_on(policy: FailPolicy) -> None:
    for kind in (Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE, Kind.ARC_CONFIG):
        assert steps_for(unread(healthy(ACTIVE), kind), policy=policy) == ()


def test_what_was_written_just_now_is_neither_a_hazard_nor_written_again() -> None:
    table, world = desired_state(ACTIVE, SPEC), without(healthy(ACTIVE), TO)
    drifts = settled(diff(table, world, OWNED, active=True), {TO: NOW}, NOW, timedelta(minutes=2))
    assert hazards(drifts) == ()
    assert plan(table, world, drifts, FailPolicy.OPEN) == ()


def test_a_staged_redirect_that_is_on_goes_off_however_recently_it_was_written() -> None:
    table = desired_state(STAGED, SPEC)
    world = edited(healthy(STAGED), REDIRECT, State="Enabled", Mode="Audit")
    drifts = settled(diff(table, world, OWNED, active=False), {REDIRECT: NOW}, NOW, timedelta(minutes=2))
    assert OFF in short(plan(table, world, drifts, FailPolicy.OPEN))


@pytest.mark.parametrize("odd", [FROM, TO, LOOP, REDIRECT])
def test_a_stranger_is_never_written_to_and_redirect_is_not_switched_on_beside_it(odd: str) -> None:
    key = {FROM: "TlsSenderCertificateName", TO: "TlsDomain", REDIRECT: "RouteMessageOutboundConnector"}
    change = {"HeaderContainsWords": ["x"]} if odd == LOOP else {key[odd]: "Foreign"}
    for state in ("Enabled", "Disabled"):
        world = edited(edited(healthy(ACTIVE), REDIRECT, State=state), odd, **change)
        steps = steps_for(edited(world, ARC, ArcTrustedSealers=None), foreign_owner=True)
        path_is_broken = odd != REDIRECT and state == "Enabled"
        assert short(steps) == ([OFF] if path_is_broken else []) + [(Verb.UPDATE, ARC)]


@pytest.mark.parametrize("name", list(OWNED))
def test_an_unknown_setting_forbids_every_write_to_its_object(name: str) -> None:
    key = "State" if KINDS[name] is Kind.TRANSPORT_RULE else "Enabled"
    world = edited(healthy(ACTIVE), name, **{key: None, "Mode": "Audit", "TestMode": True, "RequireTls": False})
    assert [step for step in steps_for(world) if step.name == name] == []


@pytest.mark.parametrize("on", [(LOOP,), (REDIRECT,), (LOOP, REDIRECT)])
@pytest.mark.parametrize("policy", list(FailPolicy))
def test_deactivating_switches_redirect_off_before_loop_check(on: tuple[str, ...], policy: FailPolicy) -> None:
    world = healthy(STAGED)
    for name in on:
        world = edited(world, name, State="Enabled")
    assert short(steps_for(world, Stage.STAGED, policy)) == [(Verb.DISABLE, name) for name in sorted(on, reverse=True)]


@pytest.mark.parametrize("policy", list(FailPolicy))
def test_pausing_switches_redirect_off_and_nothing_else(policy: FailPolicy) -> None:
    assert short(steps_for(healthy(ACTIVE), Stage.PAUSED, policy)) == [OFF]


def test_the_end_of_a_pause_switches_redirect_on_and_nothing_else() -> None:
    assert short(steps_for(healthy(replace(ACTIVE, stage=Stage.PAUSED)))) == [ON]


def test_activating_switches_loop_check_on_before_redirect() -> None:
    assert short(steps_for(healthy(STAGED))) == [(Verb.ENABLE, LOOP), ON]


@pytest.mark.parametrize("observed", ["b.Example, A.example", ["b.Example", "A.example"], "b.Example,,A.example,"])
def test_our_sealer_is_added_behind_the_others_in_their_order_and_spelling(observed: object) -> None:
    (step,) = steps_for(edited(healthy(ACTIVE), ARC, ArcTrustedSealers=observed))
    assert step.settings == {"ArcTrustedSealers": ("b.Example", "A.example", "dkim.mailmarshal.cloud")}


def test_a_sealer_list_that_was_never_made_gets_ours_alone() -> None:
    (step,) = steps_for({**healthy(ACTIVE), Kind.ARC_CONFIG: Complete(())})
    assert (step.identity, step.settings) == ("Default", {"ArcTrustedSealers": ("dkim.mailmarshal.cloud",)})


@pytest.mark.parametrize("foreigners", range(4))
@pytest.mark.parametrize("missing", [None, LOOP, REDIRECT])
@pytest.mark.parametrize("tenant", [ACTIVE, STAGED])
def test_from_any_order_loop_check_ends_directly_above_redirect_and_the_others_keep_theirs(
    foreigners: int, missing: str | None, tenant: object
) -> None:
    stage = Stage.ACTIVE if tenant is ACTIVE else Stage.STAGED
    start = healthy(replace(ACTIVE, stage=stage))
    rules = rows(start, Kind.TRANSPORT_RULE)[6 - foreigners :]
    kept = [row for row in rules if row["Name"] != missing]
    for order in permutations(kept):
        if [r["Name"] for r in order if r["Name"] not in OWNED] != [r["Name"] for r in rules[:foreigners]]:
            continue
        placed = tuple({**row, "Priority": place} for place, row in enumerate(order))
        world: Observation = {**start, Kind.TRANSPORT_RULE: Complete(placed)}
        steps = steps_for(world, stage)
        end = after(world, steps)
        assert complaints(end, replace(ACTIVE, stage=stage)) == []
        assert foreign(end) == foreign(world)
        assert sum(step.verb is Verb.MOVE for step in steps) <= 1


@pytest.mark.parametrize("name", ["DeleteMessage", "HasSenderOverride", "ExceptIfHasNoClassification"])
def test_an_extra_flag_is_cleared_with_false(name: str) -> None:
    world = edited(healthy(ACTIVE), REDIRECT, **{name: True})
    assert complaints(after(world, steps_for(world)), ACTIVE) == []


def test_an_extra_condition_is_cleared_with_nothing() -> None:
    world = edited(healthy(ACTIVE), REDIRECT, FromScope="NotInOrganization", ExceptIfSCLOver=5)
    (update,) = steps_for(world)
    assert update.settings == {"FromScope": None, "ExceptIfSCLOver": None}
    assert complaints(after(world, (update,)), ACTIVE) == []


def test_mail_that_redirect_sends_elsewhere_is_put_right_by_the_first_write() -> None:
    world = edited(healthy(ACTIVE), REDIRECT, RouteMessageOutboundConnector="Foreign Fax")
    assert steps_for(edited(world, ARC, ArcTrustedSealers=None))[0].name == REDIRECT


def test_a_step_says_what_it_does_and_why() -> None:
    (step,) = steps_for(edited(healthy(ACTIVE), REDIRECT, State="Disabled"))
    assert str(step) == f"enable {REDIRECT}: the tenant is to have it enabled"
    assert all(step.why for step in steps_for(fresh(ACTIVE)))
