"""The twin's sign-in of people: a page with accounts, a code for one minute and one exchange, checked as Entra does."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest

from local.twin.signing_in import _CODE_LIFETIME
from tests.twin.desk import Desk, new_desk

DIRECTORY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
CLIENT = "11111111-2222-4333-8444-555555555555"
BACK = "http://127.0.0.1:7071/api/console/callback"
VERIFIER = "v" * 43
ASKED = {
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": f"openid profile api://{CLIENT}/.default",
    "state": "s1",
    "nonce": "n1",
    "code_challenge": urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
    "code_challenge_method": "S256",
}


@pytest.fixture
def desk() -> Desk:
    desk = new_desk()
    for name, role in (("Ann Example", "Keeper.Admin"), ("Bob <Example>", "Keeper.Read")):
        desk.send("POST", "/twin/operators", {"tenant_id": DIRECTORY, "name": name, "roles": [role]})
    return desk


def authorize(desk: Desk, name: str = DIRECTORY, **changes: str) -> tuple[int, dict[str, str], str]:
    asked = {key: text for key, text in {**ASKED, **changes}.items() if text}
    answer = desk.send("GET", f"/{name}/oauth2/v2.0/authorize?{urlencode(asked)}")
    back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
    return answer.status, back, answer.body.decode()


def exchange(desk: Desk, code: str, **changes: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "client_secret": "any",
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "code": code,
        **changes,
    }
    answer = desk.send("POST", f"/{DIRECTORY}/oauth2/v2.0/token", raw=urlencode(form).encode())
    return answer.status, json.loads(answer.body)


def code_of(desk: Desk) -> str:
    return authorize(desk, login_hint=f"ann.example@{DIRECTORY}")[1]["code"]


def test_the_page_offers_the_accounts_of_the_directory_as_text(desk: Desk) -> None:
    status, _, page = authorize(desk)
    assert status == 200
    assert "Ann Example" in page
    assert "Bob &lt;Example&gt;" in page
    assert "<Example>" not in page


@pytest.mark.parametrize("name", [DIRECTORY, "organizations"])
def test_whom_the_hint_names_is_sent_back_with_a_code_and_the_state(desk: Desk, name: str) -> None:
    status, back, _ = authorize(desk, name, login_hint=f"ann.example@{DIRECTORY}")
    assert (status, back["state"]) == (302, "s1")
    assert back["code"]


def test_who_cancels_is_sent_back_with_the_refusal(desk: Desk) -> None:
    status, back, _ = authorize(desk, answer="cancel")
    assert (status, back["error"], back["state"]) == (302, "access_denied", "s1")
    assert "code" not in back


def test_a_code_becomes_a_token_for_the_api_and_one_for_the_application(desk: Desk) -> None:
    status, tokens = exchange(desk, code_of(desk))
    assert status == 200
    access, identity = (
        jwt.decode(tokens[name], options={"verify_signature": False}) for name in ("access_token", "id_token")
    )
    assert (access["aud"], access["roles"], access["azp"]) == (f"api://{CLIENT}", ["Keeper.Admin"], CLIENT)
    assert (identity["aud"], identity["nonce"], "roles" in identity) == (CLIENT, "n1", False)
    assert access["oid"] == identity["oid"]


def test_a_code_is_good_once_and_for_a_minute(desk: Desk) -> None:
    code = code_of(desk)
    assert exchange(desk, code)[0] == 200
    assert exchange(desk, code)[1]["error_codes"] == [54005]
    late = code_of(desk)
    desk.advance(seconds=_CODE_LIFETIME / timedelta(seconds=1))
    assert exchange(desk, late)[1]["error_codes"] == [70008]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"code_verifier": "w" * 43}, 501481),
        ({"code_verifier": ""}, 501481),
        ({"redirect_uri": BACK + "2"}, 500112),
        ({"client_secret": ""}, 7000216),
    ],
)
def test_an_exchange_that_does_not_fit_its_request_is_refused(desk: Desk, changes: dict[str, str], number: int) -> None:
    status, refusal = exchange(desk, code_of(desk), **changes)
    assert status in (400, 401)
    assert refusal["error_codes"] == [number]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": ""}, "900144"),
        ({"response_type": "token"}, "70005"),
        ({"redirect_uri": "http://evil.example/"}, "50011"),
        ({"scope": "openid"}, "70011"),
        ({"code_challenge_method": "plain"}, "501491"),
    ],
)
def test_a_request_that_is_wrong_ends_on_a_page_and_sends_nobody_anywhere(
    desk: Desk, changes: dict[str, str], number: str
) -> None:
    status, back, page = authorize(desk, login_hint=f"ann.example@{DIRECTORY}", **changes)
    assert (status, back) == (400, {})
    assert f"AADSTS{number}" in page


def test_an_account_that_is_told_wrongly_is_refused(desk: Desk) -> None:
    for body in ({}, {"tenant_id": "x", "name": "A", "roles": []}, {"tenant_id": DIRECTORY, "name": "A", "more": 1}):
        assert desk.send("POST", "/twin/operators", body).status == 400
