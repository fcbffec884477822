"""The state of a consent round trip is believed as it was written, in time, and not otherwise."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.consent_state import LIFETIME, ConsentState, opened, seal
from shared.domain.errors import Unauthentic
from shared.domain.values import Secret
from tests.domain.world import NOW, modest

KEY, OTHER = Secret("a key of the vendor's"), Secret("a key of somebody else's")
STATE = ConsentState(UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10"), NOW + LIFETIME, UUID(int=0xBEEF))
SEALED = seal(STATE, KEY)
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

states = st.builds(
    ConsentState,
    st.uuids(),
    st.integers(1, 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.uuids(),
)


def refused(text: str, key: Secret = KEY, now: datetime = NOW) -> str:
    with pytest.raises(Unauthentic) as refusal:
        opened(text, key, now)
    return str(refusal.value)


@given(states, st.text(min_size=1, max_size=20, alphabet=st.characters(exclude_categories=["Cs"])))
@modest
def test_a_state_comes_back_as_it_was_written(state: ConsentState, key: str) -> None:
    sealed = seal(state, Secret(key))
    assert opened(sealed, Secret(key), NOW) == state
    assert re.fullmatch(r"[A-Za-z0-9._-]+", sealed)
    assert len(sealed) < 200


def test_it_holds_to_its_end_and_not_at_it() -> None:
    assert opened(SEALED, KEY, STATE.expires_at - timedelta(microseconds=1)) == STATE
    refused(SEALED, now=STATE.expires_at)
    refused(SEALED, now=datetime(9999, 1, 1, tzinfo=UTC))
    assert timedelta(minutes=5) <= LIFETIME <= timedelta(hours=1)


@pytest.mark.parametrize("place", range(len(SEALED)))
def test_any_change_of_any_character_is_refused(place: int) -> None:
    for other in {*ALPHABET, "é", "\x00", " ", "٦"} - {SEALED[place]}:
        refused(SEALED[:place] + other + SEALED[place + 1 :])
    refused(SEALED[:place])
    refused(SEALED[:place] + SEALED[place + 1 :])
    refused(SEALED[:place] + "0" + SEALED[place:])


def test_nothing_may_be_put_around_it() -> None:
    for text in ("", " " + SEALED, SEALED + " ", SEALED + "=", SEALED + ".", "." + SEALED, SEALED * 2, SEALED.upper()):
        refused(text)


@given(states, states)
@modest
def test_a_signature_is_good_for_its_own_state_and_under_its_own_key(one: ConsentState, other: ConsentState) -> None:
    sealed, signature = seal(one, KEY), seal(other, KEY).rpartition(".")[2]
    refused(sealed, OTHER)
    refused(seal(one, OTHER))
    if one != other:
        refused(f"{sealed.rpartition('.')[0]}.{signature}")


def test_each_part_counts() -> None:
    others = [
        replace(STATE, tenant_id=UUID(int=1)),
        replace(STATE, nonce=UUID(int=1)),
        replace(STATE, expires_at=STATE.expires_at + timedelta(seconds=1)),
    ]
    assert len({SEALED, *(seal(other, KEY) for other in others)}) == 4


def test_every_refusal_says_the_same_and_nothing_of_what_was_sent() -> None:
    said = {refused("evil"), refused(SEALED, OTHER), refused(SEALED, now=NOW + LIFETIME), refused(SEALED[1:])}
    assert len(said) == 1
    assert "evil" not in said.pop()


def test_the_key_is_not_in_it() -> None:
    assert KEY.reveal not in SEALED
    assert "key" not in SEALED


@given(st.text() | st.text(ALPHABET) | st.lists(st.text(ALPHABET, max_size=40), min_size=3, max_size=5).map(".".join))
@modest
def test_any_text_at_all_is_only_ever_refused(text: str) -> None:
    refused(text)


def test_half_a_surrogate_and_a_text_without_end_are_refused() -> None:
    for text in ("\ud800", f"{SEALED}\udfff", "." * 100_000, "0" * 100_000, f"{'9' * 5000}.x"):
        refused(text)
