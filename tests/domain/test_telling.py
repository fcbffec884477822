"""Every step of every plan is told to people: what it does to mail, and each setting old and new."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift
from shared.domain.observation import Complete, Observation
from shared.domain.plan import plan
from shared.domain.removal import removal_plan, switching_off
from shared.domain.resources import Item, Kind
from shared.domain.steps import Step, Verb
from shared.domain.telling import Change, changes_of, effect_of
from shared.domain.tenants import FailPolicy, Stage
from tests.domain.test_drift import SINGLE
from tests.domain.test_every_state import WORLDS
from tests.domain.test_rewriting import said_differently
from tests.domain.world import (
    ARC,
    CANARY,
    FROM,
    LOOP,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    edited,
    fresh,
    healthy,
    modest,
    moved,
    tenant_of,
)

ACTIVE = tenant_of(Stage.ACTIVE)
NO_WAY = "No mail changes its way"


def planned(
    world: Observation, stage: Stage = Stage.ACTIVE, policy: FailPolicy = FailPolicy.OPEN
) -> tuple[tuple[Step, ...], tuple[Drift, ...]]:
    table = desired_state(replace(ACTIVE, stage=stage), SPEC)
    drifts = diff(table, world, OWNED, active=stage is Stage.ACTIVE)
    return plan(table, world, drifts, policy), drifts


def effects(world: Observation, stage: Stage = Stage.ACTIVE) -> dict[tuple[str, str], str]:
    steps, drifts = planned(world, stage)
    return {(step.verb, step.name): effect_of(step, drifts) for step in steps}


@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.STAGED, Stage.PAUSED])
def test_every_step_of_every_plan_has_one_sentence_and_shows_no_secret(stage: Stage) -> None:
    seen: set[str] = set()
    for number, world in enumerate(WORLDS[::3]):
        steps, drifts = planned(world, stage, tuple(FailPolicy)[number % 2])
        for step in steps:
            said = effect_of(step, drifts)
            assert said.endswith("."), step
            shown = changes_of(step, drifts)
            assert [change.setting for change in shown] == list(step.settings)
            assert CANARY not in repr((said, shown)).casefold()
            seen.add(f"{step.verb} {step.kind}")
    assert len(seen) >= (8 if stage is Stage.ACTIVE else 7)


def test_every_step_of_every_off_boarding_has_one_sentence_whatever_differed_before() -> None:
    for world in WORLDS[::7]:
        _, drifts = planned(world, Stage.STAGED)
        for step in (*switching_off(world, OWNED), *removal_plan(world, OWNED)):
            assert effect_of(step, drifts) == effect_of(step, ())
            assert effect_of(step, ()).endswith(".")
            assert not step.settings or step.kind is Kind.ARC_CONFIG


def test_what_a_switch_does_to_mail_is_said_plainly() -> None:
    assert effects(healthy(tenant_of(Stage.STAGED))) == {
        (Verb.ENABLE, LOOP): "Mail that comes back from MailMarshal Cloud is delivered and not sent there again.",
        (Verb.ENABLE, REDIRECT): "Every message goes through MailMarshal Cloud, from minutes to half an hour after the "
        "step.",
    }
    off = effects(healthy(ACTIVE), Stage.STAGED)
    assert off[Verb.DISABLE, REDIRECT].startswith("Mail no longer goes to MailMarshal Cloud and arrives unscanned")
    assert off[Verb.DISABLE, LOOP].startswith("Mail that comes back from MailMarshal Cloud keeps its header")


def test_creating_what_is_not_there_changes_no_mails_way_but_the_inbound_connector_accepts() -> None:
    said = effects(fresh(tenant_of(Stage.STAGED)), Stage.STAGED)
    assert said.pop((Verb.CREATE, FROM)) == "Exchange accepts all messages from MailMarshal Cloud."
    assert len(said) == 4
    assert all(sentence.startswith(NO_WAY) for sentence in said.values())


def test_moving_loop_check_says_whom_it_meets() -> None:
    said = effects(moved(healthy(ACTIVE), LOOP, 7))
    assert said[Verb.MOVE, LOOP].endswith("meets Loop Check before Redirect.")


@pytest.mark.parametrize(("name", "changes", "item", "effect"), SINGLE)
def test_an_update_says_what_it_ends_by_the_worst_of_its_object(
    name: str, changes: dict[str, object], item: Item, effect: str
) -> None:
    starts = {
        "outage": "Ends a state in which mail is lost",
        "bypass": "Ends a state in which mail arrives unscanned",
        "degraded": "Mail keeps its way and is protected again",
        "cosmetic": NO_WAY,
    }
    assert effects(edited(healthy(ACTIVE), name, **changes))[Verb.UPDATE, name].startswith(starts[effect]), item
    staged = effects(edited(healthy(tenant_of(Stage.STAGED)), name, **changes), Stage.STAGED)
    assert staged[Verb.UPDATE, name].startswith(NO_WAY)


def test_the_worst_of_several_is_said() -> None:
    world = edited(healthy(ACTIVE), FROM, RequireTls=False, TlsSenderCertificateName="*.evil.example")
    assert effects(world)[Verb.UPDATE, FROM].startswith("Ends a state in which mail is lost")


def test_taking_our_sealer_away_is_told_apart_from_adding_it() -> None:
    added = effects(edited(healthy(ACTIVE), ARC, ArcTrustedSealers="a.example"))[Verb.UPDATE, ARC]
    (taken,) = removal_plan(healthy(ACTIVE), {})
    _, drifts = planned(edited(healthy(ACTIVE), FROM, RequireTls=False), Stage.STAGED)
    assert added.startswith("Mail keeps its way")
    for known in ((), drifts):
        assert (
            effect_of(taken, known) == "Microsoft no longer trusts what MailMarshal Cloud says of a message's origin."
        )


def test_the_removal_of_each_object_says_what_it_does() -> None:
    said = {step.name: effect_of(step, ()) for step in removal_plan(healthy(ACTIVE), OWNED) if step.verb is Verb.REMOVE}
    assert list(said) == [REDIRECT, LOOP, TO, FROM]
    assert all(said[name].startswith(NO_WAY) for name in (REDIRECT, LOOP, TO))
    assert said[FROM] == "Mail from MailMarshal Cloud is from then on treated like anybody's."


def test_a_renamed_redirect_that_goes_off_is_told_as_redirect() -> None:
    (off, *_) = switching_off(edited(healthy(ACTIVE), REDIRECT, Name="Renamed"), OWNED)
    assert effect_of(off, ()).startswith("Mail no longer goes to MailMarshal Cloud")


def shown(name: str, **changes: object) -> tuple[Change, ...]:
    steps, drifts = planned(edited(healthy(ACTIVE), name, **changes))
    (update,) = [step for step in steps if step.verb is Verb.UPDATE]
    return changes_of(update, drifts)


def test_each_setting_is_told_old_and_new() -> None:
    assert shown(TO, SmartHosts=["evil.example", "b.example"]) == (
        Change("SmartHosts", "evil.example, b.example", "m365integrated-array-1.eu.mailmarshal.cloud"),
    )
    assert shown(FROM, RequireTls=False) == (Change("RequireTls", "False", "True"),)
    assert shown(FROM, EFUsers=["a@contoso.example"]) == (Change("EFUsers", "a@contoso.example", ""),)
    assert shown(TO, TlsSettings=None) == (Change("TlsSettings", "", "DomainValidation"),)
    assert shown(TO, Enabled=False) == (Change("Enabled", "False", "True"),)
    assert shown(ARC, ArcTrustedSealers="a.example") == (
        Change("ArcTrustedSealers", "a.example", "a.example, dkim.mailmarshal.cloud"),
    )


def test_what_is_new_has_no_old() -> None:
    steps, drifts = planned(fresh(ACTIVE))
    created = [change for step in steps if step.verb is Verb.CREATE for change in changes_of(step, drifts)]
    assert {change.old for change in created} == {""}
    assert Change("HeaderContainsWords", "", "<secret>") in created


def test_secrets_and_the_customers_own_words_are_masked_on_both_sides() -> None:
    assert Change("HeaderContainsWords", "<secret>", "<secret>") in shown(LOOP, HeaderContainsWords=[CANARY, "x"])
    assert shown(REDIRECT, SubjectContainsWords=["confidential"]) == (Change("SubjectContainsWords", "<secret>", ""),)


def test_a_long_value_is_cut() -> None:
    (change,) = shown(TO, SmartHosts=[f"host-{place}.example" for place in range(99)])
    assert len(change.old) == 200
    (change,) = shown(TO, TlsDomain="x" * 999)
    assert len(change.old) == 200


@given(st.integers(0, 2**64 - 1).map(Random), st.integers(0, len(WORLDS) - 1), st.sampled_from(Stage))
@modest
def test_however_a_tenant_says_it_each_step_is_told_the_same_and_without_secrets(
    dice: Random, number: int, stage: Stage
) -> None:
    (steps, drifts), (others, found) = (
        planned(WORLDS[number], stage),
        planned(said_differently(dice, WORLDS[number]), stage),
    )
    assert [effect_of(step, drifts) for step in steps] == [effect_of(step, found) for step in others]
    news = [[change.new for change in changes_of(step, found)] for step in others if step.kind is not Kind.ARC_CONFIG]
    assert news == [
        [change.new for change in changes_of(step, drifts)] for step in steps if step.kind is not Kind.ARC_CONFIG
    ]
    assert CANARY not in repr([changes_of(step, found) for step in others]).casefold()


def test_a_list_that_was_never_made_has_no_old() -> None:
    steps, drifts = planned({**healthy(ACTIVE), Kind.ARC_CONFIG: Complete(())})
    assert changes_of(steps[0], drifts) == (Change("ArcTrustedSealers", "", "dkim.mailmarshal.cloud"),)
