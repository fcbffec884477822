import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from local.twin.cmdlets import known
from local.twin.switches import Switches
from tests.twin.desk import TENANT_ID, Desk, new_desk, refusal_in

DOOR = f"/twin/tenants/{TENANT_ID}"
OTHER = "/twin/tenants/6F1D3C5A-0000-4000-8000-000000000002"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def at_the_door(desk: Desk, method: str, end: str, body: object = None) -> tuple[int, dict[str, object]]:
    response = desk.send(method, DOOR + end, body)
    return response.status, json.loads(response.body)


def test_a_tenant_is_made_by_its_id_and_then_found_by_id_and_domain(desk: Desk) -> None:
    assert desk.send("POST", OTHER, {"domain": "Tailspin.onmicrosoft.com", "seed": 3, "rules": 2}).status == 201
    made = desk.twin.tenant("tailspin.ONMICROSOFT.com")
    assert made is not None
    assert made is desk.twin.tenant("6f1d3c5a-0000-4000-8000-000000000002")
    assert len(made.rules) == 2


def test_a_tenant_that_is_made_again_is_as_new(desk: Desk) -> None:
    assert desk.send("POST", DOOR, {"domain": "fabrikam.onmicrosoft.com"}).status == 201
    status, state = at_the_door(desk, "GET", "/state")
    assert status == 200
    assert len(str(state["transport_rules"])) > 0
    assert at_the_door(desk, "GET", "/history") == (200, {"history": []})


def test_the_state_is_what_the_cmdlets_read_without_annotations(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Out")
    desk.run("New-InboundConnector", Name="In", SenderDomains=["*"])
    desk.run("New-TransportRule", Name="Rule", DeleteMessage=True)
    desk.run("Set-ArcConfig", Identity="Default", ArcTrustedSealers=["a.example"])
    assert at_the_door(desk, "GET", "/state")[1] == {
        "inbound_connectors": desk.run("Get-InboundConnector"),
        "outbound_connectors": desk.run("Get-OutboundConnector"),
        "transport_rules": desk.run("Get-TransportRule"),
        "arc": desk.run("Get-ArcConfig"),
    }


def test_the_administrator_runs_cmdlets_without_a_token_or_a_role(desk: Desk) -> None:
    desk.tenant.switches.turn({"consent": False, "role": "none"})
    call = {"cmdlet": "New-OutboundConnector", "parameters": {"Name": "Out"}}
    assert at_the_door(desk, "POST", "/administrator", call)[0] == 200
    assert refusal_in(desk.send("POST", f"{DOOR}/administrator", call)).status == 400
    assert [entry["actor"] for entry in desk.tenant.history] == ["administrator"] * 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/twin/tenants/no-id", {"domain": "a.example"}),
        (OTHER, None),
        (OTHER, []),
        (OTHER, {}),
        (OTHER, {"domain": 5}),
        (OTHER, {"domain": "a.example", "seed": "x"}),
        (OTHER, {"domain": "a.example", "seed": True}),
        (OTHER, {"domain": "a.example", "rules": -1}),
        (OTHER, {"domain": "a.example", "rules": 301}),
        (f"{DOOR}/administrator", {}),
        (f"{DOOR}/administrator", {"cmdlet": 5}),
        (f"{DOOR}/administrator", {"cmdlet": "Get-ArcConfig", "parameters": []}),
        (f"{DOOR}/fault", {"status": 503}),
        (f"{DOOR}/fault", {"cmdlet": "*", "delivery": "by mule"}),
        (f"{DOOR}/fault", {"cmdlet": "*", "after": -1}),
        (f"{DOOR}/fault", {"cmdlet": "Get-Nonsense", "status": 503}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 99}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": "503"}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "times": -1}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "applied": "yes"}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "seconds": "1"}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "headers": {"Retry-After": 1}}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "headers": {"A": "1\r\nB: 2"}}),
        (f"{DOOR}/fault", {"cmdlet": "*", "status": 503, "bogus": 1}),
        (f"{DOOR}/switches", {"bogus": True}),
        (f"{DOOR}/switches", {"turn": True}),
        (f"{DOOR}/switches", {"role": "no"}),
        (f"{DOOR}/switches", {"role": False}),
        (f"{DOOR}/switches", {"restricted_inbound": "maybe"}),
        (f"{DOOR}/switches", {"restricted_inbound": ["no"]}),
        (f"{DOOR}/switches", {"unknown_identity": True}),
    ],
    ids=repr,
)
def test_what_the_door_does_not_understand_is_refused_with_a_sentence(desk: Desk, path: str, body: object) -> None:
    response = desk.send("POST", path, body)
    assert response.status == 400
    assert json.loads(response.body)["error"]
    assert desk.tenant.faults == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"{OTHER}/state"), ("GET", f"{DOOR}/nonsense"), ("PUT", f"{DOOR}/fault"), ("GET", DOOR), ("GET", "/twin")],
)
def test_there_is_no_other_door(desk: Desk, method: str, path: str) -> None:
    assert desk.send(method, path).status == 404


