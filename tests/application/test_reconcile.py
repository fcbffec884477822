"""Reconcile, judged by the tenant itself: the product's own edge on the twin, inside the process."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import pytest

from local.demo.items import ITEMS, rules_are_in_order
from local.twin.faults import Fault
from shared.application.ports import Exchange
from shared.application.reconcile import reconcile, verify
from shared.domain.errors import (
    Ambiguous,
    KeeperError,
    NeedsConsent,
    NeedsPermission,
    NeedsRole,
    RolePropagating,
    Unavailable,
)
from shared.domain.observation import Observation
from shared.domain.steps import Applied, Step
from shared.domain.survey import Survey
from shared.domain.tenants import FailPolicy, Stage, Tenant, Verdict
from tests.fakes import new_policy, new_tenant
from tests.mailflow.watch import watched
from tests.on_twin import OnTwin, on_twin

FROM, TO, LOOP_CHECK, REDIRECT, _, _ = ITEMS
ALL_ON = dict.fromkeys(ITEMS, "on")
AS_STAGED = {**ALL_ON, LOOP_CHECK: "off", REDIRECT: "off"}
POLICY = new_policy(settling_seconds=0)
CREATIONS = [
    "New-InboundConnector",
    "New-OutboundConnector",
    "Set-ArcConfig",
    "New-TransportRule",
    "New-TransportRule",
]
NONE_SETTLES = new_policy(settling_seconds=0)


def run(world: OnTwin, tenant: Tenant) -> Tenant:
    """Reconcile; gives the tenant with what was learned."""
    report = reconcile(tenant, world.world, NONE_SETTLES)
    assert report.failure is None
    return report.tenant


@pytest.fixture
def world() -> OnTwin:
    """A tenant in which no write of ours may be the one that loses mail."""
    return watched(on_twin())


@pytest.fixture
def active(world: OnTwin) -> Tenant:
    tenant = run(world, new_tenant(Stage.ACTIVE))
    assert world.items() == ALL_ON
    world.directory.history.clear()
    return tenant


def test_a_new_tenant_gets_everything_in_order_with_both_rules_off() -> None:
    world = on_twin(rules=40)
    run(world, new_tenant())
    assert world.items() == AS_STAGED
    assert world.writes() == CREATIONS
    assert rules_are_in_order(world.state())
    assert world.is_untouched()


def test_a_rule_is_off_in_the_very_call_that_creates_it(world: OnTwin) -> None:
    run(world, new_tenant(Stage.ACTIVE))
    created = [entry["parameters"] for entry in world.directory.history if entry["cmdlet"] == "New-TransportRule"]
    assert [parameters["Enabled"] for parameters in created] == [False, False]


def test_the_second_time_nothing_is_written(world: OnTwin) -> None:
    for stage in (Stage.STAGED, Stage.ACTIVE):
        tenant = run(world, new_tenant(stage))
        before = world.writes()
        report = reconcile(tenant, world.world, NONE_SETTLES)
        assert (report.verdict, report.steps) == (Verdict.HEALTHY, ())
        assert world.writes() == before


def test_activation_switches_loop_check_on_and_then_redirect(world: OnTwin) -> None:
    tenant = run(world, new_tenant())
    before = len(world.writes())
    run(world, new_tenant(Stage.ACTIVE, owned=tenant.owned))
    assert world.writes()[before:] == ["Enable-TransportRule", "Enable-TransportRule"]
    switched = [e["parameters"]["Identity"] for e in world.directory.history if e["cmdlet"] == "Enable-TransportRule"]
    guids = {rule["Guid"]: rule["Name"] for rule in world.state()["transport_rules"]}
    assert [guids[identity] for identity in switched] == [LOOP_CHECK, REDIRECT]


DAMAGE = [
    ("Remove-TransportRule", {"Identity": REDIRECT}, ["New-TransportRule", "Enable-TransportRule"]),
    ("Disable-TransportRule", {"Identity": REDIRECT}, ["Enable-TransportRule"]),
    ("Set-TransportRule", {"Identity": REDIRECT, "FromScope": "NotInOrganization"}, ["Set-TransportRule"]),
    ("Set-TransportRule", {"Identity": REDIRECT, "Mode": "Audit"}, ["Set-TransportRule"]),
    ("Set-TransportRule", {"Identity": REDIRECT, "DeleteMessage": True}, ["Set-TransportRule"]),
    ("Set-TransportRule", {"Identity": LOOP_CHECK, "Priority": 0}, ["Set-TransportRule"]),
    ("Set-InboundConnector", {"Identity": FROM, "EFSkipIPs": ["203.0.113.0/24"]}, ["Set-InboundConnector"]),
    ("Set-InboundConnector", {"Identity": FROM, "EFSkipIPs": []}, ["Set-InboundConnector"]),
    ("Set-InboundConnector", {"Identity": FROM, "RequireTls": False}, ["Set-InboundConnector"]),
    ("Set-OutboundConnector", {"Identity": TO, "TlsSettings": "EncryptionOnly"}, ["Set-OutboundConnector"]),
    ("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ["arc.contoso.example"]}, ["Set-ArcConfig"]),
]


@pytest.mark.parametrize(("cmdlet", "parameters", "writes"), DAMAGE)
def test_what_leaves_the_path_whole_is_mended_by_the_fewest_writes(
    world: OnTwin, active: Tenant, cmdlet: str, parameters: dict[str, object], writes: list[str]
) -> None:
    world.administrator(cmdlet, **parameters)
    run(world, active)
    assert world.items() == ALL_ON
    assert world.writes() == writes
    assert rules_are_in_order(world.state())


BROKEN: list[tuple[str, dict[str, object]]] = [
    ("Set-InboundConnector", {"Identity": FROM, "Enabled": False}),
    ("Remove-InboundConnector", {"Identity": FROM}),
    ("Set-OutboundConnector", {"Identity": TO, "SmartHosts": ["evil.example"]}),
    ("Remove-TransportRule", {"Identity": LOOP_CHECK}),
    ("Disable-TransportRule", {"Identity": LOOP_CHECK}),
    ("Set-TransportRule", {"Identity": REDIRECT, "Priority": 0}),
]


@pytest.mark.parametrize(("cmdlet", "parameters"), BROKEN)
def test_redirect_goes_off_first_and_on_last_around_a_broken_path(
    world: OnTwin, active: Tenant, cmdlet: str, parameters: dict[str, object]
) -> None:
    world.administrator(cmdlet, **parameters)
    run(world, active)
    assert world.items() == ALL_ON
    redirect = next(rule["Guid"] for rule in world.state()["transport_rules"] if rule["Name"] == REDIRECT)
    sent = [e for e in world.directory.history if e["actor"] == "application" and not e["cmdlet"].startswith("Get-")]
    ends = [(e["cmdlet"], e["parameters"]["Identity"]) for e in (sent[0], sent[-1])]
    assert ends == [("Disable-TransportRule", redirect), ("Enable-TransportRule", redirect)]


@dataclass
class Interrupted:
    """The product's Exchange, at whose first write something else happens in the tenant."""

    exchange: Exchange
    meanwhile: Callable[[], None]
    happened: bool = False

    def observe(self, tenant: Tenant) -> Observation:
        return self.exchange.observe(tenant)

    def survey(self, tenant: Tenant) -> Survey:
        return self.exchange.survey(tenant)

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        applied = self.exchange.apply(tenant, step)
        if not self.happened:
            self.happened = True
            self.meanwhile()
        return applied


