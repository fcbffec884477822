"""The promise is the article's: sentence by sentence, and printed whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.domain.desired import Spec, desired_state
from shared.domain.diff import diff
from shared.domain.regions import Region
from shared.domain.resources import Kind, Resource
from shared.domain.tenants import LEAVING, Stage
from shared.domain.values import Compare, Secret
from tests.domain.world import (
    ARC,
    BLANK_RULE,
    CANARY,
    FROM,
    LOOP,
    OWNED,
    REDIRECT,
    SKIP_IPS,
    SPEC,
    TO,
    edited,
    healthy,
    tenant_of,
)

GOLDEN = Path(__file__).parent / "golden"
REGIONS = list(Region)


def table(stage: Stage = Stage.STAGED, region: Region = Region.EU) -> dict[str, Resource]:
    return {resource.name: resource for resource in desired_state(tenant_of(stage, region), SPEC)}


def says(resource: Resource) -> dict[str, object]:
    return {setting.name: setting.value for setting in resource.settings}


def printed(stage: Stage, region: Region) -> str:
    lines: list[str] = []
    for resource in desired_state(tenant_of(stage, region), SPEC):
        switch = {True: "on", False: "off", None: "no switch"}[resource.enabled]
        world = ", closed world" if resource.closed_world else ""
        lines += ["", f"{resource.kind} {resource.name!r}: {switch}, {resource.effect}{world}"]
        for row in resource.settings:
            identity = ", identity" if row.identity else ""
            lines.append(f"    {row.name} = {row.value!r} [{row.compare}, {row.effect}, {row.item}{identity}]")
    return "\n".join(lines[1:]) + "\n"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("stage", [Stage.STAGED, Stage.ACTIVE])
def test_the_whole_table_is_as_printed(stage: Stage, region: Region) -> None:
    assert printed(stage, region) == (GOLDEN / f"desired_{region}_{stage}.txt").read_text()


def test_no_printed_table_shows_the_secret() -> None:
    texts = [path.read_text() for path in GOLDEN.glob("*.txt")]
    assert len(texts) == 6
    assert not any(CANARY in text or "dkim.mailmarshal.cloud" not in text for text in texts)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("stage", list(Stage))
def test_a_healthy_tenant_has_no_drift(stage: Stage, region: Region) -> None:
    tenant = tenant_of(stage, region)
    assert diff(desired_state(tenant, SPEC), healthy(tenant), OWNED, active=stage is Stage.ACTIVE) == ()


def test_when_created_both_connectors_are_enabled_and_both_rules_are_disabled() -> None:
    for stage in (Stage.AWAITING_CONSENT, Stage.STAGED):
        switches = {name: resource.enabled for name, resource in table(stage).items()}
        assert switches == {FROM: True, TO: True, ARC: None, LOOP: False, REDIRECT: False}


def test_for_the_service_to_work_all_items_must_be_present_and_enabled() -> None:
    assert [resource.enabled for resource in table(Stage.ACTIVE).values()] == [True, True, None, True, True]


@pytest.mark.parametrize("stage", sorted(LEAVING))
def test_nothing_is_wanted_on_in_a_tenant_that_leaves(stage: Stage) -> None:
    assert list(table(stage).values()) == list(table(Stage.STAGED).values())


@pytest.mark.parametrize("region", REGIONS)
def test_in_a_pause_redirect_alone_is_off_and_loop_check_still_takes_the_header_away(region: Region) -> None:
    active, paused = table(Stage.ACTIVE, region), table(Stage.PAUSED, region)
    assert (active[LOOP].enabled, paused[LOOP].enabled, paused[REDIRECT].enabled) == (True, True, False)
    assert paused == {**active, REDIRECT: replace(active[REDIRECT], enabled=False)}


def test_a_pause_with_redirect_on_or_loop_check_off_is_drift() -> None:
    paused = tenant_of(Stage.PAUSED)
    for name, state, fault in ((REDIRECT, "Enabled", "enabled"), (LOOP, "Disabled", "disabled")):
        world = edited(healthy(paused), name, State=state)
        (drift,) = diff(desired_state(paused, SPEC), world, OWNED, active=False)
        assert (drift.fault, drift.item) == (fault, name)


def test_the_table_is_in_the_order_of_creation() -> None:
    assert list(table()) == [FROM, TO, ARC, LOOP, REDIRECT]


@pytest.mark.parametrize("region", REGIONS)
def test_from_accepts_mail_that_carries_the_regions_certificate(region: Region) -> None:
    connector = table(region=region)[FROM]
    assert connector.kind is Kind.INBOUND_CONNECTOR
    assert says(connector)["ConnectorType"] == "OnPremises"  # "From: Your organization's Mail Server"
    assert says(connector)["SenderDomains"] == ("*",)  # "accept all messages"
    assert says(connector)["TlsSenderCertificateName"] == f"*.{region.value}.mailmarshal.cloud"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        (Region.AU, "m365integrated-array-1.au.mailmarshal.cloud"),
        (Region.EU, "m365integrated-array-1.eu.mailmarshal.cloud"),
        (Region.US, "m365integrated-array-1.us.mailmarshal.cloud"),
    ],
)
def test_to_routes_through_the_regions_smart_host_with_tls_always(region: Region, host: str) -> None:
    connector = table(region=region)[TO]
    assert connector.kind is Kind.OUTBOUND_CONNECTOR
    assert says(connector)["ConnectorType"] == "Partner"
    assert (says(connector)["SmartHosts"], says(connector)["UseMXRecord"]) == ((host,), False)
    assert says(connector)["IsTransportRuleScoped"] is True
    assert says(connector)["TlsSettings"] == "DomainValidation"
    assert says(connector)["TlsDomain"] == f"*.{region.value}.mailmarshal.cloud"


def test_loop_check_removes_the_header_where_it_holds_the_customers_own_guid() -> None:
    rule = says(table()[LOOP])
    assert (rule["HeaderContainsMessageHeader"], rule["RemoveHeader"]) == ("X-MMCloud-ID", "X-MMCloud-ID")
    assert rule["HeaderContainsWords"] == (Secret(CANARY),)


@pytest.mark.parametrize("stops", [True, False])
def test_whether_loop_check_stops_rule_processing_is_the_vendors_to_decide(stops: bool) -> None:  # noqa: FBT001
    spec = Spec("1", SPEC.skip_ips, loop_check_stops=stops)
    loop_check = next(r for r in desired_state(tenant_of(), spec) if r.name == LOOP)
    assert says(loop_check)["StopRuleProcessing"] is stops


def test_loop_check_stops_rule_processing_unless_somebody_says_otherwise() -> None:
    assert Spec("1").loop_check_stops


def test_redirect_applies_to_all_messages_and_routes_them_to_our_connector() -> None:
    redirect = table()[REDIRECT]
    assert redirect.closed_world
    used = {row.name: row.value for row in redirect.settings if row.value not in (None, False)}
    assert used == {"RouteMessageOutboundConnector": TO, "Mode": "Enforce"}


def test_the_arc_list_includes_an_entry_for_the_vendors_sealer_and_keeps_the_others() -> None:
    (row,) = table()[ARC].settings
    assert (row.value, row.compare) == (("dkim.mailmarshal.cloud",), Compare.INCLUDES)


@pytest.mark.parametrize("region", REGIONS)
def test_enhanced_filtering_looks_through_the_regions_addresses_ipv6_included(region: Region) -> None:
    lists = {region: (f"192.0.2.{place}", f"2001:db8::{place}") for place, region in enumerate(REGIONS)}
    connector = desired_state(tenant_of(region=region), Spec("1", lists))[0]
    assert says(connector)["EFSkipIPs"] == lists[region]
    assert (says(connector)["EFSkipLastIP"], says(connector)["EFUsers"], says(connector)["EFTestMode"]) == (
        False,
        (),
        False,
    )
    assert any(":" in word for word in SKIP_IPS)


def test_every_setting_of_a_rule_is_a_property_that_exchange_shows() -> None:
    for name in (LOOP, REDIRECT):
        assert says(table()[name]).keys() <= BLANK_RULE.keys()
