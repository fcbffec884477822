"""The operators' API on the twin: what it shows, what it changes, and how it refuses."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from functions.api import description
from functions.problems import STATUS, status_of
from local.demo.items import ITEMS
from shared.application.handlers import handle_reconcile, handle_verify
from shared.application.recheck import handle_recheck
from shared.application.wishing import FLEET
from shared.domain import errors
from shared.domain.decisions import Deviation, Suspension
from shared.domain.errors import KeeperError, Throttled, TransientError
from shared.domain.history import Event, EventKind, Thread
from shared.domain.messages import Cause, Fate, Message, Parked, Queue, encode
from shared.domain.operators import Operator
from shared.domain.proof import Proof
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Tenant, Verdict
from tests.fakes import CANARY, NOW, TENANT_ID, FixedKeys, new_message, new_policy, new_tenant
from tests.functions.calling import ADMIN, READER, WORKER, Answer, Api, Roster
from tests.on_twin import OnTwin, on_twin

PATH = f"/api/tenants/{TENANT_ID}"
SOON = "2026-11-23T18:00:00Z"
OTHER = UUID("7f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a11")


@pytest.fixture
def on() -> OnTwin:
    return on_twin()


@pytest.fixture
def api(on: OnTwin, monkeypatch: pytest.MonkeyPatch) -> Api:
    return Api(on.world).install(monkeypatch)


def run(on: OnTwin) -> None:
    """Let the queues' workers do what is wanted of the tenant, until reads have settled."""
    tenant = on.record()
    message = Message(TENANT_ID, Cause.OPERATOR, UUID(int=9), tenant.generation, NOW)
    handle_reconcile(message, on.world, new_policy())
    on.clock.advance(minutes=5)
    handle_verify(message, on.world, new_policy())


def keep(on: OnTwin, tenant: Tenant) -> None:
    on.world.tenants.put(on.world.tenants.get(TENANT_ID), tenant)


# --- what is shown -------------------------------------------------------------------------------------------------