MEANWHILE = [
    ("Set-InboundConnector", {"Identity": FROM, "Enabled": False}),
    ("Set-OutboundConnector", {"Identity": TO, "SmartHosts": ["evil.example"]}),
    ("Set-TransportRule", {"Identity": LOOP_CHECK, "RemoveHeader": "X-Other"}),
    ("New-TransportRule", {"Name": "In between", "Priority": 5, "PrependSubject": "[x] "}),
]


@pytest.mark.parametrize(("cmdlet", "parameters"), MEANWHILE)
def test_redirect_stays_off_when_the_path_changes_while_we_mend_it(
    world: OnTwin, cmdlet: str, parameters: dict[str, object]
) -> None:
    tenant = run(world, new_tenant())
    exchange = Interrupted(world.world.exchange, lambda: world.administrator(cmdlet, **parameters))
    report = reconcile(
        new_tenant(Stage.ACTIVE, owned=tenant.owned), replace(world.world, exchange=exchange), NONE_SETTLES
    )
    assert world.items()[REDIRECT] == "off"
    assert report.verdict is not Verdict.HEALTHY


def test_under_fail_closed_the_path_is_mended_and_redirect_stays_on(world: OnTwin, active: Tenant) -> None:
    world.administrator("Disable-TransportRule", Identity=LOOP_CHECK)
    run(world, new_tenant(Stage.ACTIVE, owned=active.owned, fail_policy=FailPolicy.CLOSED))
    assert world.writes() == ["Enable-TransportRule"]
    assert world.items() == ALL_ON


