"""The way to Entra and back: one browser's, once, and for somebody whom our own checks let in."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.sealed_flow import LIFETIME, opened_flow, sealed
from shared.domain.errors import Forbidden, Unauthentic, Unavailable, VendorCredential
from shared.domain.operators import Role
from shared.domain.values import Secret
from tests.entra_people import PARTNER, STRANGER, VENDOR, Entra, new_entra
from tests.fakes import NOW
from tests.in_process import Received, Sent

CALLBACK = "https://keeper.example/api/console/callback"
KEY = Secret("0f" * 32)


@pytest.fixture
def entra() -> Entra:
    return new_entra()


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_whom_entra_signs_in_is_an_operator_by_the_checks_of_every_token(entra: Entra) -> None:
    login = entra.account("Ann Example", "Keeper.Operate")
    address, flow = entra.sign_in().begun(CALLBACK)
    operator = entra.operators().operator(entra.sign_in().token(flow, entra.visit(address, login)))
    assert operator.roles == {Role.OPERATE}
    assert operator.name.startswith("Ann Example (oid ")


def test_what_is_asked_is_a_code_with_pkce_state_and_nonce_and_nothing_that_outlives_the_visit(entra: Entra) -> None:
    address, flow = entra.sign_in().begun(CALLBACK)
    asked = query(address)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == CALLBACK
    assert asked["state"] == flow["state"]
    assert asked["nonce"]
    assert "offline_access" not in asked["scope"]
    assert str(flow["code_verifier"]) not in address
    assert urlsplit(address).path == f"/{VENDOR}/oauth2/v2.0/authorize"


def test_of_several_directories_the_token_says_which_and_any_other_is_refused(entra: Entra) -> None:
    sign_in, operators = entra.sign_in(VENDOR, PARTNER), entra.operators(VENDOR, PARTNER)
    for directory in (VENDOR, PARTNER, STRANGER):
        login = entra.account("Ann Example", "Keeper.Read", directory=directory)
        address, flow = sign_in.begun(CALLBACK)
        token = sign_in.token(flow, entra.visit(address, login))
        if directory == STRANGER:
            with pytest.raises(Unauthentic):
                operators.operator(token)
        else:
            assert operators.operator(token).roles == {Role.READ}


def test_who_has_no_role_is_signed_in_at_entra_and_not_let_in_here(entra: Entra) -> None:
    login = entra.account("Nobody Special")
    address, flow = entra.sign_in().begun(CALLBACK)
    token = entra.sign_in().token(flow, entra.visit(address, login))
    with pytest.raises(Forbidden):
        entra.operators().operator(token)


def test_a_code_is_good_once(entra: Entra) -> None:
    login = entra.account("Ann Example", "Keeper.Read")
    address, flow = entra.sign_in().begun(CALLBACK)
    back = entra.visit(address, login)
    entra.sign_in().token(flow, back)
    with pytest.raises(Unauthentic):
        entra.sign_in().token(flow, back)


@pytest.mark.parametrize(
    "changes",
    [{"state": "another"}, {"state": ""}, {"code": "made up"}, {"code": ""}],
    ids=str,
)
def test_a_way_back_that_anybody_could_have_written_lets_nobody_in(entra: Entra, changes: Mapping[str, str]) -> None:
    login = entra.account("Ann Example", "Keeper.Admin")
    address, flow = entra.sign_in().begun(CALLBACK)
    with pytest.raises(Unauthentic) as refused:
        entra.sign_in().token(flow, {**entra.visit(address, login), **changes})
    assert not any(value in str(refused.value) for value in changes.values() if value)


def test_who_cancels_at_entra_is_not_signed_in(entra: Entra) -> None:
    address, flow = entra.sign_in().begun(CALLBACK)
    with pytest.raises(Unauthentic):
        entra.sign_in().token(flow, entra.visit(address, "", answer="cancel"))


@pytest.mark.parametrize("name", ["state", "nonce", "code_verifier"])
def test_another_browsers_flow_does_not_take_the_answer(entra: Entra, name: str) -> None:
    login = entra.account("Ann Example", "Keeper.Admin")
    (address, mine), (_, other) = entra.sign_in().begun(CALLBACK), entra.sign_in().begun(CALLBACK)
    back = entra.visit(address, login)
    with pytest.raises(Unauthentic):
        entra.sign_in().token({**mine, name: other[name]}, back)


@given(st.dictionaries(st.sampled_from(["state", "nonce", "scope", "code_verifier", "redirect_uri"]), st.integers()))
def test_a_flow_of_any_form_lets_nobody_in(flow: dict[str, int]) -> None:
    with pytest.raises(Unauthentic):
        new_entra().sign_in().token(flow, {"state": "1", "code": "x"})


def test_entra_that_is_away_is_a_reason_to_come_again(entra: Entra) -> None:
    address, flow = entra.sign_in().begun(CALLBACK)
    back = entra.visit(address, entra.account("Ann Example", "Keeper.Read"))

    def away(_: Received) -> Sent:
        raise requests.ConnectionError("away")

    entra.transport.handle = away
    with pytest.raises(Unavailable):
        entra.sign_in().token(flow, back)


def test_a_credential_that_entra_refuses_is_ours_to_mend(entra: Entra) -> None:
    address, flow = entra.sign_in().begun(CALLBACK)
    back = entra.visit(address, entra.account("Ann Example", "Keeper.Read"))
    entra.transport.handle = lambda _: (401, {}, b'{"error":"invalid_client","error_codes":[7000222]}')
    with pytest.raises(VendorCredential):
        entra.sign_in().token(flow, back)


def test_a_flow_is_closed_to_whoever_carries_it_and_open_to_us_for_a_quarter_of_an_hour() -> None:
    flow = {"code_verifier": "a-verifier", "next": "/api/console"}
    closed = sealed(flow, KEY, NOW)
    assert "verifier" not in closed
    assert opened_flow(closed, KEY, NOW + LIFETIME) == flow
    for text, key, now in (
        (closed, KEY, NOW + LIFETIME + timedelta(seconds=1)),
        (closed, Secret("0e" * 32), NOW),
        (closed[:-2], KEY, NOW),
        ("", KEY, NOW),
    ):
        with pytest.raises(Unauthentic):
            opened_flow(text, key, now)


@given(st.text(max_size=60))
def test_any_text_is_no_flow(text: str) -> None:
    with pytest.raises(Unauthentic):
        opened_flow(text, KEY, NOW)
