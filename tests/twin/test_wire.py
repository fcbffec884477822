import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.twin.cmdlets import known
from local.twin.wire import Response
from tests.twin.desk import ADMIN, DOMAIN, ROOT, TENANT_ID, Desk, bearer, calling, new_desk, opened, plain

INVOKE = f"{ADMIN}/InvokeCommand"
BATCH = f"{ADMIN}/$batch"
SERVICE = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"


@pytest.fixture
def desk() -> Desk:
    desk = new_desk()
    desk.run("New-OutboundConnector", Name="Out")
    desk.run("New-InboundConnector", Name="In", SenderDomains=["*"])
    desk.run("New-TransportRule", Name="Rule", DeleteMessage=True)
    return desk


@pytest.fixture
def token(desk: Desk) -> str:
    return desk.token()


def error_of(response: Response) -> dict[str, Any]:
    """The error of a body; its encoding is the body's own."""
    found: dict[str, Any] = json.loads(response.body)["error"]
    return found


def test_a_success_is_an_envelope(desk: Desk, token: str) -> None:
    envelope = opened(desk.invoke(token, "Get-OutboundConnector"))
    assert list(envelope) == ["@odata.context", "adminapi.warnings@odata.type", "@adminapi.warnings", "value"]
    context = f"{ROOT}/adminapi/beta/{TENANT_ID}/$metadata#Collection(Exchange.GenericHashTable)"
    assert envelope["@odata.context"] == context
    assert (envelope["adminapi.warnings@odata.type"], envelope["@adminapi.warnings"]) == ("#Collection(String)", [])
    assert [row["Name"] for row in envelope["value"]] == ["Out"]


def test_a_success_has_the_headers_of_the_service(desk: Desk, token: str) -> None:
    response = desk.invoke(token, "Get-OutboundConnector")
    assert response.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert {"request-id", "OData-Version"} <= set(response.headers)


@pytest.mark.parametrize("cmdlet", ["Set-OutboundConnector", "Remove-OutboundConnector"])
def test_a_write_other_than_new_brings_no_object(desk: Desk, token: str, cmdlet: str) -> None:
    assert opened(desk.invoke(token, cmdlet, Identity="Out"))["value"] == []


def test_a_confirm_brings_a_question_and_no_object(desk: Desk, token: str) -> None:
    envelope = opened(desk.invoke(token, "Remove-OutboundConnector", Identity="Out", Confirm=True))
    assert envelope["@adminapi.confirmationmessage"]
    assert envelope["value"] == []
    assert len(desk.run("Get-OutboundConnector")) == 1


def test_properties_that_are_no_plain_text_are_annotated_right_before_them(desk: Desk, token: str) -> None:
    [rule] = opened(desk.invoke(token, "Get-TransportRule"))["value"]
    [connector] = opened(desk.invoke(token, "Get-InboundConnector"))["value"]
    expected = {
        "Priority@data.type": "System.Int32",
        "Guid@data.type": "System.Guid",
        "WhenChanged@data.type": "System.DateTime",
        "Actions@odata.type": "#Collection(String)",
    }
    assert {name: rule.get(name) for name in expected} == expected
    assert connector["SenderDomains@odata.type"] == "#Collection(String)"
    for row in (rule, connector):
        names = list(row)
        for place, name in enumerate(names):
            if "@" in name:
                assert names[place + 1] == name.partition("@")[0]
        assert not [name for name in names if "@" in name and row[name.partition("@")[0]] is None]


def test_an_error_that_is_piped_says_it_twice(desk: Desk, token: str) -> None:
    response = desk.invoke(token, "Get-OutboundConnector", BogusParameter=1)
    kind = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
    text = (
        "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. "
        "BogusParameter"
    )
    inner = {"message": text, "type": kind, "stacktrace": ""}
    assert (response.status, error_of(response)) == (
        400,
        {
            "code": "BadRequest",
            "message": "Invalid Operation",
            "details": [{"code": "Client", "target": "", "message": f"|{kind}|{text}"}],
            "innererror": {
                "message": "Invalid Operation",
                "type": SERVICE,
                "stacktrace": "",
                "internalexception": inner,
            },
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": [],
        },
    )