def test_a_stranger_wearing_our_name_is_left_alone_and_redirect_stays_off(world: OnTwin) -> None:
    settings = {"ConnectorType": "Partner", "UseMXRecord": False, "SmartHosts": ["relay.example"]}
    world.administrator("New-OutboundConnector", Name=TO, IsTransportRuleScoped=True, **settings)
    before = world.state()["outbound_connectors"]
    report = reconcile(new_tenant(Stage.ACTIVE), world.world, NONE_SETTLES)
    assert report.verdict is Verdict.NEEDS_HUMAN
    assert world.state()["outbound_connectors"] == before
    assert world.items()[REDIRECT] == "off"


def test_a_write_without_an_answer_is_not_sent_twice_and_the_next_round_finds_it(world: OnTwin) -> None:
    world.directory.faults.append(Fault("New-InboundConnector", 503, 1, applied=True))
    first = reconcile(new_tenant(), world.world, NONE_SETTLES)
    assert isinstance(first.failure, Ambiguous)
    run(world, first.tenant)
    assert world.items() == AS_STAGED
    assert world.writes() == CREATIONS


WRITES = [*dict.fromkeys(CREATIONS), "Enable-TransportRule"]


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("cmdlet", WRITES)
def test_whatever_write_loses_its_answer_the_tenant_ends_right_and_nothing_stands_twice(
    world: OnTwin, cmdlet: str, *, applied: bool
) -> None:
    world.directory.faults.append(Fault(cmdlet, 503, 2, applied=applied))
    tenant = new_tenant(Stage.ACTIVE)
    for _ in range(4):
        tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
    assert world.items() == ALL_ON
    assert reconcile(tenant, world.world, NONE_SETTLES).verdict is Verdict.HEALTHY
    names = [row["Name"] for rows in world.state().values() for row in rows]
    assert len(names) == len(set(names))
    assert world.is_untouched()


def test_what_was_done_before_a_failure_is_kept(world: OnTwin) -> None:
    world.directory.faults.append(Fault("Set-ArcConfig", 503, 1))
    first = reconcile(new_tenant(), world.world, NONE_SETTLES)
    assert first.failure is not None
    assert set(first.tenant.owned) == {FROM, TO}
    run(world, first.tenant)
    assert world.items() == AS_STAGED


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule", "ArcConfig"])
def test_a_failed_read_is_unknown_and_its_objects_are_not_written(world: OnTwin, active: Tenant, kind: str) -> None:
    world.directory.faults.append(Fault(f"Get-{kind}", 503, 9))
    world.administrator("Remove-TransportRule", Identity=REDIRECT)
    world.administrator("Set-ArcConfig", Identity="Default", ArcTrustedSealers=["arc.contoso.example"])
    report = reconcile(active, world.world, NONE_SETTLES)
    assert report.verdict is Verdict.UNKNOWN
    assert not [cmdlet for cmdlet in world.writes() if cmdlet.endswith(kind)]
    assert world.items()[REDIRECT] in ("missing", "off")


