from datetime import timedelta

import pytest

from shared.domain import errors
from shared.domain.desired import desired_state
from shared.domain.drift import Drift, Fault
from shared.domain.errors import KeeperError, PermanentError, TransientError
from shared.domain.report import held_back, item_states, judged, settled, verdict_of
from shared.domain.resources import Effect, Item
from shared.domain.tenants import Stage, Verdict
from tests.domain.world import FROM, LOOP, NOW, REDIRECT, SPEC, TO, tenant_of

TABLE = {resource.name: resource for resource in desired_state(tenant_of(), SPEC)}
MINUTE = timedelta(minutes=1)


def drift(fault: Fault, name: str = TO, effect: Effect = Effect.OUTAGE) -> Drift:
    return Drift(fault, TABLE[name], TABLE[name].item, effect)


RANKS = [
    (Fault.STRANGER, Verdict.NEEDS_HUMAN),
    (Fault.CONTESTED, Verdict.CONTESTED),
    (Fault.BLOCKED, Verdict.BLOCKED),
    (Fault.UNKNOWN, Verdict.UNKNOWN),
    (Fault.MISSING, Verdict.DRIFTED),
    (Fault.DISABLED, Verdict.DRIFTED),
    (Fault.ENABLED, Verdict.DRIFTED),
    (Fault.ALTERED, Verdict.DRIFTED),
    (Fault.MISPLACED, Verdict.DRIFTED),
    (Fault.SETTLING, Verdict.SETTLING),
    (Fault.ACCEPTED, Verdict.HEALTHY),
]


def test_every_fault_has_its_verdict() -> None:
    assert {fault for fault, _ in RANKS} == set(Fault)
    for fault, verdict in RANKS:
        assert judged([drift(fault)]) == (verdict, f"{TO}: {fault}")


def test_a_person_then_ignorance_then_drift_then_waiting_decides() -> None:
    order = [fault for fault, _ in RANKS]
    for place, (fault, verdict) in enumerate(RANKS):
        assert judged([drift(other) for other in order[place:]][::-1])[0] is verdict, fault


def test_no_drift_is_health() -> None:
    assert judged([]) == (Verdict.HEALTHY, "all six items are as they should be")


def test_the_worst_is_named_and_the_rest_counted() -> None:
    drifts = [drift(Fault.ALTERED, FROM, Effect.DEGRADED), drift(Fault.ALTERED, REDIRECT, Effect.BYPASS)]
    assert judged([*drifts, drift(Fault.ALTERED)])[1] == f"{TO}: altered, and 2 more"
    assert judged(drifts)[1] == f"{REDIRECT}: altered, and 1 more"


def test_the_worst_is_named_whatever_its_fault() -> None:
    drifts = [drift(Fault.MISSING, REDIRECT, Effect.BYPASS), drift(Fault.DISABLED, TO, Effect.OUTAGE)]
    assert judged(drifts)[1] == f"{TO}: disabled, and 1 more"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (errors.NeedsConsent, Verdict.NEEDS_CONSENT),
        (errors.NeedsPermission, Verdict.NEEDS_CONSENT),
        (errors.NeedsRole, Verdict.NEEDS_ROLE),
        (errors.TenantGone, Verdict.TENANT_GONE),
        (errors.Blocked, Verdict.BLOCKED),
        (errors.NeedsHuman, Verdict.NEEDS_HUMAN),
        *[(kind, Verdict.UNKNOWN) for kind in TransientError.__subclasses__()],
    ],
)
def test_an_error_is_a_verdict(error: type[KeeperError], verdict: Verdict) -> None:
    assert verdict_of(error("x")) is verdict


def test_every_other_permanent_error_needs_a_person() -> None:
    assert verdict_of(PermanentError("x")) is verdict_of(errors.Rejected("x")) is Verdict.NEEDS_HUMAN


@pytest.mark.parametrize("stage", list(Stage))
def test_healthy_items_are_on_and_rules_are_off_until_activation_and_redirect_in_a_pause(stage: Stage) -> None:
    states = item_states([], stage)
    assert list(states) == [item.value for item in Item]
    off = {name for name, state in states.items() if state == "off"}
    assert off == {Stage.ACTIVE: set(), Stage.PAUSED: {REDIRECT}}.get(stage, {LOOP, REDIRECT})
    assert set(states.values()) <= {"on", "off"}


def test_an_item_says_what_is_wrong_with_it_and_the_others_say_nothing() -> None:
    rows = TABLE[TO].settings
    drifts = [
        Drift(Fault.ALTERED, TABLE[TO], Item.TO_CONNECTOR, Effect.OUTAGE, setting=row) for row in (*rows[:2], rows[0])
    ]
    states = item_states([*drifts, drift(Fault.UNKNOWN, LOOP)], Stage.ACTIVE)
    assert states[TO] == "altered (ConnectorType, IsTransportRuleScoped)"
    assert states[LOOP] == "unknown"
    assert [state for name, state in states.items() if name not in (TO, LOOP)] == ["on"] * 4


@pytest.mark.parametrize("accepted_first", [True, False])
def test_what_is_accepted_hides_nothing_that_is_not(accepted_first: bool) -> None:  # noqa: FBT001
    rows = TABLE[TO].settings
    accepted = Drift(Fault.ACCEPTED, TABLE[TO], Item.TO_CONNECTOR, Effect.COSMETIC, setting=rows[0])
    altered = Drift(Fault.ALTERED, TABLE[TO], Item.TO_CONNECTOR, Effect.OUTAGE, setting=rows[1])
    both = (accepted, altered) if accepted_first else (altered, accepted)
    assert item_states(both, Stage.ACTIVE)[TO] == f"altered ({rows[1].name})"
    assert item_states([accepted], Stage.ACTIVE)[TO] == f"accepted ({rows[0].name})"
    assert judged(both)[0] is Verdict.DRIFTED


@pytest.mark.parametrize("fault", list(Fault))
def test_only_what_may_be_a_lagging_read_is_held_back(fault: Fault) -> None:
    (held,) = settled([drift(fault)], {TO: NOW}, NOW + MINUTE, 2 * MINUTE)
    if fault in (Fault.STRANGER, Fault.UNKNOWN, Fault.ENABLED, Fault.BLOCKED, Fault.ACCEPTED):
        assert held == drift(fault)
    else:
        assert (held.fault, held.effect, held.item) == (Fault.SETTLING, Effect.COSMETIC, Item.TO_CONNECTOR)


@pytest.mark.parametrize("fault", list(Fault))
def test_what_microsoft_refuses_is_blocked_with_its_reason_but_a_switch_that_must_go_off(fault: Fault) -> None:
    (held,) = held_back([drift(fault)], {TO: "open a support case"})
    if fault in (Fault.STRANGER, Fault.UNKNOWN, Fault.ENABLED, Fault.ACCEPTED):
        assert held == drift(fault)
    else:
        assert (held.fault, held.reason, held.effect) == (Fault.BLOCKED, "open a support case", drift(fault).effect)
    assert held_back([drift(fault)], {FROM: "other"}) == (drift(fault),)


def test_what_was_written_long_ago_or_never_is_drift() -> None:
    drifts = (drift(Fault.MISSING), drift(Fault.ALTERED, FROM))
    assert settled(drifts, {TO: NOW, REDIRECT: NOW + MINUTE}, NOW + MINUTE, MINUTE) == drifts
    assert settled(drifts, {}, NOW, MINUTE) == drifts
    just = settled(drifts, {TO: NOW}, NOW + MINUTE - timedelta(microseconds=1), MINUTE)
    assert [d.fault for d in just] == [Fault.SETTLING, Fault.ALTERED]
