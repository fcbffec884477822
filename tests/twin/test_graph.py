"""What Microsoft Graph says and does for an application that comes into a tenant."""

import json
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from local.twin.wire import Response
from tests.twin.desk import CREDENTIALS, DOMAIN, TENANT_ID, Desk, bearer, new_desk

GRAPH = "https://graph.microsoft.com"
CLIENT = CREDENTIALS["client_id"]
PRINCIPAL = f"/v1.0/servicePrincipals(appId='{CLIENT}')"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
ORGANISATION = "/v1.0/organization"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"


@pytest.fixture
def desk() -> Desk:
    """A tenant in which the application has no role yet, and may give itself one."""
    desk = new_desk()
    desk.tenant.switches.turn({"role": "none", "graph_permission": True})
    return desk


def graph_token(desk: Desk) -> str:
    return desk.token(scope=f"{GRAPH}/.default")


def ask(desk: Desk, path: str, method: str = "GET", body: object = None, token: str = "") -> Response:
    return desk.send(method, path, body, bearer(token or graph_token(desk)))


def read(desk: Desk, path: str) -> dict[str, Any]:
    response = ask(desk, path)
    assert response.status == 200, response.body
    document: dict[str, Any] = json.loads(response.body)
    return document


def principal(desk: Desk) -> str:
    return str(read(desk, f"{PRINCIPAL}?$select=id")["id"])


def assignment(desk: Desk, **changes: object) -> dict[str, object]:
    wanted = {"principalId": principal(desk), "roleDefinitionId": EXCHANGE_ADMINISTRATOR, "directoryScopeId": "/"}
    return {"@odata.type": "#microsoft.graph.unifiedRoleAssignment", **wanted, **changes}


def error_of(response: Response) -> tuple[int, str]:
    error = json.loads(response.body)["error"]
    assert error["message"]
    assert {"date", "request-id", "client-request-id"} == set(error["innerError"])
    return response.status, error["code"]


def test_a_service_principal_has_an_id_of_its_own_in_each_tenant(desk: Desk) -> None:
    whole, narrow = read(desk, PRINCIPAL), read(desk, f"{PRINCIPAL}?$select=id")
    assert set(narrow) == {"@odata.context", "id"}
    assert (whole["id"], whole["appId"]) == (narrow["id"], CLIENT)
    assert narrow["id"] not in (CLIENT, TENANT_ID)
    other = Desk(
        desk.twin, desk.twin.create_tenant("6f1d3c5a-0000-4000-8000-000000000002", "b.example", 0, 0), desk.clock
    )
    path = f"/{other.tenant.tenant_id}/oauth2/v2.0/token"
    _, document = desk.refused_token(path, scope=f"{GRAPH}/.default")
    response = ask(desk, PRINCIPAL, token=document["access_token"])
    assert json.loads(response.body)["id"] != narrow["id"]


def test_another_application_is_not_in_the_tenant(desk: Desk) -> None:
    path = PRINCIPAL.replace(CLIENT, "22222222-2222-4333-8444-555555555555")
    assert error_of(ask(desk, path)) == (404, "Request_ResourceNotFound")


def test_an_application_gives_itself_its_role_for_tokens_issued_from_then_on(desk: Desk) -> None:
    stale = desk.token()
    assert desk.invoke(stale, "Get-ArcConfig").status == 403
    response = ask(desk, ASSIGNMENTS, "POST", assignment(desk))
    made = json.loads(response.body)
    assert (response.status, made["principalId"]) == (201, principal(desk))
    assert desk.tenant.switches.role == "exchange_administrator"
    assert desk.invoke(stale, "Get-ArcConfig").status == 403
    assert desk.invoke(desk.token(), "Get-ArcConfig").status == 200
    assert [row["id"] for row in read(desk, ASSIGNMENTS)["value"]] == [made["id"]]


def test_the_same_assignment_again_is_a_conflict(desk: Desk) -> None:
    assert ask(desk, ASSIGNMENTS, "POST", assignment(desk)).status == 201
    response = ask(desk, ASSIGNMENTS, "POST", assignment(desk))
    assert error_of(response) == (400, "Request_BadRequest")
    text = "A conflicting object with one or more of the specified property values is present in the directory."
    assert json.loads(response.body)["error"]["message"] == text
    assert desk.tenant.switches.role == "exchange_administrator"


def test_a_weaker_role_takes_nothing_away_and_a_stronger_one_adds(desk: Desk) -> None:
    assert ask(desk, ASSIGNMENTS, "POST", assignment(desk, roleDefinitionId=SECURITY_READER)).status == 201
    assert desk.tenant.switches.role == "security_reader"
    assert ask(desk, ASSIGNMENTS, "POST", assignment(desk)).status == 201
    assert ask(desk, ASSIGNMENTS, "POST", assignment(desk, roleDefinitionId=SECURITY_READER)).status == 201
    assert desk.tenant.switches.role == "exchange_administrator"


