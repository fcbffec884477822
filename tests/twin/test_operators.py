"""Operators' tokens are checked as the product must check them: by the keys that Entra shows."""

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from tests.twin.desk import DOMAIN, ROOT, START, TENANT_ID, Desk, bearer, calling, new_desk

DIRECTORY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
AUDIENCE = "api://11111111-2222-4333-8444-555555555555"
OID = "0f0e0d0c-0000-4000-8000-000000000001"
ASKED = {"tenant_id": DIRECTORY, "audience": AUDIENCE}
DOOR = "/twin/operator-tokens"
ROTATE = "/twin/keys/rotate"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def token(desk: Desk, **more: object) -> str:
    response = desk.send("POST", DOOR, {**ASKED, **more})
    assert response.status == 200, response.body
    return str(json.loads(response.body)["access_token"])


def read(desk: Desk, path: str) -> dict[str, Any]:
    response = desk.send("GET", path)
    assert response.status == 200, response.body
    document: dict[str, Any] = json.loads(response.body)
    return document


def keys(desk: Desk, name: str = DIRECTORY) -> list[dict[str, str]]:
    found: list[dict[str, str]] = read(desk, f"/{name}/discovery/v2.0/keys")["keys"]
    return found


def checked(desk: Desk, signed: str) -> dict[str, Any]:
    """A token's claims, by the key that its header names; at the twin's time, not at ours."""
    [key] = [each for each in keys(desk) if each["kid"] == jwt.get_unverified_header(signed)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        signed,
        jwt.PyJWK(key, "RS256").key,
        algorithms=["RS256"],
        audience=AUDIENCE,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    return claims


def rotate(desk: Desk, body: object = None) -> str:
    response = desk.send("POST", ROTATE, body)
    assert response.status == 200, response.body
    return str(json.loads(response.body)["kid"])


@pytest.mark.parametrize(
    ("version", "issuer"),
    [("1.0", f"https://sts.windows.net/{DIRECTORY}/"), ("2.0", f"{ROOT}/{DIRECTORY}/v2.0")],
)
def test_a_token_says_who_operates_and_anybody_can_check_it(desk: Desk, version: str, issuer: str) -> None:
    signed = token(desk, roles=["Keeper.Read"], name="Ada", oid=OID.upper(), version=version, expires_in=60)
    claims, start = checked(desk, signed), int(START.timestamp())
    assert (claims["iss"], claims["ver"], claims["tid"], claims["aud"]) == (issuer, version, DIRECTORY, AUDIENCE)
    assert (claims["roles"], claims["name"], claims["oid"]) == (["Keeper.Read"], "Ada", OID)
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (start, start, start + 60)
    header = jwt.get_unverified_header(signed)
    assert (header["alg"], header["typ"], header.get("x5t")) == ("RS256", "JWT", {"1.0": header["kid"]}.get(version))


def test_a_token_is_of_the_second_version_for_an_hour_of_the_twin_s_time_without_roles(desk: Desk) -> None:
    desk.twin.advance(timedelta(days=1))
    claims = checked(desk, token(desk))
    assert (claims["ver"], claims["exp"] - claims["iat"], "roles" in claims) == ("2.0", 3600, False)
    assert claims["iat"] == int(START.timestamp()) + 86400


def test_an_operator_is_the_same_every_time_and_another_one_for_another_product(desk: Desk) -> None:
    first, again, other = checked(desk, token(desk)), checked(desk, token(desk)), checked(desk, token(desk, name="Ada"))
    assert (first["oid"], first["sub"]) == (again["oid"], again["sub"])
    assert first["uti"] != again["uti"]
    assert (first["oid"] == other["oid"], first["sub"] == other["sub"]) == (False, False)
    elsewhere = jwt.decode(token(desk, audience="api://other"), options={"verify_signature": False})
    assert (elsewhere["oid"] == first["oid"], elsewhere["sub"] == first["sub"]) == (True, False)


def test_claims_win_over_the_usual_ones_and_null_leaves_one_out(desk: Desk) -> None:
    claims = {"iss": 5, "tid": None, "scp": "user_impersonation", "exp": "soon"}
    found = jwt.decode(token(desk, claims=claims), options={"verify_signature": False})
    assert (found["iss"], "tid" in found, found["scp"], found["exp"]) == (5, False, "user_impersonation", "soon")


@pytest.mark.parametrize("name", [DIRECTORY, DIRECTORY.upper(), TENANT_ID, DOMAIN, "common", "organizations"])
def test_every_directory_shows_the_same_public_keys(desk: Desk, name: str) -> None:
    [key] = keys(desk, name)
    assert (key["kty"], key["use"], set(key)) == ("RSA", "sig", {"kty", "use", "kid", "n", "e"})
    assert [key] == keys(desk)
    assert checked(desk, token(desk))["tid"] == DIRECTORY


def test_what_is_no_directory_shows_no_keys(desk: Desk) -> None:
    response = desk.send("GET", "/nobody.example/discovery/v2.0/keys")
    assert (response.status, json.loads(response.body)["error_codes"]) == (400, [90002])


def test_a_configuration_names_the_keys_and_an_operators_directory_has_one_once_somebody_was_signed_in(
    desk: Desk,
) -> None:
    path = f"/{DIRECTORY}/v2.0/.well-known/openid-configuration"
    assert desk.send("GET", path).status == 400
    signed = token(desk)
    document = read(desk, path)
    assert document["jwks_uri"] == f"{ROOT}/{DIRECTORY}/discovery/v2.0/keys"
    assert document["issuer"] == checked(desk, signed)["iss"]
    known = read(desk, f"/{TENANT_ID}/v2.0/.well-known/openid-configuration")
    assert known["jwks_uri"] == f"{ROOT}/{TENANT_ID}/discovery/v2.0/keys"


def test_after_a_rotation_a_new_key_signs_and_old_tokens_can_still_be_checked(desk: Desk) -> None:
    before = token(desk)
    new = rotate(desk)
    after = token(desk)
    assert [jwt.get_unverified_header(each)["kid"] == new for each in (before, after)] == [False, True]
    assert [key["kid"] for key in keys(desk)] == [jwt.get_unverified_header(each)["kid"] for each in (before, after)]
    assert checked(desk, before)["oid"] == checked(desk, after)["oid"]


def test_keys_that_are_withdrawn_are_not_shown_any_more(desk: Desk) -> None:
    token(desk)
    new = rotate(desk, {"withdraw": True})
    assert [key["kid"] for key in keys(desk)] == [new]
    assert rotate(desk, {"withdraw": False}) != new
    assert len(keys(desk)) == 2


def test_every_twin_has_keys_of_its_own(desk: Desk) -> None:
    assert keys(desk) != keys(new_desk())


def test_an_operator_s_token_opens_no_tenant(desk: Desk) -> None:
    headers = bearer(token(desk, tenant_id=TENANT_ID, audience=ROOT, roles=["Exchange.ManageAsApp"]))
    path = f"/adminapi/beta/{TENANT_ID}/InvokeCommand"
    assert desk.send("POST", path, calling("Get-ArcConfig"), headers).status == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", DOOR, None, 400),
        ("POST", DOOR, [], 400),
        ("POST", DOOR, {"tenant_id": DIRECTORY}, 400),
        ("POST", DOOR, {"audience": AUDIENCE}, 400),
        ("POST", DOOR, {"tenant_id": "contoso", "audience": AUDIENCE}, 400),
        ("POST", DOOR, {**ASKED, "roles": "Keeper.Read"}, 400),
        ("POST", DOOR, {**ASKED, "roles": [5]}, 400),
        ("POST", DOOR, {**ASKED, "name": ""}, 400),
        ("POST", DOOR, {**ASKED, "oid": "ada"}, 400),
        ("POST", DOOR, {**ASKED, "version": "3.0"}, 400),
        ("POST", DOOR, {**ASKED, "version": 2.0}, 400),
        ("POST", DOOR, {**ASKED, "expires_in": -1}, 400),
        ("POST", DOOR, {**ASKED, "claims": []}, 400),
        ("POST", DOOR, {**ASKED, "role": "Keeper.Read"}, 400),
        ("POST", ROTATE, [], 400),
        ("POST", ROTATE, {"withdraw": "yes"}, 400),
        ("POST", ROTATE, {"withdrawn": True}, 400),
        ("GET", DOOR, None, 404),
        ("GET", ROTATE, None, 404),
        ("POST", "/twin/keys", None, 404),
    ],
    ids=repr,
)
def test_what_the_doors_do_not_understand_is_refused_with_a_sentence(
    desk: Desk, method: str, path: str, body: object, status: int
) -> None:
    response = desk.send(method, path, body)
    assert (response.status, bool(json.loads(response.body)["error"])) == (status, True)
    assert len(keys(desk)) == 1