def test_an_error_that_is_numbered_hides_behind_an_exception_that_says_nothing(desk: Desk, token: str) -> None:
    response = desk.invoke(token, "Remove-OutboundConnector", Identity="Nobody")
    error = error_of(response)
    assert (response.status, error["code"], error["message"]) == (404, "NotFound", "Error executing cmdlet")
    kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    assert error["details"][0]["message"].startswith(f"Ex6F9304|{kind}|The operation couldn't be performed because")
    assert error["innererror"]["internalexception"]["message"].startswith("Exception of type '")


def test_an_error_that_is_nested_is_json_as_text(desk: Desk, token: str) -> None:
    response = desk.invoke(token, "New-OutboundConnector", Name="out")
    error = error_of(response)
    nested = json.loads(error["details"][0]["message"])
    assert (response.status, list(nested)) == (400, ["Message", "TypeName", "StackTrace", "InnerError"])
    assert error["details"][0]["code"] == "Context"
    assert "internalexception" not in error["innererror"]


def test_an_error_that_is_inner_has_no_details(desk: Desk, token: str) -> None:
    error = error_of(desk.invoke(token, "New-TransportRule", Name="New", Mode="Nonsense"))
    assert "details" not in error
    assert "Nonsense" in error["innererror"]["internalexception"]["message"]


