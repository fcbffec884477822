"""Applications that Entra knows must prove who they are."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from jwt.utils import base64url_encode

from tests.twin.badges import Badge, new_badge
from tests.twin.desk import CREDENTIALS, DOMAIN, ROOT, START, TENANT_ID, TOKEN, Desk, new_desk

CLIENT = CREDENTIALS["client_id"]
DOOR = f"/twin/applications/{CLIENT}"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture
def badge(desk: Desk) -> Badge:
    """A badge that Entra knows."""
    badge = new_badge()
    register(desk, certificate=badge.public)
    return badge


def register(desk: Desk, **credential: object) -> None:
    response = desk.send("POST", DOOR, credential)
    assert response.status == 200, response.body


def claims(**changes: object) -> dict[str, object]:
    """What an assertion says; a change to None leaves a claim out."""
    now = START.timestamp()
    said = {"aud": ROOT + TOKEN, "iss": CLIENT, "sub": CLIENT, "exp": now + 600, "nbf": now, "jti": "1", **changes}
    return {name: value for name, value in said.items() if value is not None}


def with_assertion(desk: Desk, assertion: str) -> int:
    """The number of Entra's refusal; 0 where there was a token, and the token is good."""
    fields = {"client_secret": "", "client_assertion": assertion, "client_assertion_type": BEARER}
    return _number(desk, **fields)


def with_secret(desk: Desk, secret: str) -> int:
    return _number(desk, client_secret=secret)


def _number(desk: Desk, **fields: str) -> int:
    status, document = desk.refused_token(**fields)
    if status == 200:
        assert desk.invoke(document["access_token"], "Get-ArcConfig").status == 200
        return 0
    [number] = document["error_codes"]
    assert (status, document["error"]) == (401, "invalid_client")
    assert document["error_description"].startswith(f"AADSTS{number}: ")
    return int(number)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_what_the_registered_key_signed_gets_a_token(desk: Desk, badge: Badge, algorithm: str) -> None:
    assert with_assertion(desk, badge.signed(claims(), algorithm)) == 0


def test_the_certificate_may_be_named_by_its_sha1(desk: Desk, badge: Badge) -> None:
    name = base64url_encode(badge.certificate.fingerprint(hashes.SHA1())).decode()  # noqa: S303
    assert with_assertion(desk, badge.signed(claims(), x5t=name)) == 0


@pytest.mark.parametrize(
    "audience",
    [f"{ROOT}/{name}{end}" for name in (TENANT_ID, DOMAIN) for end in ("/oauth2/token", "/v2.0")],
)
def test_an_assertion_may_be_for_the_tenant_in_any_of_its_forms(desk: Desk, badge: Badge, audience: str) -> None:
    assert with_assertion(desk, badge.signed(claims(aud=audience))) == 0


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"aud": f"{ROOT}/6f1d3c5a-0000-4000-8000-00000000ffff/oauth2/v2.0/token"}, 700023),
        ({"aud": ROOT}, 700023),
        ({"aud": None}, 700023),
        ({"aud": [ROOT + TOKEN]}, 700023),
        ({"iss": "22222222-2222-4333-8444-555555555555"}, 700021),
        ({"sub": None}, 700021),
        ({"exp": START.timestamp()}, 700024),
        ({"exp": None}, 700024),
        ({"exp": "tomorrow"}, 700024),
        ({"nbf": START.timestamp() + 1}, 700024),
        ({"exp": float("nan")}, 700024),
    ],
    ids=str,
)
def test_an_assertion_that_says_something_wrong_is_refused(
    desk: Desk, badge: Badge, changes: dict[str, object], number: int
) -> None:
    assert with_assertion(desk, badge.signed(claims(**changes))) == number


def test_an_assertion_ends_and_need_not_say_when_it_begins(desk: Desk, badge: Badge) -> None:
    assertion = badge.signed(claims(nbf=None))
    desk.advance(seconds=599)
    assert with_assertion(desk, assertion) == 0
    desk.advance(seconds=1)
    assert with_assertion(desk, assertion) == 700024


