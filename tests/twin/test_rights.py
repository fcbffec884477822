"""What each directory role carries, cmdlet by cmdlet."""

import json

import pytest

from local.twin.cmdlets import known
from local.twin.positions_of_entra import DirectoryRole
from local.twin.wire import Response
from tests.twin.desk import ADMIN, TENANT_ID, Desk, bearer, calling, new_desk

READS = {name for name in known() if name.startswith("Get-")}
SECURITY_READS = {"Get-TransportRule", "Get-ArcConfig", "Get-AcceptedDomain"}
MAY = {
    DirectoryRole.EXCHANGE_ADMINISTRATOR: set(known()),
    DirectoryRole.GLOBAL_READER: READS,
    DirectoryRole.SECURITY_READER: SECURITY_READS,
    DirectoryRole.NONE: set[str](),
}


def desk_of(role: str) -> Desk:
    desk = new_desk()
    desk.tenant.switches.turn({"role": role})
    return desk


def exported(desk: Desk, token: str) -> Response:
    return desk.send("GET", f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile", None, bearer(token))


@pytest.mark.parametrize("role", DirectoryRole)
def test_a_role_decides_cmdlet_by_cmdlet(role: DirectoryRole) -> None:
    desk = desk_of(role)
    token = desk.token()
    for cmdlet in known():
        response = desk.invoke(token, cmdlet.lower())
        assert (response.status == 403) is (cmdlet not in MAY[role]), cmdlet
        if response.status == 403:
            assert response.headers["X-ExceptionType"] == "CmdletAccessDeniedException"


@pytest.mark.parametrize("role", [DirectoryRole.GLOBAL_READER, DirectoryRole.SECURITY_READER])
def test_a_reader_changes_nothing(role: DirectoryRole) -> None:
    desk = desk_of(role)
    token, before = desk.token(), desk.state()
    writes: dict[str, dict[str, object]] = {
        "New-OutboundConnector": {"Name": "Out"},
        "New-InboundConnector": {"Name": "In", "SenderDomains": ["*"]},
        "New-TransportRule": {"Name": "Rule", "DeleteMessage": True},
        "Set-ArcConfig": {"Identity": "Default", "ArcTrustedSealers": ["a.example"]},
    }
    for cmdlet, parameters in writes.items():
        assert desk.invoke(token, cmdlet, **parameters).status == 403
    assert desk.state() == before
    assert desk.invoke(token, "Get-TransportRule").status == 200


@pytest.mark.parametrize("role", [role for role in DirectoryRole if role is not DirectoryRole.NONE])
def test_the_module_file_lists_what_the_role_carries(role: DirectoryRole) -> None:
    desk = desk_of(role)
    [row] = json.loads(exported(desk, desk.token()).body)["value"]
    assert row["exportedCmdlets"].split(",") == [name for name in known() if name in MAY[role]]


def test_without_a_role_there_is_no_module_file() -> None:
    desk = desk_of("none")
    assert exported(desk, desk.token()).status == 403


def test_a_token_keeps_the_role_that_it_was_issued_with_and_the_tenant_s_own_counts_too() -> None:
    desk = desk_of("security_reader")
    weak = desk.token()
    desk.tenant.switches.turn({"role": "exchange_administrator"})
    strong, stale = desk.token(), desk.invoke(weak, "Get-OutboundConnector")
    assert (stale.status, "X-ExceptionType" in stale.headers) == (403, False)
    assert desk.invoke(weak, "Get-TransportRule").status == 200
    assert desk.invoke(strong, "Get-OutboundConnector").status == 200
    desk.tenant.switches.turn({"role": "security_reader"})
    taken = desk.invoke(strong, "Get-OutboundConnector")
    assert (taken.status, "X-ExceptionType" in taken.headers) == (403, True)
    assert json.loads(exported(desk, strong).body) == json.loads(exported(desk, weak).body)


def test_each_part_of_a_batch_is_judged_for_itself() -> None:
    desk = desk_of("security_reader")
    token = desk.token()
    parts = [
        {"id": name, "method": "POST", "url": f"{ADMIN}/InvokeCommand", "headers": bearer(token), "body": calling(name)}
        for name in ("Get-TransportRule", "Get-OrganizationConfig")
    ]
    response = desk.send("POST", f"{ADMIN}/$batch", {"requests": parts}, bearer(token))
    found = {part["id"]: part["status"] for part in json.loads(response.body)["responses"]}
    assert found == {"Get-TransportRule": 200, "Get-OrganizationConfig": 403}
