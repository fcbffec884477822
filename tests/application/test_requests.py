"""What the product sends to Exchange: valid by Microsoft's tables in every scenario, and no more than it needs."""

import json
from dataclasses import replace

import pytest

from local.demo.items import ITEMS
from shared.application.reconcile import reconcile, verify
from shared.domain.tenants import Stage, Tenant
from tests.application.test_reconcile import BROKEN, DAMAGE, NONE_SETTLES
from tests.fakes import new_tenant
from tests.in_process import Received
from tests.on_twin import OnTwin, on_twin
from tests.request_checker import cmdlets_of, faults


def to_exchange(world: OnTwin) -> list[Received]:
    """The requests to Exchange so far, without those to Entra."""
    return [received for received in world.seen if "/adminapi/" in received.path]


def run(world: OnTwin, tenant: Tenant) -> Tenant:
    return reconcile(tenant, world.world, NONE_SETTLES).tenant


def check(world: OnTwin) -> None:
    sent = to_exchange(world)
    assert sent
    assert [fault for received in sent for fault in faults(received)] == []


@pytest.fixture
def world() -> OnTwin:
    return on_twin()


@pytest.mark.parametrize(("cmdlet", "parameters"), [*((c, p) for c, p, _ in DAMAGE), *BROKEN])
def test_every_request_of_a_tenants_life_is_one_that_exchange_knows(
    world: OnTwin, cmdlet: str, parameters: dict[str, object]
) -> None:
    tenant = run(world, new_tenant())
    tenant = run(world, replace(tenant, stage=Stage.ACTIVE))
    world.administrator(cmdlet, **parameters)
    tenant = run(world, tenant)
    run(world, replace(tenant, stage=Stage.STAGED))
    check(world)


EXTRAS = [
    {"From": ["boss@contoso.example"]},
    {"ExceptIfSubjectContainsWords": ["x"]},
    {"HasNoClassification": True},
    {"SetSCL": "-1"},
    {"StopRuleProcessing": True},
    {"ActivationDate": "2099-01-01T00:00:00Z"},
    {"RedirectMessageTo": ["x@evil.example"]},
    {"AttachmentHasExecutableContent": True},
]


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: next(iter(extra)))
def test_every_extra_is_cleared_by_a_request_that_exchange_knows(world: OnTwin, extra: dict[str, object]) -> None:
    tenant = run(world, new_tenant(Stage.ACTIVE))
    world.administrator("Set-TransportRule", Identity=ITEMS[3], **extra)
    run(world, tenant)
    assert set(world.items().values()) == {"on"}
    assert verify(tenant, world.world, NONE_SETTLES).drifts == ()
    check(world)


def test_a_verify_is_one_request_when_the_token_is_warm(world: OnTwin) -> None:
    tenant = run(world, new_tenant(Stage.ACTIVE))
    before = len(world.seen)
    verify(tenant, world.world, NONE_SETTLES)
    assert [cmdlets_of(received) for received in world.seen[before:]] == [
        [
            "Get-InboundConnector",
            "Get-OutboundConnector",
            "Get-OutboundConnector",
            "Get-TransportRule",
            "Get-ArcConfig",
            "Get-OrganizationConfig",
        ]
    ]


def test_a_provision_is_at_most_seven_requests(world: OnTwin) -> None:
    run(world, new_tenant())
    assert len(to_exchange(world)) <= 7


def test_fifty_verifies_of_a_healthy_tenant_are_fifty_requests_and_no_write(world: OnTwin) -> None:
    tenant = run(world, new_tenant(Stage.ACTIVE))
    before, writes = len(world.seen), world.writes()
    for _ in range(50):
        assert reconcile(tenant, world.world, NONE_SETTLES).steps == ()
    assert len(world.seen) - before == 50
    assert world.writes() == writes


WRONG = [
    ({"CmdletName": "New-Nothing", "Parameters": {}}, "no cmdlet"),
    ({"CmdletName": "Get-ArcConfig", "Parameters": {"Identity": "x"}}, "no parameter"),
    ({"CmdletName": "Get-ArcConfig", "Parameters": None}, "no object"),
    ({"CmdletName": "Enable-TransportRule", "Parameters": {}}, "Identity is missing"),
    ({"CmdletName": "Enable-TransportRule", "Parameters": {"Identity": "x", "Confirm": True}}, "dry run"),
    ({"CmdletName": "Enable-TransportRule", "Parameters": {"Identity": "x", "Mode": "Enf"}}, "none of"),
    ({"CmdletName": "Set-TransportRule", "Parameters": {"Identity": "x", "Enabled": True}}, "no parameter Enabled"),
    ({"CmdletName": "Set-TransportRule", "Parameters": {"Identity": "x", "DeleteMessage": None}}, "no Boolean"),
    ({"CmdletName": "Set-TransportRule", "Parameters": {"Identity": "x", "Priority": "1"}}, "no Int32"),
    ({"CmdletName": "Set-ArcConfig", "Parameters": {"Identity": "x", "ArcTrustedSealers": "a"}}, "no String[]"),
]


@pytest.mark.parametrize(("command", "fault"), WRONG)
def test_the_checker_finds_what_is_wrong(command: dict[str, object], fault: str) -> None:
    body = json.dumps({"CmdletInput": command}).encode()
    found = faults(Received("POST", "https://exchange.test/adminapi/beta/t/InvokeCommand", {}, body))
    assert [line for line in found if fault in line]
    assert [line for line in found if line == "no header authorization"]
