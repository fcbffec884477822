"""The rules of a tenant in their order, with ours told from a stranger's by the Guid."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.observation import Complete, Unread
from shared.domain.ranking import ranking
from shared.domain.resources import Item, Kind
from shared.domain.values import Row

GUID = UUID(int=9)
OWNED = {Item.REDIRECT.value: GUID}


def rule(name: str, priority: object, **more: object) -> Row:
    return {"Name": name, "Priority": priority, "State": "Enabled", "Guid": str(UUID(int=1)), **more}


def seen(*rows: Row) -> dict[Kind, Complete]:
    return {Kind.TRANSPORT_RULE: Complete(rows)}


def test_rules_stand_in_the_order_of_their_priorities_however_they_came() -> None:
    found = ranking(seen(rule("b", 1, State="Disabled"), rule("c", 2, StopRuleProcessing=True), rule("a", 0)), {})
    assert found is not None
    assert [(each.place, each.name, each.is_on, each.stops) for each in found] == [
        (0, "a", True, False),
        (1, "b", False, False),
        (2, "c", True, True),
    ]


def test_ours_is_told_by_its_guid_and_not_by_its_name() -> None:
    name = Item.REDIRECT.value
    found = ranking(seen(rule(name, 0), rule(name.upper(), 1, Guid=str(GUID).upper())), OWNED)
    assert found is not None
    assert [each.item for each in found] == [None, Item.REDIRECT]


def test_rules_that_were_not_read_or_have_no_order_are_not_drawn() -> None:
    assert ranking({}, OWNED) is None
    assert ranking({Kind.TRANSPORT_RULE: Unread("away")}, OWNED) is None
    assert ranking(seen(rule("a", 0), rule("b", 0)), OWNED) is None
    assert ranking(seen(rule("a", None)), OWNED) is None


@given(st.permutations(range(8)))
def test_every_rule_is_there_once_in_its_place(order: list[int]) -> None:
    found = ranking(seen(*(rule(f"r{place}", place) for place in order)), {})
    assert found is not None
    assert [(each.place, each.name) for each in found] == [(place, f"r{place}") for place in range(8)]


def test_a_name_is_shown_on_one_line() -> None:
    found = ranking(seen(rule("a\n\x1b[31m\u202eb" + "x" * 500, 0)), {})
    assert found is not None
    assert "\n" not in found[0].name
    assert "\x1b" not in found[0].name
    assert "\u202e" not in found[0].name
    assert len(found[0].name) <= 128