@pytest.mark.parametrize(("then", "now"), [(False, False), (False, True), (True, False)])
def test_without_graph_s_permission_in_tenant_and_token_no_role_is_assigned(
    desk: Desk, *, then: bool, now: bool
) -> None:
    body = assignment(desk)
    desk.tenant.switches.turn({"graph_permission": then})
    token = graph_token(desk)
    desk.tenant.switches.turn({"graph_permission": now})
    response = ask(desk, ASSIGNMENTS, "POST", body, token)
    assert error_of(response) == (403, "Authorization_RequestDenied")
    assert desk.tenant.switches.role == "none"
    assert ask(desk, ASSIGNMENTS, token=token).status == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"principalId": "22222222-2222-4333-8444-555555555555"}, 404),
        ({"principalId": CLIENT}, 404),
        ({"roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10"}, 404),
        ({"directoryScopeId": "/administrativeUnits/1"}, 400),
        ({"directoryScopeId": None}, 400),
        ({"principalId": 5}, 400),
        ({"roleDefinitionId": [EXCHANGE_ADMINISTRATOR]}, 400),
    ],
    ids=str,
)
def test_an_assignment_that_makes_no_sense_is_refused(desk: Desk, changes: dict[str, object], status: int) -> None:
    assert error_of(ask(desk, ASSIGNMENTS, "POST", assignment(desk, **changes)))[0] == status
    assert desk.tenant.switches.role == "none"


def test_an_assignment_is_an_object(desk: Desk) -> None:
    bodies: list[object] = [None, [], "text"]
    for body in bodies:
        assert error_of(ask(desk, ASSIGNMENTS, "POST", body)) == (400, "Request_BadRequest")


def test_assignments_are_filtered_by_principal_and_role(desk: Desk) -> None:
    assert read(desk, ASSIGNMENTS)["value"] == []
    desk.tenant.switches.turn({"role": "security_reader"})
    mine = f"principalId eq '{principal(desk)}'"
    counts = {
        mine: 1,
        f"{mine} and roleDefinitionId eq '{SECURITY_READER}'": 1,
        f"{mine} and roleDefinitionId eq '{EXCHANGE_ADMINISTRATOR}'": 0,
        "principalId eq 'nobody'": 0,
    }
    for clause, count in counts.items():
        assert len(read(desk, f"{ASSIGNMENTS}?$filter={quote(clause)}")["value"]) == count
    response = ask(desk, f"{ASSIGNMENTS}?$filter={quote('id ne 5')}")
    assert error_of(response) == (400, "Request_UnsupportedQuery")


def test_the_organisation_has_the_tenant_s_domains(desk: Desk) -> None:
    [row] = read(desk, ORGANISATION)["value"]
    assert (row["id"], row["displayName"]) == (TENANT_ID, "fabrikam")
    found = [(domain["name"], domain["isInitial"], domain["isDefault"]) for domain in row["verifiedDomains"]]
    assert found == [(DOMAIN, True, False), ("fabrikam.example", False, True)]
    assert read(desk, f"{ORGANISATION}?$select=id")["value"] == [{"id": TENANT_ID}]


def test_a_token_for_exchange_is_none_for_graph_and_the_other_way_round(desk: Desk) -> None:
    desk.tenant.switches.turn({"role": "exchange_administrator"})
    for path in (PRINCIPAL, ASSIGNMENTS, ORGANISATION):
        assert error_of(ask(desk, path, token=desk.token())) == (401, "InvalidAuthenticationToken")
    assert desk.invoke(graph_token(desk), "Get-ArcConfig").status == 401


def test_a_token_names_the_permissions_of_its_own_service_alone(desk: Desk) -> None:
    def roles(token: str) -> object:
        return jwt.decode(token, options={"verify_signature": False}).get("roles")

    assert (roles(desk.token()), roles(graph_token(desk))) == (
        ["Exchange.ManageAsApp"],
        ["RoleManagement.ReadWrite.Directory"],
    )
    desk.tenant.switches.turn({"graph_permission": False})
    assert roles(graph_token(desk)) is None


@pytest.mark.parametrize("token", ["made-up", "\u00e4"])
def test_without_a_token_graph_says_nothing(desk: Desk, token: str) -> None:
    assert error_of(ask(desk, ORGANISATION, token=token)) == (401, "InvalidAuthenticationToken")
    assert error_of(desk.send("GET", ORGANISATION)) == (401, "InvalidAuthenticationToken")


def test_a_token_for_graph_ends_with_its_hour_and_with_consent(desk: Desk) -> None:
    token = graph_token(desk)
    desk.tenant.switches.turn({"consent": False})
    assert error_of(ask(desk, ORGANISATION, token=token)) == (401, "Authorization_IdentityNotFound")
    desk.tenant.switches.turn({"consent": True})
    desk.advance(hours=1)
    assert error_of(ask(desk, ORGANISATION, token=token)) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", ASSIGNMENTS, 405),
        ("POST", ORGANISATION, 405),
        ("GET", "/v1.0/users", 404),
        ("GET", f"{ASSIGNMENTS}/1", 404),
        ("GET", "/beta/organization", 404),
    ],
)
def test_what_graph_does_not_serve_here_says_so(desk: Desk, method: str, path: str, status: int) -> None:
    assert ask(desk, path, method).status == status


@pytest.mark.parametrize("path", [f"/V1.0/SERVICEPRINCIPALS(appId='{CLIENT}')", PRINCIPAL.replace("'", "%27")])
def test_a_path_is_known_in_any_case_and_quoted(desk: Desk, path: str) -> None:
    assert read(desk, path)["appId"] == CLIENT