def test_verify_changes_nothing_and_says_what_reconcile_would_do(world: OnTwin, active: Tenant) -> None:
    world.administrator("Remove-TransportRule", Identity=REDIRECT)
    report = verify(active, world.world, NONE_SETTLES)
    assert world.writes() == []
    assert [str(step.verb) for step in report.pending] == ["create", "enable"]
    assert report.items[REDIRECT] == "missing"


def test_what_was_written_just_now_counts_as_settling_not_as_drift(world: OnTwin) -> None:
    tenant = reconcile(new_tenant(), world.world, new_policy(settling_seconds=120)).tenant
    world.administrator("Remove-TransportRule", Identity=REDIRECT)
    report = verify(tenant, world.world, new_policy(settling_seconds=120))
    assert (report.verdict, report.pending) == (Verdict.SETTLING, ())
    world.clock.advance(seconds=121)
    assert verify(tenant, world.world, new_policy(settling_seconds=120)).verdict is Verdict.DRIFTED


@pytest.mark.parametrize(
    ("positions", "error"),
    [({"consent": False}, NeedsConsent), ({"app_permission": False}, NeedsPermission), ({"role": "none"}, NeedsRole)],
    ids=["consent", "permission", "role"],
)
def test_without_a_grant_nothing_is_concluded(
    world: OnTwin, positions: dict[str, object], error: type[KeeperError]
) -> None:
    world.directory.switches.turn(positions)
    with pytest.raises(error):
        reconcile(new_tenant(), world.world, NONE_SETTLES)
    assert world.is_untouched()


def test_a_role_given_after_the_token_counts_at_once(world: OnTwin) -> None:
    world.directory.switches.turn({"role": "none"})
    with pytest.raises((NeedsRole, RolePropagating)):
        reconcile(new_tenant(), world.world, NONE_SETTLES)
    world.directory.switches.turn({"role": "exchange_administrator"})
    run(world, new_tenant())
    assert world.items() == AS_STAGED


def test_reads_that_lag_behind_our_writes_lead_to_no_second_object_and_to_the_right_end(world: OnTwin) -> None:
    world.directory.switches.turn({"replicas": "lagging"})
    policy = new_policy(settling_seconds=120)
    tenant = new_tenant(Stage.ACTIVE)
    for _ in range(12):
        tenant = reconcile(tenant, world.world, policy).tenant
        world.clock.advance(seconds=20)
    world.clock.advance(seconds=120)
    for _ in range(4):
        tenant = reconcile(tenant, world.world, policy).tenant
        world.clock.advance(seconds=121)
    assert world.items() == ALL_ON
    assert verify(tenant, world.world, policy).verdict is Verdict.HEALTHY
    assert sorted(cmdlet for cmdlet in world.writes() if cmdlet.startswith("New-")) == sorted(
        cmdlet for cmdlet in CREATIONS if cmdlet.startswith("New-")
    )
    assert world.is_untouched()


UNSETTLED = {
    "outbound_filter": ("all", "unscoped_only"),
    "unknown_identity": ("not_found", "everything"),
    "server_rules": (True, False),
}


@pytest.mark.parametrize(
    "positions", [dict(zip(UNSETTLED, row, strict=True)) for row in product(*UNSETTLED.values())], ids=str
)
def test_the_loop_holds_under_every_unsettled_behaviour(world: OnTwin, positions: dict[str, object]) -> None:
    world.directory.switches.turn(positions)
    tenant = run(world, new_tenant(Stage.ACTIVE))
    assert world.items() == ALL_ON
    before = world.writes()
    run(world, tenant)
    assert world.writes() == before
    for cmdlet, parameters in BROKEN:
        if "Priority" in parameters:
            continue  # an administrator who moves a rule of ours moves the others' places as well
        world.administrator(cmdlet, **parameters)
        tenant = run(world, tenant)
        assert world.items() == ALL_ON
    assert world.is_untouched()


