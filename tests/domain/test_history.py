"""Every difference between two editions of a record that people care for is one event, and nothing else is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Suspension
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.history import EventKind, Thread, changes
from shared.domain.interference import interference
from shared.domain.regions import Region
from shared.domain.report import item_states, judged
from shared.domain.tenants import Stage, Tenant, Verdict
from shared.domain.values import Secret
from tests.domain.test_every_state import WORLDS
from tests.domain.world import CANARY, LOOP, NOW, OWNED, REDIRECT, SPEC, edited, healthy, modest, tenant_of

THREAD = Thread(NOW, "keeper", UUID(int=77))

names = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["on", "off", "missing"]))
tenants = st.builds(
    lambda stage, region, verdict, items, findings: replace(
        tenant_of(stage, region), verdict=verdict, reason=f"because {verdict}", items=items, findings=findings
    ),
    st.sampled_from(Stage),
    st.sampled_from(Region),
    st.sampled_from(Verdict),
    names,
    names,
)


@given(tenants)
@modest
def test_what_has_not_changed_has_no_events(tenant: Tenant) -> None:
    assert changes(tenant, tenant, THREAD) == ()
    busy = replace(tenant, generation=9, checked_at=NOW, written={"a": NOW}, owned=OWNED, reason="other words")
    assert changes(tenant, busy, THREAD) == ()


@given(tenants, tenants)
@modest
def test_every_difference_is_one_event_that_says_what_was_and_what_is(before: Tenant, after: Tenant) -> None:
    def shown(tenant: Tenant) -> Mapping[tuple[str, str], str]:
        alone = {("stage", ""): tenant.stage.value, ("stage", "region"): tenant.region.value, ("verdict", ""): ""}
        alone["verdict", ""] = tenant.verdict.value
        items = {("item", name): state for name, state in tenant.items.items()}
        return {**alone, **items, **{("finding", name): said for name, said in tenant.findings.items()}}

    was, now = shown(before), shown(after)
    expected = {key: (was.get(key, ""), now.get(key, "")) for key in {*was, *now} if was.get(key) != now.get(key)}
    events = changes(before, after, THREAD)
    keys = [(event.kind.value, "" if event.kind is EventKind.VERDICT else event.subject) for event in events]
    assert dict(zip(keys, [(event.before, event.after) for event in events], strict=True)) == expected
    assert len(keys) == len(expected)
    assert {(event.at, event.actor, event.correlation_id) for event in events} <= {(NOW, "keeper", UUID(int=77))}


def test_a_verdict_is_told_with_its_reason() -> None:
    (event,) = changes(tenant_of(), replace(tenant_of(), verdict=Verdict.DRIFTED, reason="it is off"), THREAD)
    assert (event.kind, event.subject, event.before, event.after) == (
        EventKind.VERDICT,
        "it is off",
        "unknown",
        "drifted",
    )


def test_what_is_gone_is_told_by_an_empty_after() -> None:
    (event,) = changes(replace(tenant_of(), findings={"stranger": "warning: x"}), tenant_of(), THREAD)
    assert (event.kind, event.subject, event.before, event.after) == (EventKind.FINDING, "stranger", "warning: x", "")


@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.STAGED, Stage.PAUSED])
def test_no_event_of_any_look_shows_the_guid(stage: Stage) -> None:
    before = tenant_of(stage)
    table = desired_state(before, SPEC)
    odd = edited(healthy(before), LOOP, HeaderContainsWords=[CANARY, "x"], PrependSubject=CANARY, From=[CANARY])
    shown = ""
    for world in (*WORLDS[::31], odd, edited(odd, REDIRECT, SentTo=[CANARY])):
        drifts = diff(table, world, OWNED, active=stage is Stage.ACTIVE)
        verdict, reason = judged(drifts)
        findings = {finding.code: str(finding) for finding in interference(world)}
        items = item_states(drifts, stage)
        after = replace(before, verdict=verdict, reason=reason, items=items, findings=findings)
        shown += repr(changes(before, after, THREAD))
    assert "altered" in shown
    assert CANARY not in shown.casefold()


def test_a_new_guid_is_no_event() -> None:
    later = NOW + timedelta(hours=1)
    decided = replace(
        tenant_of(),
        loop_check=Secret("0ddba11"),
        generation=4,
        hold=Suspension("ada", "why", NOW, later),
        next_check_at=later,
    )
    assert changes(tenant_of(), decided, THREAD) == ()