def test_without_a_token_nobody_gets_in(desk: Desk, token: str) -> None:
    for headers in ({}, bearer("made-up"), {"authorization": token}, {"authorization": f"Basic {token}"}):
        for method, path in (("POST", INVOKE), ("POST", BATCH), ("GET", f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile")):
            response = desk.send(method, path, calling("Get-OutboundConnector"), headers)
            assert (response.status, response.body) == (401, b"")
            assert response.headers["WWW-Authenticate"]


def test_consent_and_role_are_two_steps_and_a_token_remembers_the_role_it_was_issued_with(
    desk: Desk, token: str
) -> None:
    def asking(with_token: str) -> Response:
        return desk.invoke(with_token, "Get-OutboundConnector")

    desk.tenant.switches.turn({"consent": False, "role": "none"})
    assert asking(token).status == 401
    desk.tenant.switches.turn({"consent": True})
    stale = desk.token()
    assert_denied(asking(stale), named=True)
    desk.tenant.switches.turn({"role": "exchange_administrator"})
    assert_denied(asking(stale), named=False)
    assert asking(desk.token()).status == 200


def assert_denied(response: Response, *, named: bool) -> None:
    """A run of NUL bytes that says it is gzip; the reason is in the headers, or nowhere."""
    assert (response.status, response.headers["Content-Encoding"]) == (403, "gzip")
    assert response.body
    assert not response.body.strip(b"\x00")
    assert ("X-ExceptionType" in response.headers, "x-ms-diagnostics" in response.headers) == (named, named)


def test_a_cmdlet_that_is_not_there_is_denied_like_one_that_is_not_allowed(desk: Desk, token: str) -> None:
    response = desk.invoke(token, "Get-Nonsense")
    assert_denied(response, named=True)
    assert response.headers["X-ExceptionType"] == "CmdletAccessDeniedException"
    assert response.headers["x-ms-diagnostics"].startswith('2000003;reason="')


def test_a_token_for_another_service_or_another_tenant_is_none(desk: Desk) -> None:
    other = "6f1d3c5a-0000-4000-8000-000000000002"
    desk.twin.create_tenant(other, "other.example", 0, 0)
    assert desk.invoke(desk.token(scope="https://graph.example/.default"), "Get-ArcConfig").status == 401
    path = f"/adminapi/beta/{other}/InvokeCommand"
    assert desk.send("POST", path, calling("Get-ArcConfig"), bearer(desk.token())).status == 401


def test_a_token_ends(desk: Desk, token: str) -> None:
    desk.advance(minutes=59, seconds=59)
    assert desk.invoke(token, "Get-ArcConfig").status == 200
    desk.advance(seconds=1)
    assert desk.invoke(token, "Get-ArcConfig").status == 401
    assert desk.invoke(desk.token(), "Get-ArcConfig").status == 200


@pytest.mark.parametrize(
    "path",
    [INVOKE, f"/AdminApi/BETA/{TENANT_ID.upper()}/invokecommand", f"/adminapi/beta/{DOMAIN}/InvokeCommand?$select=a"],
)
def test_a_path_is_known_in_any_case_and_a_tenant_by_its_domain(desk: Desk, token: str, path: str) -> None:
    assert desk.send("POST", path, calling("Get-ArcConfig"), bearer(token)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/adminapi/v1.0/{TENANT_ID}/InvokeCommand", 405),
        ("GET", INVOKE, 405),
        ("GET", BATCH, 405),
        ("POST", f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile", 405),
        ("POST", f"{ADMIN}/Nonsense", 404),
        ("POST", f"/adminapi/v2.0/{TENANT_ID}/OrganizationConfig", 404),
        ("POST", f"{ADMIN}/InvokeCommand/more", 404),
        ("POST", "/adminapi/beta/6f1d3c5a-0000-4000-8000-00000000ffff/InvokeCommand", 401),
        ("GET", "/", 404),
        ("GET", "//[", 404),
        ("GET", "", 404),
        ("GET", "/%FF%00", 404),
    ],
)
def test_what_is_not_served_says_so(desk: Desk, token: str, method: str, path: str, status: int) -> None:
    assert desk.send(method, path, calling("Get-ArcConfig"), bearer(token)).status == status


@pytest.mark.parametrize("query", ["$select=Name,Guid", "%24select=guid,%20NAME,Nonsense", "$select=Name&$select=Guid"])
def test_select_narrows_the_members_of_each_object(desk: Desk, token: str, query: str) -> None:
    response = desk.send("POST", f"{INVOKE}?{query}", calling("Get-OutboundConnector"), bearer(token))
    [row] = opened(response)["value"]
    assert sorted(row) == ["Guid", "Guid@data.type", "Name"]
    assert (row["Name"], row["Guid"]) == ("Out", desk.one("OutboundConnector", "Out")["Guid"])


@pytest.mark.parametrize("query", ["", "?", "?$select=", "?$top=1", "?select=Name"])
def test_without_select_an_object_is_whole(desk: Desk, token: str, query: str) -> None:
    response = desk.send("POST", f"{INVOKE}{query}", calling("Get-OutboundConnector"), bearer(token))
    assert plain(opened(response)) == desk.run("Get-OutboundConnector")


def test_each_part_of_a_batch_selects_for_itself(desk: Desk, token: str) -> None:
    narrow = part("narrow", token, "Get-OutboundConnector", url=f"{ROOT}{INVOKE}?$select=Name")
    found = answers(desk, token, [narrow, part("whole", token, "Get-OutboundConnector")])
    assert found["narrow"]["body"]["value"] == [{"Name": "Out"}]
    assert plain(found["whole"]["body"]) == desk.run("Get-OutboundConnector")


def test_the_module_file_lists_every_cmdlet(desk: Desk, token: str) -> None:
    response = desk.send("GET", f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile?Version=3.9.2", None, bearer(token))
    [row] = json.loads(response.body)["value"]
    assert row["exportedCmdlets"].split(",") == list(known())


MALFORMED: list[object] = [
    None,
    [],
    {},
    {"CmdletInput": []},
    {"CmdletInput": {"CmdletName": 5}},
    {"CmdletInput": {"CmdletName": "Get-ArcConfig", "Parameters": None}},
    {"CmdletInput": {"CmdletName": "Get-ArcConfig", "Parameters": []}},
]


@pytest.mark.parametrize("body", MALFORMED, ids=repr)
def test_a_body_of_another_form_is_refused(desk: Desk, token: str, body: object) -> None:
    response = desk.send("POST", INVOKE, body, bearer(token))
    assert response.status == 400
    assert error_of(response)["code"] == "BadRequest"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"CmdletInput": NaN}'], ids=lambda raw: raw[:9])
def test_a_body_that_is_no_json_is_refused(desk: Desk, token: str, raw: bytes) -> None:
    assert desk.send("POST", INVOKE, headers=bearer(token), raw=raw).status == 400


def part(number: object, token: str, cmdlet: str = "Get-ArcConfig", **changes: object) -> dict[str, object]:
    """One call of a batch."""
    headers = {"Authorization": f"Bearer {token}"}
    whole = {"id": number, "method": "POST", "url": ROOT + INVOKE, "headers": headers, "body": calling(cmdlet)}
    return {**whole, **changes}


def batch(desk: Desk, token: str, parts: object) -> Response:
    return desk.send("POST", BATCH, {"requests": parts}, bearer(token))


def answers(desk: Desk, token: str, parts: object) -> Mapping[str, Mapping[str, Any]]:
    """The answers by their ids."""
    response = batch(desk, token, parts)
    assert response.status == 200, response.body
    return {answer["id"]: answer for answer in json.loads(response.body)["responses"]}


def test_every_part_of_a_batch_is_answered_for_itself(desk: Desk, token: str) -> None:
    found = answers(
        desk,
        token,
        [
            part("good", token, "Get-OutboundConnector"),
            part("unknown", token, body=calling("Get-OutboundConnector", Bogus=1)),
            part("missing", token, body=calling("Remove-OutboundConnector", Identity="Nobody")),
            part("denied", token, "Get-Nonsense"),
            part("no token", "made-up"),
            part("no body", token, body=None),
        ],
    )
    statuses = {name: answer["status"] for name, answer in found.items()}
    assert statuses == {"good": 200, "unknown": 400, "missing": 404, "denied": 403, "no token": 401, "no body": 400}
    assert [row["Name"] for row in found["good"]["body"]["value"]] == ["Out"]
    assert "AmbiguousParameterSet" in found["unknown"]["body"]["error"]["details"][0]["message"]


def test_answers_come_in_any_order_under_the_ids_of_their_parts(desk: Desk, token: str) -> None:
    wanted = {str(number): f"Rule {number}" for number in range(10)}
    for name in wanted.values():
        desk.run("New-TransportRule", Name=name, DeleteMessage=True)
    parts = [part(number, token, body=calling("Get-TransportRule", Identity=name)) for number, name in wanted.items()]
    orders = set()
    for _ in range(5):
        found = answers(desk, token, parts)
        assert {number: answer["body"]["value"][0]["Name"] for number, answer in found.items()} == wanted
        orders.add(tuple(found))
    assert len(orders) > 1


@pytest.mark.parametrize("parts", [[], None, {}, [1], [{"id": "a"}, None]], ids=repr)
def test_a_batch_of_another_form_is_refused_whole(desk: Desk, token: str, parts: object) -> None:
    assert batch(desk, token, parts).status == 400


def test_a_batch_has_ten_parts_at_most(desk: Desk, token: str) -> None:
    parts = [part(str(number), token) for number in range(11)]
    assert batch(desk, token, parts).status == 400
    assert len(answers(desk, token, parts[:10])) == 10


@pytest.mark.parametrize(
    "changes",
    [
        {"url": f"{ROOT}/adminapi/beta/6f1d3c5a-0000-4000-8000-000000000002/InvokeCommand"},
        {"url": f"{ROOT}/adminapi/v1.0/{TENANT_ID}/InvokeCommand"},
        {"url": None},
        {"method": "GET"},
    ],
    ids=str,
)
def test_a_part_that_does_not_run_a_cmdlet_of_this_tenant_is_refused(
    desk: Desk, token: str, changes: Mapping[str, object]
) -> None:
    assert answers(desk, token, [{**part("a", token), **changes}])["a"]["status"] == 400
    assert not [entry for entry in desk.tenant.history if entry["actor"] == "application"]


def test_what_was_asked_is_noted_with_who_asked_and_how_it_ended(desk: Desk, token: str) -> None:
    desk.tenant.history.clear()
    desk.invoke(token, "get-OutboundConnector", Identity="Nobody")
    desk.ask("Get-ArcConfig")
    assert desk.tenant.history == [
        {
            "time": "2026-03-01T08:00:00+00:00",
            "tenant": desk.tenant.tenant_id,
            "actor": "application",
            "cmdlet": "get-OutboundConnector",
            "parameters": {"Identity": "Nobody"},
            "status": 404,
            "answer": "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            "delivery": "whole",
            "committed": False,
        },
        {
            "time": "2026-03-01T08:00:00+00:00",
            "tenant": desk.tenant.tenant_id,
            "actor": "administrator",
            "cmdlet": "Get-ArcConfig",
            "parameters": {},
            "status": 200,
            "answer": "0 objects",
            "delivery": "whole",
            "committed": False,
        },
    ]
