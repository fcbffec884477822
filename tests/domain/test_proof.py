"""The proof of an off-boarding knows our objects by their Guid and shows no secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.observation import Complete
from shared.domain.proof import MASK, has_sealer, masked, ours
from shared.domain.resources import Kind
from shared.domain.values import Secret, Unreadable
from tests.domain.world import ARC, CANARY, LOOP, OWNED, edited, fresh, healthy, modest, rows, tenant_of, unread

SECRET = Secret(CANARY)
WORLD = healthy(tenant_of())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (CANARY, MASK),
        (CANARY.upper(), MASK),
        (f"a {CANARY.title()}, {CANARY}!", f"a {MASK}, {MASK}!"),
        ([CANARY, "x"], [MASK, "x"]),
        ((CANARY.upper(), 7), [MASK, 7]),
        ({"a": {"b": [{CANARY: CANARY}]}}, {"a": {"b": [{MASK: MASK}]}}),
        (None, None),
        (True, True),
        (7, 7),
        ("", ""),
        (CANARY[:-1], CANARY[:-1]),
    ],
    ids=range(11),
)
def test_the_guid_is_masked_wherever_it_stands(value: object, shown: object) -> None:
    assert masked(value, SECRET) == shown


def test_a_secret_is_taken_as_it_is_and_not_as_a_pattern() -> None:
    assert masked("a.c abc (", Secret("a.c")) == f"{MASK} abc ("
    assert masked("x(", Secret("(")) == f"x{MASK}"


cases = st.sampled_from([CANARY, CANARY.upper(), CANARY.swapcase(), f"x{CANARY}y", "other", ""])
documents = st.recursive(
    cases | st.text(max_size=5) | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cases, inner, max_size=3),
    max_leaves=8,
)


@given(documents)
@modest
def test_no_document_shows_the_guid_and_what_does_not_hold_it_stays(value: object) -> None:
    shown = masked(value, SECRET)
    assert CANARY not in json.dumps(shown).casefold()
    assert masked(shown, SECRET) == shown
    if CANARY not in json.dumps(value).casefold():
        assert shown == value


def test_what_is_ours_is_told_by_the_guid_alone() -> None:
    found = ours(WORLD, OWNED)
    assert {str(row["Guid"]) for _, row in found} == {str(guid) for guid in OWNED.values()}
    assert ours(WORLD, {}) == ()
    assert ours(fresh(tenant_of()), OWNED) == ()
    renamed = edited(WORLD, LOOP, Name="Renamed", Guid=str(OWNED[LOOP]).upper())
    assert "Renamed" in [row["Name"] for _, row in ours(renamed, OWNED)]


def test_an_object_without_a_guid_is_nobodys() -> None:
    values: tuple[object, ...] = (None, "", 7, [])
    for odd in values:
        assert len(ours(edited(WORLD, LOOP, Guid=odd), OWNED)) == 3
    assert not [kind for kind, _ in ours(unread(WORLD, Kind.TRANSPORT_RULE), OWNED) if kind is Kind.TRANSPORT_RULE]


def test_no_property_of_ours_shows_the_guid_once_masked() -> None:
    whole = [masked(row, SECRET) for _, row in ours(WORLD, OWNED)]
    assert CANARY in json.dumps(rows(WORLD, Kind.TRANSPORT_RULE)).casefold()
    assert CANARY not in json.dumps(whole).casefold()
    assert MASK in json.dumps(whole)


@pytest.mark.parametrize(
    ("value", "there"),
    [
        ("dkim.mailmarshal.cloud", True),
        ("a.example, DKIM.MailMarshal.Cloud. ,b", True),
        (["a", "dkim.mailmarshal.cloud"], True),
        ("xdkim.mailmarshal.cloud,dkim.mailmarshal.cloud.evil.example", False),
        (" ", False),
        (None, False),
    ],
)
def test_our_sealer_is_told_in_any_spelling_that_a_look_takes_for_it(value: object, there: bool) -> None:  # noqa: FBT001
    assert has_sealer(edited(WORLD, ARC, ArcTrustedSealers=value)) is there


def test_a_list_that_was_never_made_or_not_read_has_no_sealer_and_an_odd_one_is_unreadable() -> None:
    assert not has_sealer({**WORLD, Kind.ARC_CONFIG: Complete(())})
    assert not has_sealer(unread(WORLD, Kind.ARC_CONFIG))
    with pytest.raises(Unreadable):
        has_sealer(edited(WORLD, ARC, ArcTrustedSealers={}))
