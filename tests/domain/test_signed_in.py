"""What a browser carries: ours and in time, or nobody's."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import Unauthentic
from shared.domain.operators import Operator, Role
from shared.domain.signed_in import LIFETIME, SignedIn, form_token, is_form_token, opened, seal
from shared.domain.values import Secret
from tests.fakes import NOW

KEY, OTHER = Secret("11" * 32), Secret("22" * 32)
ANN = SignedIn(Operator("Ann Éxample (oid 1)", frozenset({Role.OPERATE})), NOW + LIFETIME, UUID(int=7))


def test_what_is_sealed_is_opened_as_it_was() -> None:
    assert opened(seal(ANN, KEY), KEY, NOW) == ANN
    assert opened(seal(ANN, KEY), KEY, NOW + LIFETIME - timedelta(seconds=1)) == ANN


def test_after_eight_hours_it_is_nobodys() -> None:
    with pytest.raises(Unauthentic):
        opened(seal(ANN, KEY), KEY, NOW + LIFETIME)


def test_another_deployments_is_nobodys() -> None:
    with pytest.raises(Unauthentic):
        opened(seal(ANN, OTHER), KEY, NOW)


@given(st.integers(0, 400), st.sampled_from("Aa0-_.x é"))
def test_one_character_changed_anywhere_makes_it_nobodys(place: int, letter: str) -> None:
    text = seal(ANN, KEY)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(Unauthentic):
            opened(changed, KEY, NOW)


@given(st.text(max_size=80))
def test_any_text_is_nobodys(text: str) -> None:
    with pytest.raises(Unauthentic):
        opened(text, KEY, NOW)
    assert not is_form_token(text, form_token(ANN, KEY))


def test_a_forms_token_belongs_to_one_sign_in() -> None:
    again = replace(ANN, mark=UUID(int=8))
    assert is_form_token(form_token(ANN, KEY), form_token(ANN, KEY))
    assert not is_form_token(form_token(ANN, KEY), form_token(again, KEY))
    assert not is_form_token(form_token(ANN, OTHER), form_token(ANN, KEY))


def test_a_forms_token_does_not_open_anything_and_a_cookie_is_no_forms_token() -> None:
    with pytest.raises(Unauthentic):
        opened(form_token(ANN, KEY), KEY, NOW)
    assert not is_form_token(seal(ANN, KEY), form_token(ANN, KEY))
