"""Present, enabled, acting: three answers to three questions, for every state that an item may be in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.drift import Fault
from shared.domain.report import item_states
from shared.domain.resources import Item
from shared.domain.standing import Reply, standing
from shared.domain.tenants import Stage

Y, N, U, NONE = Reply.YES, Reply.NO, Reply.UNKNOWN, Reply.NONE


@pytest.mark.parametrize(
    ("state", "desired", "expected"),
    [
        ("on", "on", (Y, Y, Y)),
        ("off", "off", (Y, N, N)),
        ("missing", "on", (N, N, N)),
        ("gone", "gone", (N, N, N)),
        ("disabled", "on", (Y, N, N)),
        ("enabled", "off", (Y, Y, Y)),
        ("altered (Mode)", "on", (Y, Y, N)),
        ("altered (Mode)", "off", (Y, N, N)),
        ("misplaced", "on", (Y, Y, N)),
        ("accepted (RequireTls)", "on", (Y, Y, Y)),
        ("stranger", "on", (N, U, U)),
        ("unknown", "on", (U, U, U)),
        ("settling", "on", (U, U, U)),
        ("contested (Mode)", "on", (U, U, U)),
        ("blocked", "on", (U, U, U)),
    ],
)
def test_each_state_answers_each_question(state: str, desired: str, expected: tuple[Reply, ...]) -> None:
    found = standing(Item.REDIRECT, state, desired)
    assert (found.present, found.enabled, found.acting) == expected


def test_every_fault_has_an_answer_that_is_not_on() -> None:
    for fault in set(Fault) - {Fault.ACCEPTED, Fault.ENABLED}:
        found = standing(Item.LOOP_CHECK, fault.value, "on")
        assert found.acting is not Reply.YES, fault


def test_what_has_no_switch_has_no_answer_to_whether_it_is_on() -> None:
    for item in (Item.ARC_SEALER, Item.ENHANCED_FILTERING):
        assert standing(item, "on", "on").enabled is Reply.NONE
        assert standing(item, "missing", "on").enabled is Reply.NONE


def test_a_sealer_that_is_not_in_the_list_is_not_there() -> None:
    assert standing(Item.ARC_SEALER, "altered (ArcTrustedSealers)", "on").present is Reply.NO


@pytest.mark.parametrize("stage", list(Stage))
def test_a_tenant_without_a_difference_is_present_everywhere_and_acts_where_it_is_on(stage: Stage) -> None:
    for name, state in item_states((), stage).items():
        found = standing(Item(name), state, state)
        assert found.present is Reply.YES
        assert (found.acting is Reply.YES) == (state == "on")


@given(st.text(max_size=30), st.text(max_size=5), st.sampled_from(Item))
def test_any_text_ends_in_an_answer(state: str, desired: str, item: Item) -> None:
    assert standing(item, state, desired).present in Reply