@pytest.mark.parametrize("form", ["created_disabled", "prohibited"])
def test_a_tenant_that_may_have_no_inbound_connector_is_blocked_and_not_asked_again(world: OnTwin, form: str) -> None:
    world.directory.switches.turn({"restricted_inbound": form})
    first = reconcile(new_tenant(Stage.ACTIVE), world.world, NONE_SETTLES)
    assert first.verdict is Verdict.BLOCKED
    assert "support" in first.reason
    tenant = first.tenant
    for _ in range(3):
        report = reconcile(tenant, world.world, NONE_SETTLES)
        tenant = report.tenant
        assert report.verdict is Verdict.BLOCKED
    assert len([cmdlet for cmdlet in world.writes() if cmdlet.endswith("InboundConnector")]) == 1
    expected = "disabled" if form == "created_disabled" else "missing"
    assert world.items() == {**ALL_ON, FROM: expected, ITEMS[5]: world.items()[ITEMS[5]], REDIRECT: "off"}


@pytest.mark.parametrize("what", ["arc", "everything"])
def test_an_organisation_without_objects_of_its_own_is_blocked_until_its_administrator_acts(
    world: OnTwin, what: str
) -> None:
    world.directory.switches.turn({"dehydrated": what})
    tenant = new_tenant()
    for _ in range(6):
        report = reconcile(tenant, world.world, NONE_SETTLES)
        tenant = report.tenant
    assert report.verdict is Verdict.BLOCKED
    assert "Enable-OrganizationCustomization" in report.reason
    expected = {**AS_STAGED, ITEMS[4]: "missing"} if what == "arc" else dict.fromkeys(ITEMS, "missing")
    assert world.items() == expected
    tried = len(world.writes())
    reconcile(tenant, world.world, NONE_SETTLES)
    assert len(world.writes()) == tried
    world.administrator("Enable-OrganizationCustomization")
    world.clock.advance(days=1)
    assert reconcile(tenant, world.world, NONE_SETTLES).failure is None
    assert world.items() == AS_STAGED


def test_an_organisation_that_gets_objects_of_its_own_is_tried_again_at_once(world: OnTwin) -> None:
    world.directory.switches.turn({"dehydrated": "everything", "hydration": "after_an_hour"})
    tenant = new_tenant()
    for _ in range(3):
        tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
    world.administrator("Enable-OrganizationCustomization")
    tried = len(world.writes())
    tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
    assert len(world.writes()) == tried + 1
    world.clock.advance(hours=1)
    report = reconcile(tenant, world.world, NONE_SETTLES)
    assert (report.failure, report.tenant.refused) == (None, {})
    assert world.items() == AS_STAGED


@pytest.mark.parametrize("status", [403, 503, 400])
def test_an_organisation_that_cannot_be_read_changes_nothing(world: OnTwin, active: Tenant, status: int) -> None:
    world.directory.faults.append(Fault("Get-OrganizationConfig", status, 9))
    world.administrator("Remove-TransportRule", Identity=REDIRECT)
    run(world, active)
    assert world.items() == ALL_ON


def test_redirect_is_switched_on_after_a_second_read_even_when_nothing_else_is_to_do(
    world: OnTwin, active: Tenant
) -> None:
    world.directory.switches.turn({"replicas": "lagging"})
    world.administrator("Disable-TransportRule", Identity=REDIRECT)
    world.clock.advance(seconds=61)
    world.administrator("Set-InboundConnector", Identity=FROM, Enabled=False)
    for _ in range(2):
        reconcile(active, world.world, NONE_SETTLES)
        if world.items()[REDIRECT] == "on":
            assert world.items()[FROM] == "on"


def test_what_was_done_is_kept_when_the_second_read_fails(world: OnTwin) -> None:
    world.directory.faults.append(Fault("*", 503, times=6, after=6 + 6))  # after one look and six writes
    report = reconcile(new_tenant(Stage.ACTIVE), world.world, NONE_SETTLES)
    assert isinstance(report.failure, Unavailable)
    assert set(report.tenant.owned) == {FROM, TO, LOOP_CHECK, REDIRECT}
    assert report.tenant.written.keys() >= report.tenant.owned.keys()
    assert world.items() == {**ALL_ON, REDIRECT: "off"}


