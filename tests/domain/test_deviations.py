"""An accepted deviation is one value of one setting that mail can bear, in any spelling, and no other value."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Deviation
from shared.domain.desired import desired_state
from shared.domain.deviations import acceptable, name_of, value_of, with_accepted
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.errors import NotAllowed
from shared.domain.observation import Observation
from shared.domain.plan import plan
from shared.domain.report import judged
from shared.domain.resources import Effect, Item
from shared.domain.tenants import FailPolicy, Stage, Verdict
from tests.domain.test_drift import SINGLE
from tests.domain.world import (
    ARC,
    CANARY,
    FROM,
    LOOP,
    NOW,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    edited,
    healthy,
    modest,
    tenant_of,
    unread,
    without,
)

ACTIVE = tenant_of(Stage.ACTIVE)
BEARABLE = [single for single in SINGLE if single[3] in (Effect.DEGRADED, Effect.COSMETIC)]
UNBEARABLE = [single for single in SINGLE if single not in BEARABLE]


def found(world: Observation, stage: Stage = Stage.ACTIVE) -> tuple[Drift, ...]:
    table = desired_state(replace(ACTIVE, stage=stage), SPEC)
    return diff(table, world, OWNED, active=stage is Stage.ACTIVE)


def pinned(value: str) -> Deviation:
    return Deviation(value, "ada", "agreed", NOW)


def accepted(name: str, changes: dict[str, object]) -> dict[str, Deviation]:
    """A person has accepted what is read after these changes."""
    key = f"{name}/{next(iter(changes))}"
    return {key: pinned(acceptable(found(edited(healthy(ACTIVE), name, **changes)), key))}


@pytest.mark.parametrize(("name", "changes", "item", "effect"), BEARABLE)
def test_what_mail_can_bear_can_be_accepted_and_is_then_healthy_and_left_alone(
    name: str, changes: dict[str, object], item: Item, effect: Effect
) -> None:
    world = edited(healthy(ACTIVE), name, **changes)
    (drift,) = with_accepted(found(world), accepted(name, changes))
    (as_found,) = found(world)
    assert (as_found.item, as_found.effect) == (item, effect)
    assert drift == replace(as_found, fault=Fault.ACCEPTED, effect=Effect.COSMETIC)
    assert judged([drift])[0] is Verdict.HEALTHY
    for policy in FailPolicy:
        assert plan(desired_state(ACTIVE, SPEC), world, [drift], policy) == ()


@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.STAGED, Stage.PAUSED])
@pytest.mark.parametrize(("name", "changes", "item", "effect"), UNBEARABLE)
def test_what_loses_mail_or_lets_it_pass_cannot_be_accepted_in_any_stage(
    name: str, changes: dict[str, object], item: Item, effect: Effect, stage: Stage
) -> None:
    drifts = found(edited(healthy(replace(ACTIVE, stage=stage)), name, **changes), stage)
    key = f"{name}/{next(iter(changes))}"
    with pytest.raises(NotAllowed) as refusal:
        acceptable(drifts, key)
    assert CANARY not in str(refusal.value)
    assert {drift.item for drift in drifts} == {item}
    assert {drift.effect for drift in drifts} <= {effect, Effect.COSMETIC}
    smuggled = {name_of(drift): pinned(value_of(drift)) for drift in drifts}
    assert with_accepted(drifts, smuggled) == drifts


@pytest.mark.parametrize("name", [FROM, TO, LOOP, REDIRECT])
def test_an_object_that_is_off_or_gone_or_unread_cannot_be_accepted(name: str) -> None:
    key = "State" if name in (LOOP, REDIRECT) else "Enabled"
    gone, off = without(healthy(ACTIVE), name), edited(healthy(ACTIVE), name, **{key: False})
    for world in (gone, off, unread(healthy(ACTIVE), *healthy(ACTIVE))):
        for setting in ("", key, "RequireTls"):
            with pytest.raises(NotAllowed):
                acceptable(found(world), f"{name}/{setting}")


def test_what_does_not_differ_cannot_be_accepted() -> None:
    for name in (f"{FROM}/RequireTls", "", "/", "x" * 1000):
        with pytest.raises(NotAllowed) as refusal:
            acceptable(found(healthy(ACTIVE)), name)
        assert len(str(refusal.value)) < 200


def test_the_customers_own_words_in_a_rule_are_not_shown_and_not_accepted() -> None:
    world = edited(healthy(ACTIVE), LOOP, PrependSubject="[scanned]")
    (drift,) = found(world)
    assert drift.effect is Effect.DEGRADED
    with pytest.raises(NotAllowed, match="not shown"):
        acceptable([drift], name_of(drift))
    assert with_accepted([drift], {name_of(drift): pinned(value_of(drift))}) == (drift,)


SAME_AND_OTHERS: list[tuple[str, str, list[object], list[object]]] = [
    (FROM, "RequireTls", [False], []),
    (
        FROM,
        "EFSkipIPs",
        [["192.0.2.9", "203.0.113.0/24"], ["203.0.113.0-203.0.113.255", "192.0.2.9/32"]],
        [["192.0.2.9"], ["192.0.2.9", "203.0.113.0/25"], []],
    ),
    (
        FROM,
        "EFUsers",
        [["ann@contoso.example", "bob@contoso.example"], ["Bob@Contoso.example", "ann@contoso.example"]],
        [["ann@contoso.example"], "ann@contoso.example", ["ann@contoso.example", "eve@contoso.example"], True, 7],
    ),
    (FROM, "EFTestMode", [True], ["true", ["true"], 7]),
    (TO, "TlsSettings", ["EncryptionOnly", "encryptiononly", " ENCRYPTIONONLY"], ["CertificateValidation", None, ""]),
    (
        ARC,
        "ArcTrustedSealers",
        ["a.example,b.example", "B.example, A.example.", ["b.example", "a.example"]],
        ["a.example", "a.example,b.example,c.example", None],
    ),
    (REDIRECT, "StopRuleProcessing", [True], []),
]


@pytest.mark.parametrize(("name", "setting", "same", "others"), SAME_AND_OTHERS)
def test_the_accepted_value_in_other_words_stays_accepted_and_any_other_is_drift_again(
    name: str, setting: str, same: list[object], others: list[object]
) -> None:
    for value in same:
        deviations = accepted(name, {setting: value})
        for other in same:
            (drift,) = with_accepted(found(edited(healthy(ACTIVE), name, **{setting: other})), deviations)
            assert drift.fault is Fault.ACCEPTED, other
        for other in others:
            drifts = found(edited(healthy(ACTIVE), name, **{setting: other}))
            assert with_accepted(drifts, deviations) == drifts, other
            assert [drift.fault for drift in drifts] == [Fault.ALTERED]


@given(st.sampled_from(BEARABLE), st.sampled_from(SINGLE))
@modest
def test_an_acceptance_covers_its_own_value_and_nothing_beside_it(
    pin: tuple[str, dict[str, object], Item, Effect], change: tuple[str, dict[str, object], Item, Effect]
) -> None:
    deviations = accepted(pin[0], pin[1])
    drifts = found(edited(healthy(ACTIVE), change[0], **change[1]))
    is_covered = pin == change
    faults = [drift.fault for drift in with_accepted(drifts, deviations)]
    assert faults == [Fault.ACCEPTED if is_covered else Fault.ALTERED]


@given(st.sampled_from(BEARABLE))
@modest
def test_what_is_accepted_can_be_accepted_once_more(pin: tuple[str, dict[str, object], Item, Effect]) -> None:
    deviations = accepted(pin[0], pin[1])
    drifts = with_accepted(found(edited(healthy(ACTIVE), pin[0], **pin[1])), deviations)
    ((key, deviation),) = deviations.items()
    assert acceptable(drifts, key) == deviation.value


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(BEARABLE), anything)
@modest
def test_whatever_is_read_instead_is_judged_without_an_error(
    pin: tuple[str, dict[str, object], Item, Effect], value: object
) -> None:
    name, changes = pin[0], pin[1]
    drifts = found(edited(healthy(ACTIVE), name, **dict.fromkeys(changes, value)))
    for drift in with_accepted(drifts, accepted(name, changes)):
        assert drift.fault in (Fault.ALTERED, Fault.UNKNOWN, Fault.ACCEPTED)


def test_unknown_is_never_accepted() -> None:
    deviations = accepted(FROM, {"RequireTls": False})
    (drift,) = with_accepted(found(edited(healthy(ACTIVE), FROM, RequireTls="False")), deviations)
    assert drift.fault is Fault.UNKNOWN
