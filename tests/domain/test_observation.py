"""Annotations that Exchange puts beside the properties of its objects change nothing of what is made of them."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.fingerprint import fingerprint
from shared.domain.interference import interference
from shared.domain.observation import Complete, Observation, Unread, properties
from shared.domain.plan import plan
from shared.domain.suspicion import foreigners
from tests.domain.world import FROM, LOOP, OWNED, REDIRECT, SPEC, TO, edited, healthy, modest, rows, tenant_of

TENANT = tenant_of()
HEALTHY = healthy(TENANT)


def annotated(world: Observation, value: object) -> Observation:
    """The same objects as the wire has them: what stands beside a property names it and an ``@``."""
    return {
        kind: reading
        if isinstance(reading, Unread)
        else Complete(tuple(dict(_beside(row, value)) for row in reading.rows))
        for kind, reading in world.items()
    }


def _beside(row: Mapping[str, object], value: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [("@odata.type", value)]
    for name, own in row.items():
        found += [(f"{name}@data.type", value), (f"{name}@odata.type", value), (name, own)]
    return found


def made_of(world: Observation) -> object:
    """Everything that is made of a look."""
    desired = desired_state(TENANT, SPEC)
    drifts = diff(desired, world, OWNED, active=True)
    steps = plan(desired, world, drifts, TENANT.fail_policy)
    return drifts, steps, interference(world), foreigners(world), fingerprint(desired, world, OWNED, steps)


def test_an_object_without_its_annotations_is_what_it_says_of_itself() -> None:
    row = {"@odata.type": "#x", "Name": "a", "Guid@data.type": "System.Guid", "Guid": "g", "Comments": "me@contoso"}
    assert properties(row) == {"Name": "a", "Guid": "g", "Comments": "me@contoso"}


@given(st.sampled_from([row for kind in HEALTHY for row in rows(HEALTHY, kind)]), st.text(max_size=4))
@modest
def test_annotations_are_taken_off_whatever_they_say(row: Mapping[str, object], value: str) -> None:
    assert properties(dict(_beside(row, value))) == row


@given(
    st.sampled_from([FROM, TO, LOOP, REDIRECT]),
    st.sampled_from(
        ["Enabled", "State", "Mode", "Priority", "StopRuleProcessing", "SmartHosts", "RemoveHeader", "From"]
    ),
    st.sampled_from([None, True, False, 0, "Enabled", "Disabled", "Audit", ["x"], "X-MMCloud-ID"]),
    st.sampled_from([True, "#Boolean", "Enabled", ["x"], "X-MMCloud-ID"]),
)
@modest
def test_what_is_made_of_a_look_is_the_same_with_annotations_and_without(
    name: str, setting: str, value: object, beside: object
) -> None:
    world = edited(HEALTHY, name, **{setting: value})
    assert made_of(annotated(world, beside)) == made_of(world)
