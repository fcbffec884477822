"""What goes over the wire, byte by byte."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from shared.adapters.exchange_calls import READS, Call, write_call
from shared.adapters.exchange_protocol import Sender, encode, encode_batch
from shared.domain.errors import Rejected
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Secret

TENANT = UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10")
SENDER = Sender("https://outlook.office365.com", TENANT, UUID(int=7), Secret("a-token"))
GUID = "5b2f7f1e-0000-4000-8000-000000000001"
LISTS = dict(READS)


def body(call: Call) -> dict[str, object]:
    return dict(json.loads(encode(call, SENDER).body)["CmdletInput"])


def test_a_call_is_one_post_to_the_tenants_own_path() -> None:
    request = encode(LISTS[Kind.TRANSPORT_RULE], SENDER)
    assert (request.method, request.path) == ("POST", f"/adminapi/beta/{TENANT}/InvokeCommand")
    assert request.body == b'{"CmdletInput":{"CmdletName":"Get-TransportRule","Parameters":{"ResultSize":"Unlimited"}}}'
    assert (request.cmdlets, request.is_read) == (("Get-TransportRule",), True)
    assert request.headers == {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Accept-Language": "en-US",
        "Authorization": "Bearer a-token",
        "Content-Type": "application/json; charset=utf-8",
        "Prefer": "odata.maxpagesize=1000",
        "X-AnchorMailbox": f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}",
        "X-ClientApplication": "MailflowKeeper",
        "X-CmdletName": "Get-TransportRule",
        "X-ResponseFormat": "json",
        "client-request-id": str(UUID(int=7)),
    }


def test_every_kind_is_listed_whole_and_never_by_identity() -> None:
    whole, testing = {"ResultSize": "Unlimited"}, {"ResultSize": "Unlimited", "IncludeTestModeConnectors": True}
    assert [(kind, body(call)) for kind, call in READS] == [
        (Kind.INBOUND_CONNECTOR, {"CmdletName": "Get-InboundConnector", "Parameters": whole}),
        (Kind.OUTBOUND_CONNECTOR, {"CmdletName": "Get-OutboundConnector", "Parameters": testing}),
        (
            Kind.OUTBOUND_CONNECTOR,
            {"CmdletName": "Get-OutboundConnector", "Parameters": {**testing, "IsTransportRuleScoped": True}},
        ),
        (Kind.TRANSPORT_RULE, {"CmdletName": "Get-TransportRule", "Parameters": whole}),
        (Kind.ARC_CONFIG, {"CmdletName": "Get-ArcConfig", "Parameters": {}}),
        (Kind.ORGANIZATION_CONFIG, {"CmdletName": "Get-OrganizationConfig", "Parameters": {}}),
    ]
    assert all(call.is_read for _, call in READS)


@pytest.mark.parametrize(
    ("step", "cmdlet", "parameters"),
    [
        (
            Step(Verb.CREATE, Kind.TRANSPORT_RULE, "r", "", {"HeaderContainsWords": (Secret("s"),), "Enabled": False}),
            "New-TransportRule",
            {"Name": "r", "HeaderContainsWords": ["s"], "Enabled": False},
        ),
        (
            Step(Verb.CREATE, Kind.INBOUND_CONNECTOR, "c", "", {"SenderDomains": ("*",), "EFUsers": ()}),
            "New-InboundConnector",
            {"Name": "c", "SenderDomains": ["*"], "EFUsers": []},
        ),
        (
            Step(Verb.UPDATE, Kind.OUTBOUND_CONNECTOR, "c", GUID, {"Enabled": True, "SmartHosts": ("h",)}),
            "Set-OutboundConnector",
            {"Identity": GUID, "Enabled": True, "SmartHosts": ["h"]},
        ),
        (
            Step(Verb.UPDATE, Kind.TRANSPORT_RULE, "r", GUID, {"ExpiryDate": None}),
            "Set-TransportRule",
            {"Identity": GUID, "ExpiryDate": None},
        ),
        (
            Step(Verb.UPDATE, Kind.ARC_CONFIG, "Default", "Default", {"ArcTrustedSealers": ("a", "b")}),
            "Set-ArcConfig",
            {"Identity": "Default", "ArcTrustedSealers": ["a", "b"]},
        ),
        (
            Step(Verb.MOVE, Kind.TRANSPORT_RULE, "r", GUID, {"Priority": 3}),
            "Set-TransportRule",
            {"Identity": GUID, "Priority": 3},
        ),
        (Step(Verb.ENABLE, Kind.TRANSPORT_RULE, "r", GUID), "Enable-TransportRule", {"Identity": GUID}),
        # A rule that has just been created has no Guid in the plan yet.
        (Step(Verb.ENABLE, Kind.TRANSPORT_RULE, "r"), "Enable-TransportRule", {"Identity": "r"}),
        (Step(Verb.DISABLE, Kind.TRANSPORT_RULE, "r", GUID), "Disable-TransportRule", {"Identity": GUID}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_step_is_one_cmdlet(step: Step, cmdlet: str, parameters: dict[str, object]) -> None:
    call = write_call(step)
    assert body(call) == {"CmdletName": cmdlet, "Parameters": parameters}
    assert not call.is_read


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        (Verb.CREATE, Kind.ARC_CONFIG),
        (Verb.ENABLE, Kind.INBOUND_CONNECTOR),
        (Verb.DISABLE, Kind.ARC_CONFIG),
        (Verb.MOVE, Kind.OUTBOUND_CONNECTOR),
    ],
)
def test_a_step_that_no_cmdlet_does_is_rejected(verb: Verb, kind: Kind) -> None:
    with pytest.raises(Rejected):
        write_call(Step(verb, kind, "x"))


def test_a_batch_carries_each_call_under_its_id_with_the_token() -> None:
    calls = {"id-1": LISTS[Kind.ARC_CONFIG], "id-2": LISTS[Kind.TRANSPORT_RULE]}
    request = encode_batch(calls, SENDER)
    parts = json.loads(request.body)["requests"]
    assert request.path == f"/adminapi/beta/{TENANT}/$batch"
    assert "X-CmdletName" not in request.headers
    assert (request.cmdlets, request.is_read) == (("Get-ArcConfig", "Get-TransportRule"), True)
    assert [part["id"] for part in parts] == ["id-1", "id-2"]
    assert {part["url"] for part in parts} == {f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"}
    assert [part["headers"]["X-CmdletName"] for part in parts] == ["Get-ArcConfig", "Get-TransportRule"]
    assert {part["headers"]["Authorization"] for part in parts} == {"Bearer a-token"}
    assert {part["headers"]["Prefer"] for part in parts} == {"odata.maxpagesize=1000;odata.continue-on-error"}
    assert parts[0]["body"] == {"CmdletInput": {"CmdletName": "Get-ArcConfig", "Parameters": {}}}


def test_a_batch_holds_one_to_ten_calls() -> None:
    for count in (0, 11):
        with pytest.raises(AssertionError):
            encode_batch({str(number): LISTS[Kind.ARC_CONFIG] for number in range(count)}, SENDER)


def test_nothing_that_holds_a_secret_shows_it() -> None:
    call = Call("New-TransportRule", {"HeaderContainsWords": (Secret("canary"),)})
    sender = replace(SENDER, token=Secret("canary"))
    shown = repr((call, sender, encode(call, sender), encode_batch({"1": call}, sender)))
    assert "canary" not in shown
    assert b"canary" in encode(call, sender).body