def test_a_redirect_that_somebody_switches_on_over_a_blocked_path_is_switched_off(world: OnTwin) -> None:
    world.directory.switches.turn({"restricted_inbound": "created_disabled"})
    tenant = reconcile(new_tenant(Stage.ACTIVE), world.world, NONE_SETTLES).tenant
    tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
    world.administrator("Enable-TransportRule", Identity=REDIRECT)
    reconcile(tenant, world.world, NONE_SETTLES)
    assert world.items()[REDIRECT] == "off"


def test_a_stranger_s_redirect_is_left_alone_even_over_a_broken_path(world: OnTwin) -> None:
    tenant = run(world, new_tenant())
    world.administrator("Remove-TransportRule", Identity=REDIRECT)
    world.administrator(
        "New-TransportRule", Name=REDIRECT, RouteMessageOutboundConnector="Signature Gateway - Outbound"
    )
    world.administrator("Set-InboundConnector", Identity=FROM, Enabled=False)
    before = [rule for rule in world.directory.rules if rule["Name"] == REDIRECT]
    before = [dict(rule) for rule in before]
    reconcile(new_tenant(Stage.ACTIVE, owned={FROM: tenant.owned[FROM]}), world.world, NONE_SETTLES)
    assert [rule for rule in world.directory.rules if rule["Name"] == REDIRECT] == before


def test_an_organisation_that_cannot_be_read_forgets_no_refusal(world: OnTwin) -> None:
    world.directory.switches.turn({"dehydrated": "everything"})
    tenant = reconcile(new_tenant(), world.world, NONE_SETTLES).tenant
    world.directory.faults.append(Fault("Get-OrganizationConfig", 503, 9))
    assert reconcile(tenant, world.world, NONE_SETTLES).tenant.refused.items() >= tenant.refused.items()


def test_a_write_without_an_answer_counts_as_written(world: OnTwin) -> None:
    world.directory.faults.append(Fault("New-InboundConnector", 503, applied=True))
    assert set(reconcile(new_tenant(), world.world, NONE_SETTLES).tenant.written) == {FROM}


def test_what_microsoft_refused_is_tried_once_a_day_without_being_asked(world: OnTwin) -> None:
    world.directory.switches.turn({"restricted_inbound": "prohibited"})
    tenant = reconcile(new_tenant(), world.world, NONE_SETTLES).tenant
    tried = []
    for _ in range(49):
        world.clock.advance(hours=1)
        tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
        tried.append(len([cmdlet for cmdlet in world.writes() if cmdlet == "New-InboundConnector"]))
    assert (tried[22], tried[23], tried[46], tried[47]) == (1, 2, 2, 3)
    world.directory.switches.turn({"restricted_inbound": "no"})
    world.clock.advance(days=1)
    assert reconcile(tenant, world.world, NONE_SETTLES).tenant.refused == {}
    assert world.items() == AS_STAGED


def test_what_microsoft_allows_at_last_is_put_right(world: OnTwin) -> None:
    world.directory.switches.turn({"restricted_inbound": "created_disabled"})
    tenant = reconcile(new_tenant(Stage.ACTIVE), world.world, NONE_SETTLES).tenant
    tenant = reconcile(tenant, world.world, NONE_SETTLES).tenant
    world.directory.switches.turn({"restricted_inbound": "no"})
    world.administrator("Set-InboundConnector", Identity=FROM, Enabled=True)
    report = reconcile(tenant, world.world, NONE_SETTLES)
    assert (report.tenant.refused, world.items()) == ({}, ALL_ON)


def test_redirect_goes_off_when_microsoft_switches_the_inbound_connector_off(world: OnTwin, active: Tenant) -> None:
    world.administrator("Set-InboundConnector", Identity=FROM, Enabled=False)
    world.directory.switches.turn({"restricted_inbound": "created_disabled"})
    report = reconcile(active, world.world, NONE_SETTLES)
    assert report.verdict is Verdict.BLOCKED
    assert world.items() == {**ALL_ON, FROM: "disabled", REDIRECT: "off"}
    before = world.writes()
    assert reconcile(report.tenant, world.world, NONE_SETTLES).verdict is Verdict.BLOCKED
    assert world.writes() == before