def test_a_key_that_is_not_registered_is_refused_whatever_thumbprint_it_names(desk: Desk, badge: Badge) -> None:
    other = new_badge(1)
    assert with_assertion(desk, other.signed(claims())) == 700027
    assert with_assertion(desk, other.signed(claims(), **{"x5t#S256": badge.thumbprint})) == 700027


def test_an_assertion_names_its_certificate(desk: Desk, badge: Badge) -> None:
    assert with_assertion(desk, badge.signed(claims(), kid="mine")) == 5002723


def test_an_expired_certificate_is_refused_as_such(desk: Desk) -> None:
    badge = new_badge(end=START + timedelta(days=1))
    register(desk, certificate=badge.public)
    assert with_assertion(desk, badge.signed(claims())) == 0
    desk.advance(days=2)
    late = badge.signed(claims(exp=desk.clock.now.timestamp() + 600))
    assert with_assertion(desk, late) == 700027


def test_two_certificates_stand_beside_each_other_until_the_application_is_forgotten(desk: Desk, badge: Badge) -> None:
    register(desk, certificate=new_badge(1).public)
    assert [with_assertion(desk, each.signed(claims())) for each in (badge, new_badge(1))] == [0, 0]
    assert with_assertion(desk, new_badge(2).signed(claims())) == 700027
    assert desk.send("DELETE", DOOR).status == 200
    assert with_assertion(desk, new_badge(2).signed(claims())) == 0


def test_a_registered_secret_is_the_only_one(desk: Desk) -> None:
    register(desk, secret="right")
    assert [with_secret(desk, secret) for secret in ("right", "wrong", "Right", "r\u00ef")] == [0, *[7000215] * 3]
    assert with_assertion(desk, new_badge().signed(claims())) == 700027


def test_a_secret_ends(desk: Desk) -> None:
    register(desk, secret="short", expires=(START + timedelta(hours=1)).isoformat())
    assert with_secret(desk, "short") == 0
    desk.advance(hours=1)
    assert with_secret(desk, "short") == 7000222
    assert with_secret(desk, "wrong") == 7000215


def test_a_certificate_makes_every_secret_wrong(desk: Desk, badge: Badge) -> None:
    assert with_secret(desk, "any") == 7000215
    assert with_assertion(desk, badge.signed(claims())) == 0


def test_an_application_that_nobody_registered_is_believed(desk: Desk) -> None:
    assert with_secret(desk, "any") == 0
    for algorithm in ("RS256", "PS256"):
        assert with_assertion(desk, new_badge().signed({}, algorithm)) == 0


def test_what_is_no_assertion_is_refused_of_anybody(desk: Desk) -> None:
    wrong = ["a.b.c", "a", "\u00e4.b.c", new_badge().signed(claims(), "PS512"), new_badge().signed(claims()) + ".more"]
    for _ in range(2):
        assert [with_assertion(desk, assertion) for assertion in wrong] == [50027] * len(wrong)
        register(desk, certificate=new_badge().public)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/twin/applications/no-id", {"secret": "a"}, 400),
        ("POST", DOOR, None, 400),
        ("POST", DOOR, {"certificate": "none"}, 400),
        ("POST", DOOR, {"certificate": 5}, 400),
        ("POST", DOOR, {"secret": ""}, 400),
        ("POST", DOOR, {"secret": "\ud800"}, 400),
        ("POST", DOOR, {"secret": "a", "expires": "soon"}, 400),
        ("POST", DOOR, {"secret": "a", "expires": "2026-03-01T08:00:00"}, 400),
        ("GET", DOOR, None, 404),
    ],
    ids=repr,
)
def test_what_the_door_does_not_understand_registers_nothing(
    desk: Desk, method: str, path: str, body: object, status: int
) -> None:
    response = desk.send(method, path, body)
    assert (response.status, bool(json.loads(response.body)["error"])) == (status, True)
    assert with_secret(desk, "any") == 0