def test_a_tenant_is_shown_item_by_item(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    shown = api.get(PATH).json
    assert {item["name"] for item in shown["items"]} == set(ITEMS)
    assert all(item["desired"] == item["observed"] for item in shown["items"])
    assert {i["name"]: i["desired"] for i in shown["items"]}[ITEMS[3]] == "off"
    assert (shown["tenant_id"], shown["stage"], shown["verdict"]) == (str(TENANT_ID), "staged", "healthy")


def test_everything_that_a_person_decided_on_a_tenant_is_shown(on: OnTwin, api: Api) -> None:
    suspension = Suspension("ann", "because", NOW, NOW + timedelta(hours=1))
    deviation = Deviation("false", "bob", "as agreed", NOW + timedelta(days=1))
    on.keep(
        Stage.PAUSED,
        pause=suspension,
        hold=suspension,
        deviations={"x/RequireTls": deviation},
        moving_from=Region.AU,
        findings={"rules_nearly_full": "warning: the tenant: 291 of 300", "odd": "no weight"},
        verdict=Verdict.NEEDS_ROLE,
    )
    shown = api.get(PATH).json
    assert shown["pause"] == shown["hold"]
    assert (shown["pause"]["by"], shown["pause"]["until"]) == ("ann", "2026-11-23T13:00:00Z")
    assert shown["deviations"] == [
        {
            "setting": "x/RequireTls",
            "value": "false",
            "by": "bob",
            "reason": "as agreed",
            "until": "2026-11-24T12:00:00Z",
        }
    ]
    assert shown["moving_from"] == "au"
    assert shown["findings"] == [
        {"code": "rules_nearly_full", "weight": "warning", "sentence": "the tenant: 291 of 300"},
        {"code": "odd", "weight": "warning", "sentence": "no weight"},
    ]
    assert "Exchange Administrator" in shown["guidance"]["sentence"]
    assert any("3f2b7c1e-0000-4000-8000-00000000aaaa" in line for line in shown["guidance"]["commands"])


def test_of_the_loop_check_guid_there_is_a_mark_that_tells_two_apart(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    salt = FixedKeys().get("loop-check-salt").reveal
    assert api.get(PATH).json["loop_check"] == "mmid:" + sha256((salt + CANARY).encode()).hexdigest()[:8]


def test_a_fleet_pause_shows_on_the_tenants_that_it_covers(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE)
    assert api.get(PATH).json["paused_by_fleet"] is False
    api.post("/api/fleet/pause", scope="eu", reason="outage", until=SOON)
    shown = api.get(PATH).json
    assert shown["paused_by_fleet"] is True
    assert {i["name"]: i["desired"] for i in shown["items"]}[ITEMS[3]] == "off"
    on.clock.advance(hours=7)
    assert api.get(PATH).json["paused_by_fleet"] is False


def test_of_a_tenant_that_left_nothing_is_wanted(on: OnTwin, api: Api) -> None:
    on.keep(Stage.OFFBOARDED)
    assert {(i["desired"], i["observed"]) for i in api.get(PATH).json["items"]} == {("gone", "gone")}


def test_tenants_come_in_pages_and_by_filters(on: OnTwin, api: Api) -> None:
    ids = [UUID(int=number << 96) for number in range(1, 8)]
    for number, tenant_id in enumerate(ids):
        region = (Region.EU, Region.AU)[number % 2]
        on.world.tenants.add(new_tenant(Stage.STAGED, tenant_id, region=region))
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/api/tenants?limit=2{cursor}").json
        seen += [tenant["tenant_id"] for tenant in page["tenants"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == list(map(str, ids))
    assert len(api.get("/api/tenants?region=au&stage=staged&verdict=unknown").json["tenants"]) == 3
    assert api.get("/api/tenants?verdict=healthy").json == {"tenants": [], "cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        "verdit=healthy",
        "region=mars",
        "region=",
        "stage=ACTIVE",
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=1e3",
        "cursor=",
        "cursor=" + "x" * 513,
    ],
)
def test_a_filter_that_is_none_is_refused_and_not_passed_over(api: Api, query: str) -> None:
    assert api.get(f"/api/tenants?{query}").refusal == (400, "invalid_request")


@pytest.mark.parametrize("list_", [f"{PATH}/timeline", "/api/fleet/timeline", "/api/poison"])
@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "limit=0", "page=2"])
def test_a_cursor_that_is_none_of_ours_is_refused(on: OnTwin, api: Api, list_: str, query: str) -> None:
    on.keep(Stage.STAGED)
    assert api.get(f"{list_}?{query}").refusal == (400, "invalid_request")


@pytest.mark.parametrize(("whose", "path"), [(TENANT_ID, f"{PATH}/timeline"), (FLEET, "/api/fleet/timeline")])
def test_what_happened_is_told_newest_first(on: OnTwin, api: Api, whose: UUID, path: str) -> None:
    on.keep(Stage.STAGED)
    thread = Thread(NOW, "ann", UUID(int=5))
    on.world.history.append(whose, [thread.event(EventKind.OPERATOR, str(number)) for number in range(3)])
    first = api.get(f"{path}?limit=2").json
    rest = api.get(f"{path}?cursor={first['cursor']}").json
    assert [event["subject"] for event in first["events"] + rest["events"]] == ["2", "1", "0"]
    assert (rest["cursor"], rest["events"][0]["actor"]) == (None, "ann")


def test_the_fleets_history_is_nobodys_tenant(api: Api) -> None:
    assert api.get(f"/api/tenants/{FLEET}/timeline").refusal == (404, "unknown_tenant")


def test_a_proof_is_a_document_of_its_own(on: OnTwin, api: Api) -> None:
    on.keep(Stage.OFFBOARDING)
    assert api.get(f"{PATH}/proof").refusal == (404, "unknown_proof")
    proof = Proof(2, NOW, ({"kind": "TransportRule", "Words": [CANARY]},), removed=("gone",), finished_at=NOW)
    on.world.proofs.put(TENANT_ID, proof)
    answer = api.get(f"{PATH}/proof")
    assert answer.headers["content-disposition"] == f'attachment; filename="offboarding-{TENANT_ID}.json"'
    assert answer.json["is_proved"] is True
    assert answer.json["before"] == [{"kind": "TransportRule", "Words": ["<secret>"]}]
    on.world.proofs.put(TENANT_ID, replace(proof, read_back=("one left",)))
    assert api.get(f"{PATH}/proof").json["is_proved"] is False


# --- plans ---------------------------------------------------------------------------------------------------------


def test_a_plan_names_every_write_and_makes_none(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    plan = api.get(f"{PATH}/plan").json
    assert [(step["verb"], step["object"]) for step in plan["steps"]] == [
        ("create", ITEMS[0]),
        ("create", ITEMS[1]),
        ("update", "Default"),
        ("create", ITEMS[2]),
        ("create", ITEMS[3]),
    ]
    assert all(step["effect"] and step["changes"] for step in plan["steps"])
    assert (plan["verdict"], len(plan["drifts"])) == ("drifted", 6)
    assert on.writes() == []
    assert api.world.history.page(TENANT_ID, None, 10) == ([], None)
    assert api.sent.deliveries == []


def test_a_plan_shows_the_value_that_was_read_and_the_one_that_comes(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    on.administrator("Set-InboundConnector", Identity=ITEMS[0], RequireTls=False)
    plan = api.get(f"{PATH}/plan").json
    ((step),) = plan["steps"]
    assert {"setting": "RequireTls", "old": "False", "new": "True"} in step["changes"]
    ((drift),) = plan["drifts"]
    assert (drift["object"], drift["setting"]) == (ITEMS[0], "RequireTls")
    assert (drift["desired"], drift["observed"]) == ("True", "False")


def test_a_plan_shows_the_rules_in_the_order_in_which_exchange_runs_them(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    on.administrator("Set-TransportRule", Identity=ITEMS[2], Priority=0)
    plan = api.get(f"{PATH}/plan?for=verify").json
    assert [rule["name"] for rule in plan["rules"]] == [rule["Name"] for rule in on.state()["transport_rules"]]
    assert {rule["place"]: rule["item"] for rule in plan["rules"] if rule["item"]} == {0: ITEMS[2], 5: ITEMS[3]}
    assert plan["items"][ITEMS[2]] == "misplaced"


def test_a_plan_is_for_one_command(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    assert api.get(f"{PATH}/plan").json["steps"] == []
    assert [step["verb"] for step in api.get(f"{PATH}/plan?for=activate").json["steps"]] == ["enable", "enable"]
    assert "remove" in [step["verb"] for step in api.get(f"{PATH}/plan?for=offboard").json["steps"]]
    assert api.get(f"{PATH}/plan?for=hold").refusal == (400, "invalid_request")


def test_nothing_is_put_into_a_tenant_that_left_by_any_plan(on: OnTwin, api: Api) -> None:
    on.keep(Stage.OFFBOARDED)
    assert api.get(f"{PATH}/plan?for=offboard").json["steps"] == []
    assert api.get(f"{PATH}/plan").refusal == (409, "not_allowed")


def test_what_stands_in_the_way_is_the_plans_verdict(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT, initial_domain="fabrikam.onmicrosoft.com")
    plan = api.get(f"{PATH}/plan").json
    assert plan["verdict"] == "needs_human"
    assert [finding["code"] for finding in plan["findings"] if finding["weight"] == "blocker"] == ["foreign_domain"]


def test_a_tenant_that_cannot_be_looked_at_says_why(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    on.directory.switches.turn({"consent": False})
    assert api.get(f"{PATH}/plan").refusal == (409, "needs_consent")


def test_no_answer_holds_a_secret_wherever_exchange_repeats_it(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED, reason=f"saw {CANARY}", items={ITEMS[2]: CANARY.upper()}, findings={"x": f"note: {CANARY}"})
    run(on)
    keep(on, replace(on.record(), reason=f"saw {CANARY}", items={ITEMS[2]: CANARY.upper()}))
    on.administrator("Set-TransportRule", Identity=ITEMS[2], HeaderContainsWords=["another"])
    on.administrator("Set-TransportRule", Identity=ITEMS[3], ExceptIfSubjectContainsWords=[CANARY])
    thread = Thread(NOW, "ann", UUID(int=5))
    on.world.history.append(TENANT_ID, [thread.event(EventKind.STEP, CANARY)])
    on.world.proofs.put(TENANT_ID, Proof(1, NOW, left={"x": CANARY}))
    paths = ("/api/tenants", PATH, f"{PATH}/timeline", f"{PATH}/proof", f"{PATH}/plan", f"{PATH}/plan?for=offboard")
    answers = [api.get(path) for path in paths]
    assert [answer.status for answer in answers] == [200] * len(paths)
    assert all(CANARY not in answer.text.lower() for answer in answers)
    assert "ExceptIfSubjectContainsWords" in answers[4].text


# --- commands ------------------------------------------------------------------------------------------------------


def plan_hash(api: Api, purpose: str) -> str:
    return str(api.get(f"{PATH}/plan?for={purpose}").json["plan_hash"])


@pytest.mark.parametrize(
    ("stage", "name", "body", "queue", "after"),
    [
        (Stage.STAGED, "verify", {}, Queue.VERIFY, Stage.STAGED),
        (Stage.STAGED, "remediate", {"reason": "again"}, Queue.REMEDIATE, Stage.STAGED),
        (Stage.STAGED, "activate", {}, Queue.REMEDIATE, Stage.ACTIVE),
        (Stage.ACTIVE, "deactivate", {}, Queue.REMEDIATE, Stage.STAGED),
        (Stage.ACTIVE, "pause", {"reason": "x", "until": SOON}, Queue.REMEDIATE, Stage.PAUSED),
        (Stage.PAUSED, "resume", {}, Queue.REMEDIATE, Stage.ACTIVE),
        (Stage.ACTIVE, "hold", {"reason": "x", "until": SOON}, Queue.VERIFY, Stage.ACTIVE),
        (Stage.ACTIVE, "offboard", {}, Queue.OFFBOARD, Stage.OFFBOARDING),
    ],
)
def test_a_command_changes_what_is_wanted_and_asks_for_the_work(
    on: OnTwin, api: Api, *, stage: Stage, name: str, body: dict[str, Any], queue: Queue, after: Stage
) -> None:
    on.keep(stage)
    answer = api.post(f"{PATH}/{name}", **body)
    assert answer.status == 202
    ((delivery),) = api.sent.deliveries
    assert (delivery.queue, str(delivery.message.correlation_id)) == (queue, answer.json["operation_id"])
    assert on.record().stage is after
    events, _ = on.world.history.page(TENANT_ID, None, 10)
    assert (events[-1].subject, events[-1].actor) == (name, "admin")


def test_an_accepted_deviation_is_revoked_again(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    on.administrator("Set-InboundConnector", Identity=ITEMS[0], RequireTls=False)
    name = f"{ITEMS[0]}/RequireTls"
    assert api.post(f"{PATH}/accept", setting=name, reason="as agreed", until=SOON).status == 202
    ((deviation),) = api.get(PATH).json["deviations"]
    assert (deviation["setting"], deviation["by"], deviation["reason"]) == (name, "admin", "as agreed")
    assert api.post(f"{PATH}/revoke", WORKER, setting=name).status == 202
    assert api.get(PATH).json["deviations"] == []
    assert api.post(f"{PATH}/revoke", setting=name).refusal == (409, "not_allowed")


def test_an_activation_holds_to_the_plan_that_was_read(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    run(on)
    read = plan_hash(api, "activate")
    on.administrator("Set-InboundConnector", Identity=ITEMS[0], RequireTls=False)
    assert api.post(f"{PATH}/activate", plan_hash=read).refusal == (409, "plan_moved")
    assert on.record().stage is Stage.STAGED
    assert api.post(f"{PATH}/activate", plan_hash=plan_hash(api, "activate")).status == 202
    assert on.record().approval is not None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("verify", b"{"),
        ("verify", b"[]"),
        ("verify", b"null"),
        ("verify", b'"x"'),
        ("verify", b"\xff"),
        ("verify", b"[" * 10_000),
        ("verify", {"unknown": 1}),
        ("verify", {"until": SOON}),
        ("verify", {"reason": ""}),
        ("verify", {"reason": "  "}),
        ("verify", {"reason": 5}),
        ("verify", {"reason": "x" * 501}),
        ("verify", {"reason": "two\nlines"}),
        ("verify", {"reason": "turned \u202e round"}),
        ("verify", b'{"reason":"\\ud800"}'),
        ("remediate", {"plan_hash": "A" * 64}),
        ("remediate", {"plan_hash": "a" * 63}),
        ("verify", {"plan_hash": "a" * 64}),
        ("hold", {"reason": "x", "until": SOON, "plan_hash": "a" * 64}),
        ("pause", {}),
        ("pause", {"reason": "x"}),
        ("pause", {"until": SOON}),
        ("pause", {"reason": "x", "until": "2026-11-23T18:00:00"}),
        ("pause", {"reason": "x", "until": "1795456800"}),
        ("pause", {"reason": "x", "until": 1795456800}),
        ("pause", {"reason": "x", "until": "tomorrow"}),
        ("pause", {"reason": "x", "until": "9999-12-31T23:59:59-23:00"}),
        ("pause", {"reason": "x", "until": "2026-11-23T11:00:00Z"}),
        ("pause", {"reason": "x", "until": "2027-11-23T11:00:00Z"}),
        ("hold", {"reason": "x", "until": None}),
        ("accept", {"setting": "x" * 161, "reason": "x", "until": SOON}),
        ("revoke", {}),
    ],
    ids=str,
)
def test_a_body_that_is_not_of_its_form_changes_nothing(on: OnTwin, api: Api, name: str, body: object) -> None:
    on.keep(Stage.ACTIVE)
    before = on.record()
    answer = api.call("POST", f"{PATH}/{name}", body=body)
    assert answer.refusal == (400, "invalid_request")
    assert (on.record(), api.sent.deliveries) == (before, [])


def test_a_refusal_says_which_field_is_wrong_and_not_what_was_sent(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE)
    detail = api.post(f"{PATH}/pause", reason=f"{CANARY}\n", until=f"{CANARY}").json["detail"]
    assert "until: " in detail
    assert CANARY not in detail


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("POST", f"{PATH}/dance", (404, "no_such_route")),
        ("GET", "/api/", (404, "no_such_route")),
        ("GET", "/api/tenants/", (404, "no_such_route")),
        ("GET", "/api/consoles", (404, "no_such_route")),
        ("GET", "/docs", (404, "no_such_route")),
        ("GET", f"/api/tenants/{OTHER}", (404, "unknown_tenant")),
        ("GET", f"/api/tenants/{OTHER}/plan", (404, "unknown_tenant")),
        ("POST", f"/api/tenants/{OTHER}/verify", (404, "unknown_tenant")),
        ("GET", "/api/tenants/common", (400, "invalid_request")),
        ("GET", "/api/tenants/..%2f..", (404, "no_such_route")),
        ("POST", "/api/poison/nothing/replay", (404, "unknown_parked")),
        ("POST", f"/api/poison/{'x' * 129}/drop", (400, "invalid_request")),
    ],
)
def test_what_is_not_there_has_a_stable_code(api: Api, method: str, path: str, refusal: tuple[int, str]) -> None:
    assert api.call(method, path).refusal == refusal


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/tenants", "GET"),
        ("DELETE", PATH, "GET"),
        ("GET", f"{PATH}/offboard", "POST"),
        ("POST", f"{PATH}/plan", "GET"),
        ("PUT", "/api/fleet", "GET"),
        ("PATCH", "/api/fleet/freeze", "POST"),
        ("OPTIONS", "/api/poison", "GET"),
    ],
)
def test_another_method_is_told_which_one_there_is(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path)
    assert answer.refusal == (405, "no_such_method")
    assert answer.headers["allow"] == allowed


def test_a_stage_that_does_not_allow_it_is_a_conflict(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    assert api.post(f"{PATH}/activate").refusal == (409, "not_allowed")


def test_queues_that_are_away_are_a_reason_to_come_again(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    api.sent.until_away = 0
    answer = api.post(f"{PATH}/verify")
    assert answer.refusal == (503, "transient")
    assert answer.headers["retry-after"] == "60"


def test_a_wait_that_was_asked_for_is_passed_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(_: Roster, __: str) -> Operator:
        raise Throttled("too many", timedelta(seconds=4.2))

    monkeypatch.setattr(Roster, "operator", throttled)
    answer = api.get("/api/tenants")
    assert (answer.refusal, answer.headers["retry-after"]) == ((503, "throttled"), "5")


def test_every_error_has_a_status_of_its_own() -> None:
    leaves = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KeeperError)]
    named = [kind for kind in leaves if not kind.__subclasses__()]
    assert named
    assert [kind for kind in named if status_of(kind("…")) == 500] == []
    assert STATUS[TransientError] == 503


def test_the_document_names_every_refusal_as_it_is_answered() -> None:
    assert description()["openapi"].startswith("3.1")
    for path in description()["paths"].values():
        for operation in path.values():
            refused = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert {"400", "401", "403", "503"} <= refused.keys()
            assert "422" not in refused
            assert all([*answer["content"]] == ["application/problem+json"] for answer in refused.values())
            assert operation["security"] == [{"entra": []}, {"operator_key": []}]


# --- the fleet -----------------------------------------------------------------------------------------------------


def test_the_fleet_is_counted_each_way(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE, verdict=Verdict.HEALTHY)
    other = new_tenant(Stage.STAGED, OTHER, region=Region.AU, verdict=Verdict.HEALTHY)
    seen = {"checked_at": NOW - timedelta(hours=1), "items": {"Enhanced filtering": "on"}, "spec": "9"}
    on.world.tenants.add(replace(other, **seen))  # type: ignore[arg-type]
    assert api.get("/api/fleet").json["tenants"] == 0  # the timer has not counted yet
    list(handle_recheck(on.world, new_policy()))
    assert api.get("/api/fleet").json == {
        "tenants": 2,
        "counts": {
            "verdict": {"healthy": 2},
            "region": {"eu": 1, "au": 1},
            "stage": {"active": 1, "staged": 1},
            "spec": {"": 1, "9": 1},
            "items": {"Enhanced filtering": {"on": 1}},
        },
        "counted_at": "2026-11-23T12:00:00Z",
        "oldest_check": {"tenant_id": str(OTHER), "checked_at": "2026-11-23T11:00:00Z"},
        "freeze": None,
        "pauses": [],
        "last_sweep": "2026-11-23T12:00:00Z",
    }


GUID = "0c4a9a7e-1b2c-4d3e-8f50-a1b2c3d4e5f6"


def test_whoever_calls_is_told_who_and_what_is_allowed(api: Api) -> None:
    roles = ["Keeper.Read", "Keeper.Operate", "Keeper.Admin"]
    assert api.get("/api/whoami", ADMIN).json == {"name": "admin", "roles": roles}
    assert api.get("/api/whoami").json == {"name": "reader", "roles": roles[:1]}


def test_the_activity_is_that_of_all_tenants_and_shows_no_guid(on: OnTwin, api: Api) -> None:
    event = Event(NOW, EventKind.FINDING, f"rule {GUID}", "", GUID.upper().replace("-", ""), "keeper", OTHER)
    on.world.history.append(TENANT_ID, [event])
    on.world.history.append(OTHER, [replace(event, at=NOW + timedelta(seconds=1), subject="later")])
    answer = api.get("/api/activity?limit=1").json
    assert [(found["tenant_id"], found["subject"]) for found in answer["events"]] == [(str(OTHER), "later")]
    ((found),) = api.get(f"/api/activity?limit=1&cursor={answer['cursor']}").json["events"]
    assert (found["tenant_id"], found["subject"], found["after"]) == (str(TENANT_ID), "rule …", "…")


def test_tenants_are_searched(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE, verdict=Verdict.HEALTHY)
    asked = "/api/tenants?search=contoso&checked_before=2026-11-23T12:00:00%2B01:00"
    assert [line["tenant_id"] for line in api.get(asked).json["tenants"]] == [str(TENANT_ID)]
    assert api.get("/api/tenants?search=nobody").json["tenants"] == []
    assert api.get("/api/tenants?item=redirect").json["tenants"] == []
    assert api.get("/api/tenants?item=Redirect").status == 400


def test_repairs_are_frozen_and_released(api: Api) -> None:
    assert api.post("/api/fleet/freeze", reason="bad data").status == 202
    assert api.get("/api/fleet").json["freeze"] == {
        "by": "admin",
        "reason": "bad data",
        "since": "2026-11-23T12:00:00Z",
    }
    assert api.post("/api/fleet/release").status == 202
    assert api.get("/api/fleet").json["freeze"] is None
    told = [event["subject"] for event in api.get("/api/fleet/timeline").json["events"]]
    assert told == ["release", "freeze"]


def test_a_fleet_pause_asks_every_tenant_of_its_scope_at_once(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE)
    on.world.tenants.add(new_tenant(Stage.ACTIVE, OTHER, region=Region.AU))
    assert api.post("/api/fleet/pause", scope="eu", reason="outage", until=SOON).status == 202
    assert [(d.message.tenant_id, d.message.cause) for d in api.sent.deliveries] == [(TENANT_ID, Cause.PAUSE)]
    ((pause),) = api.get("/api/fleet").json["pauses"]
    assert (pause["scope"], pause["by"], pause["is_asked"], pause["until"]) == ("eu", "admin", True, SOON)
    assert api.post("/api/fleet/resume", scope="eu").status == 202
    assert api.get("/api/fleet").json["pauses"] == []


def test_a_fleet_pause_that_was_not_sent_to_its_end_is_the_timers_to_send(on: OnTwin, api: Api) -> None:
    on.keep(Stage.ACTIVE)
    on.world.tenants.add(new_tenant(Stage.ACTIVE, OTHER))
    api.sent.until_away = 1
    assert api.post("/api/fleet/pause", scope="all", reason="outage", until=SOON).status == 202
    ((pause),) = api.get("/api/fleet").json["pauses"]
    assert pause["is_asked"] is False


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("freeze", {}),
        ("freeze", {"reason": "x", "until": SOON}),
        ("release", {"reason": "x"}),
        ("pause", {"scope": "mars", "reason": "x", "until": SOON}),
        ("pause", {"reason": "x", "until": SOON}),
        ("pause", {"scope": "all", "reason": "x", "until": "2026-11-23T12:00:00Z"}),
        ("pause", {"scope": "all", "reason": "x", "until": "2027-11-23T12:00:00Z"}),
        ("resume", {}),
    ],
    ids=str,
)
def test_a_wish_that_is_not_of_its_form_changes_nothing(api: Api, name: str, body: dict[str, Any]) -> None:
    assert api.call("POST", f"/api/fleet/{name}", body=body).refusal == (400, "invalid_request")
    fleet = api.get("/api/fleet").json
    assert (fleet["freeze"], fleet["pauses"]) == (None, [])


