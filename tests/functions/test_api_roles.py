"""Who may do what: every route by every role, and nothing for whoever did not prove to be anybody."""

import json
from uuid import UUID

import pytest

from functions.api import description
from functions.routes_commands import BODIES
from local.twin.wire import Request
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.sessions import Sessions
from shared.application.commands import COMMANDS
from shared.domain.operators import Role
from shared.domain.tenants import Stage
from tests.fakes import TENANT_ID, new_tenant, new_world
from tests.functions.calling import ADMIN, KEY, READER, WORKER, Api
from tests.in_process import Received, Sent, TwinTransport, session_over
from tests.on_twin import ROOT, OnTwin, on_twin

TENANT = f"/api/tenants/{TENANT_ID}"
READS = [
    ("GET", path)
    for path in (
        "/api/tenants",
        TENANT,
        f"{TENANT}/plan",
        f"{TENANT}/timeline",
        f"{TENANT}/proof",
        "/api/fleet",
        "/api/fleet/timeline",
        "/api/poison",
        "/api/openapi.json",
        "/api/whoami",
        "/api/activity",
    )
]
WORK = [
    *(("POST", f"{TENANT}/{name}") for name in COMMANDS if name != "offboard"),
    ("POST", "/api/poison/x/replay"),
    ("POST", "/api/poison/x/drop"),
]
RULE = [
    ("POST", f"{TENANT}/offboard"),
    *(("POST", f"/api/fleet/{name}") for name in ("freeze", "release", "pause", "resume")),
]
ROUTES = READS + WORK + RULE
DOORS = [*((READER, routes) for routes in (READS,)), (WORKER, READS + WORK), (ADMIN, ROUTES)]
CASES = [(token, route, route in allowed) for token, allowed in DOORS for route in ROUTES]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api(new_world()).install(monkeypatch)
    # Off-boarded: whatever may be asked of it is refused by its stage, and Exchange is not asked.
    api.world.tenants.add(new_tenant(Stage.OFFBOARDED))
    return api


def test_this_table_has_every_route() -> None:
    known = {
        (method.upper(), path.replace("{tenant_id}", str(TENANT_ID)).replace("{parked_id}", "x"))
        for path, operations in description()["paths"].items()
        for method in operations
    }
    assert set(ROUTES) == known
    assert set(BODIES) == set(COMMANDS)


def test_the_description_names_the_role_that_each_route_needs() -> None:
    said = {
        (method.upper(), path.replace("{tenant_id}", str(TENANT_ID)).replace("{parked_id}", "x")): {
            role for way in operation["security"] for roles in way.values() for role in roles
        }
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
    }
    needed = ((READS, Role.READ), (WORK, Role.OPERATE), (RULE, Role.ADMIN))
    assert said == {route: {role} for routes, role in needed for route in routes}


@pytest.mark.parametrize(("token", "route", "is_enough"), CASES, ids=str)
def test_a_role_opens_what_it_is_for_and_nothing_else(
    api: Api, token: str, route: tuple[str, str], *, is_enough: bool
) -> None:
    answer = api.call(*route, token)
    if is_enough:
        assert answer.status in (200, 202, 400, 404, 409)
    else:
        assert answer.refusal == (403, "forbidden")
        assert api.sent.deliveries == []


@pytest.mark.parametrize("route", ROUTES, ids=str)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer guess"},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {ADMIN}"},
        {"authorization": ADMIN},
        {"x-functions-key": "guess"},
        {"x-functions-key": ""},
        {"x-functions-key": KEY[:-1]},
        {"x-functions-key": f"{KEY}."},
    ],
    ids=str,
)
def test_who_proved_nothing_learns_nothing(api: Api, route: tuple[str, str], headers: dict[str, str]) -> None:
    answer = api.call(*route, "", headers=headers, body=b"{ no JSON")
    assert answer.refusal == (401, "unauthentic")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_who_is_known_and_has_no_role_is_told_so(api: Api) -> None:
    assert api.get("/api/tenants", "t.nobody.t").refusal == (403, "forbidden")


def test_a_trials_key_opens_everything(api: Api) -> None:
    for route in ROUTES:
        assert api.call(*route, "", headers={"x-functions-key": KEY}).status not in (401, 403)


def test_without_a_trials_key_no_key_opens_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(new_world()).install(monkeypatch, operator_key=None)
    for key in (KEY, "", "None"):
        assert api.call("GET", "/api/tenants", "", headers={"x-functions-key": key}).refusal == (401, "unauthentic")


def test_a_token_counts_beside_a_key_that_is_none(api: Api) -> None:
    assert api.call("GET", "/api/tenants", READER, headers={"x-functions-key": "of the platform"}).status == 200


VENDOR = UUID("5e1d0000-0000-4000-8000-0000000000aa")


def signed_in(on: OnTwin, *roles: str, tenant_id: UUID = VENDOR, audience: str = "keeper") -> str:
    """A token that Entra signs."""
    asked = {"tenant_id": str(tenant_id), "audience": audience, "roles": list(roles), "name": "Ann Example"}
    response = on.twin.handle(Request("POST", "/twin/operator-tokens", {}, json.dumps(asked).encode()))
    return str(json.loads(response.body)["access_token"])


def test_a_token_of_entra_opens_what_its_role_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    on = on_twin()

    def entra(received: Received) -> Sent:
        response = on.twin.handle(Request(received.method, received.path, received.headers, received.body))
        return response.status, response.headers, response.body

    sessions = Sessions(lambda: session_over(TwinTransport(entra)))
    operators = OperatorTokens(ROOT, frozenset({VENDOR}), ("keeper",), sessions, on.clock)
    api = Api(on.world, operators=operators).install(monkeypatch)
    on.keep(Stage.STAGED)
    assert api.get(TENANT, signed_in(on, "Keeper.Read")).status == 200
    assert api.post(f"{TENANT}/verify", signed_in(on, "Keeper.Read")).refusal == (403, "forbidden")
    assert api.post(f"{TENANT}/verify", signed_in(on, "Keeper.Operate")).status == 202
    assert api.get(TENANT, signed_in(on)).refusal == (403, "forbidden")
    for stranger in (signed_in(on, "Keeper.Admin", tenant_id=UUID(int=5)), signed_in(on, "Keeper.Admin", audience="x")):
        assert api.get(TENANT, stranger).refusal == (401, "unauthentic")
    ((event,), _) = on.world.history.page(TENANT_ID, None, 10)
    assert event.actor.startswith("Ann Example (oid ")
