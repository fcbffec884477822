"""Whatever comes in at a known path, the twin answers."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.twin.catalogue import cmdlets
from local.twin.cmdlets import known
from local.twin.wire import Request, Response
from tests.twin.desk import ADMIN, TENANT_ID, Desk, bearer, new_desk

DOOR = f"/twin/tenants/{TENANT_ID}"
PATHS = [
    f"{ADMIN}/InvokeCommand",
    f"{ADMIN}/$batch",
    f"{ADMIN}/Nonsense",
    f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile",
    f"/{TENANT_ID}/oauth2/v2.0/token",
    f"/{TENANT_ID}/v2.0/.well-known/openid-configuration",
    "/common/discovery/instance",
    "/v1.0/organization",
    "/v1.0/roleManagement/directory/roleAssignments",
    DOOR,
    "/twin/applications/11111111-2222-4333-8444-555555555556",
    f"{DOOR}/state",
    f"{DOOR}/history",
    f"{DOOR}/administrator",
    f"{DOOR}/fault",
    f"{DOOR}/switches",
]
HASH_TABLE = st.fixed_dictionaries({"@odata.type": st.just("#Exchange.GenericHashTable")})
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["Rule", "Out"])
)
WORDS = st.sampled_from(
    [
        *("CmdletInput", "CmdletName", "Parameters", "requests", "id", "url", "method", "headers", "body"),
        *("domain", "seed", "rules", "cmdlet", "parameters", "status", "times", "applied", "seconds", "role"),
        *("domains", "certificate", "secret", "expires"),
        *("@odata.type", "Add", "Remove"),
    ]
)
VALUES = st.recursive(
    LEAVES | HASH_TABLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One tenant for all examples: what one of them did may stay."""
    desk = new_desk()
    desk.run("New-OutboundConnector", Name="Out")
    desk.run("New-InboundConnector", Name="In", SenderDomains=["*"])
    desk.run("New-TransportRule", Name="Rule", DeleteMessage=True)
    return desk


def sendable(response: Response) -> bool:
    """Whether HTTP can carry a response."""
    lines = [f"{name}: {value}" for name, value in response.headers.items()]
    return 200 <= response.status <= 599 and all(line.isprintable() and line.isascii() for line in lines)


@settings(deadline=None, max_examples=80)
@given(path=st.sampled_from(PATHS), method=st.sampled_from(["GET", "POST", "DELETE"]), body=st.binary(max_size=40))
def test_any_bytes_at_any_path_are_answered(desk: Desk, path: str, method: str, body: bytes) -> None:
    assert sendable(desk.twin.handle(Request(method, path, bearer(desk.token()), body)))


@settings(deadline=None, max_examples=80)
@given(path=st.sampled_from(PATHS), body=VALUES)
def test_any_json_at_any_path_is_answered(desk: Desk, path: str, body: object) -> None:
    raw = json.dumps(body).encode()
    response = desk.twin.handle(Request("POST", path, bearer(desk.token()), raw))
    # The body may have made the tenant anew, broken its answers or turned its switches.
    tenant = desk.twin.tenant(TENANT_ID)
    assert tenant is not None
    tenant.faults.clear()
    tenant.switches.turn({"consent": True, "role": "exchange_administrator"})
    assert sendable(response)


@settings(deadline=None, max_examples=80)
@given(path=st.text(max_size=30).map("/".__add__), method=st.sampled_from(["GET", "POST"]))
def test_any_path_is_answered(desk: Desk, path: str, method: str) -> None:
    assert sendable(desk.twin.handle(Request(method, path, {}, b"")))


@settings(deadline=None, max_examples=120)
@given(data=st.data(), cmdlet=st.sampled_from(known()))
def test_any_values_of_any_parameters_are_taken_or_refused_and_the_tenant_stays_readable(
    desk: Desk, data: st.DataObject, cmdlet: str
) -> None:
    names = [parameter.name for parameter in cmdlets()[cmdlet].values()]
    likely = st.dictionaries(st.sampled_from(names), VALUES, max_size=3) if names else st.just({})
    parameters: dict[str, object] = {"Identity": "Rule", "Name": "In", **data.draw(likely)}
    given_names = {name: value for name, value in parameters.items() if name in names}
    before = desk.state()
    response = desk.ask(cmdlet, **json.loads(json.dumps(given_names).replace("NaN", "0").replace("Infinity", "0")))
    assert response.status in (200, 400, 404)
    if response.status != 200:
        assert desk.state() == before
    assert len(desk.run("Get-TransportRule")) == len(desk.tenant.rules)