# --- parked messages -----------------------------------------------------------------------------------------------


def park(on: OnTwin, body: str, parked_id: str = "p1", minute: int = 0) -> None:
    moment = NOW + timedelta(minutes=minute)
    on.world.journal.park(Parked(parked_id, Queue.VERIFY, "throttled: too many", body, moment))


def test_parked_messages_come_in_pages_as_they_are(on: OnTwin, api: Api) -> None:
    for number in range(3):
        park(on, f"body {number}", f"p{number}", number)
    first = api.get("/api/poison?limit=2").json
    assert [row["body"] for row in first["parked"]] == ["body 2", "body 1"]
    assert [row["id"] for row in api.get(f"/api/poison?cursor={first['cursor']}").json["parked"]] == ["p0"]


def test_a_parked_message_is_sent_once_more_and_then_decided_on(on: OnTwin, api: Api) -> None:
    on.keep(Stage.STAGED)
    park(on, encode(new_message()).decode())
    api.sent.until_away = 0
    assert api.post("/api/poison/p1/replay", WORKER).refusal[0] == 503
    assert len(api.get("/api/poison").json["parked"]) == 1
    api.sent.until_away = 1
    answer = api.post("/api/poison/p1/replay", WORKER)
    assert (answer.status, answer.json["operation_id"]) == (202, str(UUID(int=99)))
    assert [delivery.queue for delivery in api.sent.deliveries] == [Queue.VERIFY]
    assert api.get("/api/poison").json["parked"] == []
    assert on.world.journal.find_parked("p1") == replace(
        Parked("p1", Queue.VERIFY, "throttled: too many", encode(new_message()).decode(), NOW),
        fate=Fate.REPLAYED,
        decided_by="worker",
        decided_at=NOW,
    )
    assert api.post("/api/poison/p1/replay").refusal == (409, "not_allowed")


def test_a_parked_message_is_dropped(on: OnTwin, api: Api) -> None:
    park(on, "nonsense")
    assert api.post("/api/poison/p1/replay").refusal == (409, "invalid_message")
    assert api.post("/api/poison/p1/drop", WORKER).json == {"status": "dropped", "operation_id": None}
    assert api.get("/api/poison").json["parked"] == []
    assert api.sent.deliveries == []


def test_a_body_may_be_sent_where_nothing_is_asked(on: OnTwin, api: Api) -> None:
    park(on, "nonsense")
    answers: list[Answer] = [api.call("POST", "/api/poison/p1/drop", ADMIN, body=body) for body in (b"{}", b'{"x":1}')]
    assert [answer.status for answer in answers] == [202, 400]
    assert json.loads(answers[1].text)["detail"].startswith("not of its form: x: ")
    assert api.get("/api/poison", READER).status == 200
