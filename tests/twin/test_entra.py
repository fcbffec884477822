import json
from itertools import product
from typing import Any

import jwt
import pytest

from tests.twin.desk import CREDENTIALS, DOMAIN, ROOT, TENANT_ID, TOKEN, Desk, new_desk

EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
NOBODY = "6f1d3c5a-0000-4000-8000-00000000ffff"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def read(desk: Desk, path: str) -> dict[str, Any]:
    response = desk.send("GET", path)
    assert response.status == 200
    document: dict[str, Any] = json.loads(response.body)
    return document


def test_a_secret_gets_a_token_that_is_new_every_time(desk: Desk) -> None:
    assert desk.token() != desk.token()


def test_a_tenant_may_be_named_by_its_domain(desk: Desk) -> None:
    status, document = desk.refused_token(f"/{DOMAIN}/oauth2/v2.0/token")
    assert (status, document["token_type"], document["expires_in"]) == (200, "Bearer", 3600)


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
        ({"client_id": ""}, 400, "invalid_request", 900144),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_secret": "", "client_assertion": "a.b.c"}, 401, "invalid_client", 7000216),
        ({"scope": ""}, 400, "invalid_scope", 70011),
        ({"scope": f"{ROOT}/Exchange.ManageAsApp"}, 400, "invalid_scope", 70011),
    ],
)
def test_a_request_for_a_token_is_refused_with_its_number(
    desk: Desk, changes: dict[str, str], status: int, error: str, number: int
) -> None:
    got, document = desk.refused_token(**changes)
    assert (got, document["error"], document["error_codes"]) == (status, error, [number])
    assert document["error_description"].startswith(f"AADSTS{number}: ")
    assert {"trace_id", "correlation_id", "error_uri"} <= set(document)


def test_without_consent_the_application_is_not_in_the_tenant(desk: Desk) -> None:
    desk.tenant.switches.turn({"consent": False})
    status, document = desk.refused_token()
    assert (status, document["error"], document["error_codes"]) == (400, "unauthorized_client", [7000229])
    assert CREDENTIALS["client_id"] in document["error_description"]


@pytest.mark.parametrize("path", [f"/{NOBODY}/oauth2/v2.0/token", f"/{NOBODY}/v2.0/.well-known/openid-configuration"])
def test_an_unknown_tenant_is_not_found(desk: Desk, path: str) -> None:
    status, document = desk.refused_token(path)
    assert (status, document["error_codes"]) == (400, [90002])
    assert document["error_description"] == f"AADSTS90002: Tenant '{NOBODY}' not found."


def test_a_token_is_asked_for_by_post(desk: Desk) -> None:
    response = desk.send("GET", TOKEN)
    assert (response.status, json.loads(response.body)["error_codes"]) == (400, [900561])


def test_the_configuration_names_the_token_endpoint(desk: Desk) -> None:
    document = read(desk, f"/{TENANT_ID}/v2.0/.well-known/openid-configuration")
    assert (document["issuer"], document["token_endpoint"]) == (f"{ROOT}/{TENANT_ID}/v2.0", ROOT + TOKEN)
    assert {"authorization_endpoint", "device_authorization_endpoint"} <= set(document)


def test_the_discovery_of_instances_knows_the_twin_alone(desk: Desk) -> None:
    document = read(desk, "/common/discovery/instance?api-version=1.1")
    assert [entry["aliases"] for entry in document["metadata"]] == [[ROOT.removeprefix("https://")]]
    assert document["tenant_discovery_endpoint"].startswith(ROOT)


def test_a_token_says_whose_it_is_and_what_was_granted(desk: Desk) -> None:
    roles: dict[str, list[str] | None] = {"exchange_administrator": [EXCHANGE_ADMINISTRATOR], "none": None}
    for permission, role in product((True, False), roles):
        desk.tenant.switches.turn({"app_permission": permission, "role": role})
        claims = jwt.decode(desk.token(), options={"verify_signature": False})
        assert (claims["tid"], claims["aud"]) == (desk.tenant.tenant_id, desk.twin.root)
        assert claims.get("roles") == (["Exchange.ManageAsApp"] if permission else None)
        assert claims.get("wids") == roles[role]


def test_without_the_permission_exchange_answers_401_whatever_the_role(desk: Desk) -> None:
    desk.tenant.switches.turn({"app_permission": False})
    assert desk.invoke(desk.token(), "Get-ArcConfig").status == 401