def test_switches_are_turned_all_or_none(desk: Desk) -> None:
    assert at_the_door(desk, "POST", "/switches", {"role": "none", "bogus": True})[0] == 400
    assert desk.tenant.switches == replace(Switches(), extras=desk.tenant.switches.extras)
    assert at_the_door(desk, "POST", "/switches", {"role": "none", "outbound_filter": "unscoped_only"})[0] == 200
    assert (desk.tenant.switches.role, desk.tenant.switches.outbound_filter) == ("none", "unscoped_only")


def fault(desk: Desk, cmdlet: str, status: int, **more: object) -> None:
    assert at_the_door(desk, "POST", "/fault", {"cmdlet": cmdlet, "status": status, **more})[0] == 200


def test_a_fault_hits_so_many_answers_to_its_cmdlet_with_its_headers(desk: Desk) -> None:
    token = desk.token()
    fault(desk, "get-arcconfig", 429, times=2, headers={"Retry-After": "7"})
    assert desk.invoke(token, "Get-TransportRule").status == 200
    for _ in range(2):
        response = desk.invoke(token, "Get-ArcConfig")
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert "issue may be transient" in refusal_in(response).text
    assert desk.invoke(token, "Get-ArcConfig").status == 200


def test_a_fault_without_a_number_hits_once_and_a_star_hits_any_cmdlet(desk: Desk) -> None:
    token = desk.token()
    fault(desk, "*", 503)
    assert [desk.invoke(token, "Get-ArcConfig").status for _ in range(2)] == [503, 200]


@pytest.mark.parametrize(("applied", "names"), [(False, []), (True, ["Out"])])
def test_a_fault_loses_the_call_or_only_its_answer(desk: Desk, *, applied: bool, names: list[str]) -> None:
    fault(desk, "New-OutboundConnector", 503, applied=applied)
    assert desk.invoke(desk.token(), "New-OutboundConnector", Name="Out").status == 503
    assert [row["Name"] for row in desk.run("Get-OutboundConnector")] == names
    assert desk.tenant.history[0]["status"] == 503


def test_a_fault_of_200_is_the_true_answer(desk: Desk) -> None:
    fault(desk, "New-OutboundConnector", 200)
    assert desk.invoke(desk.token(), "New-OutboundConnector", Name="Out").status == 200
    assert len(desk.run("Get-OutboundConnector")) == 1


def test_a_fault_leaves_the_administrator_alone_and_can_be_cleared(desk: Desk) -> None:
    token = desk.token()
    for cmdlet in known():
        fault(desk, cmdlet, 503, times=9)
    assert desk.ask("Get-ArcConfig").status == 200
    assert desk.invoke(token, "Get-ArcConfig").status == 503
    assert at_the_door(desk, "DELETE", "/fault")[0] == 200
    assert desk.invoke(token, "Get-ArcConfig").status == 200


@pytest.mark.parametrize("positions", [{}, {"consent": False}], ids=str)
def test_an_empty_turn_changes_nothing(desk: Desk, positions: Mapping[str, object]) -> None:
    desk.tenant.switches.turn({**positions})
    before = vars(desk.tenant.switches).copy()
    desk.tenant.switches.turn({})
    assert vars(desk.tenant.switches) == before
