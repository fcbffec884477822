from collections.abc import Mapping

import pytest

from tests.twin.desk import DOMAIN, START, Desk, new_desk

SMART = {"UseMXRecord": False, "SmartHosts": ["relay.example"]}
RELAY = {"Name": "Relay", "ConnectorType": "OnPremises", "SenderDomains": ["*"]}
STILL_REFERENCED = "Microsoft.Exchange.Management.Tasks.ConnectorIncorrectUsageConnectorStillReferencedException"
BORN_OFF = "Inbound connector for this service offering is created in a disabled state. Contact Support to enable it."
STAYS_OFF = "For this service offering, you can't enable an inbound connector. Contact Support to enable it."


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture
def routing(desk: Desk) -> Desk:
    """A tenant whose rule routes through a connector, and is off."""
    desk.run("New-OutboundConnector", Name="Gateway", IsTransportRuleScoped=True, **SMART)
    desk.run("New-TransportRule", Name="Route", RouteMessageOutboundConnector="Gateway", Enabled=False)
    return desk


def test_an_inbound_connector_reads_back_with_its_defaults_and_its_senders_spelled_out(desk: Desk) -> None:
    [made] = desk.run("New-InboundConnector", Name="Partner", SenderDomains=["*", "a.example"])
    assert desk.run("Get-InboundConnector") == [made]
    assert made["SenderDomains"] == ["smtp:*;1", "smtp:a.example;1"]
    expected = {
        "Enabled": True,
        "ConnectorType": "Partner",
        "ConnectorSource": "Default",
        "Comment": "",
        "RequireTls": True,
        "RestrictDomainsToCertificate": False,
        "TlsSenderCertificateName": None,
        "EFSkipIPs": [],
        "EFSkipLastIP": False,
        "EFUsers": [],
        "EFTestMode": False,
    }
    assert {name: made[name] for name in expected} == expected


def test_an_outbound_connector_reads_back_with_its_defaults(desk: Desk) -> None:
    [made] = desk.run("New-OutboundConnector", Name="Out")
    assert desk.run("Get-OutboundConnector") == [made]
    expected = {
        "Enabled": True,
        "UseMXRecord": True,
        "ConnectorType": "Partner",
        "RecipientDomains": [],
        "SmartHosts": [],
        "TlsDomain": None,
        "TlsSettings": None,
        "IsTransportRuleScoped": False,
        "MtaStsMode": "Opportunistic",
        "TestMode": False,
        "IsValidated": False,
    }
    assert {name: made[name] for name in expected} == expected


def test_an_address_space_that_is_spelled_out_stays_as_it_is(desk: Desk) -> None:
    given = ["smtp:a.example;5", "b.example;2", "smtp:c.example", "a.example;5"]
    [made] = desk.run("New-InboundConnector", Name="Partner", SenderDomains=given)
    assert made["SenderDomains"] == ["smtp:a.example;5", "smtp:b.example;2", "smtp:c.example;1"]


def test_the_time_of_a_validation_reads_back_without_a_zone_and_with_seven_digits(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Out")
    desk.run("Set-OutboundConnector", Identity="Out", LastValidationTimestamp="2026-07-24T20:59:12.5+02:00")
    assert desk.one("OutboundConnector", "Out")["LastValidationTimestamp"] == "2026-07-24T18:59:12.5000000"


def test_a_connector_has_the_properties_of_a_directory_object(desk: Desk) -> None:
    [made] = desk.run("New-InboundConnector", Name='Say "hello", all', SenderDomains=["*"])
    assert made["Identity"] == made["Id"] == made["Name"]
    assert made["Guid"] == made["ExchangeObjectId"]
    assert made["DistinguishedName"].startswith(
        f'CN=Say \\"hello\\"\\, all,CN=Transport Settings,CN=Configuration,CN={DOMAIN},CN=ConfigurationUnits,DC='
    )
    assert made["WhenCreatedUTC"] == made["WhenChangedUTC"] == START.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    assert made["WhenChanged"].endswith(".0000000+00:00")


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector"])
@pytest.mark.parametrize("name", ["Partner", "PARTNER"])
def test_a_name_is_given_once_in_any_case(desk: Desk, kind: str, name: str) -> None:
    senders = {"SenderDomains": ["*"]} if kind == "InboundConnector" else {}
    desk.run(f"New-{kind}", Name="Partner", **senders)
    desk.run(f"New-{kind}", Name="Other", **senders)
    expected = f"Microsoft.Exchange.Management.Tasks.Error{kind}AlreadyExistsException"
    assert desk.refusal(f"New-{kind}", Name=name, **senders).type == expected
    assert desk.refusal(f"Set-{kind}", Identity="Other", Name=name).type == expected


def test_an_inbound_and_an_outbound_connector_may_share_a_name(desk: Desk) -> None:
    desk.run("New-InboundConnector", Name="Partner", SenderDomains=["*"])
    desk.run("New-OutboundConnector", Name="Partner")


@pytest.mark.parametrize("key", ["Name", "Guid", "DistinguishedName"])
@pytest.mark.parametrize("verb", ["Get", "Set", "Remove"])
def test_a_connector_is_found_by_name_guid_and_distinguished_name_in_any_case(desk: Desk, key: str, verb: str) -> None:
    desk.run("New-OutboundConnector", Name="Other")
    [made] = desk.run("New-OutboundConnector", Name="Out")
    changes = {"Comment": "found"} if verb == "Set" else {}
    desk.run(f"{verb}-OutboundConnector", Identity=made[key].upper(), **changes)
    other, *rest = desk.run("Get-OutboundConnector")
    assert (other["Name"], other["Comment"]) == ("Other", "")
    assert [row["Comment"] for row in rest] == {"Get": [""], "Set": ["found"], "Remove": []}[verb]


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule"])
@pytest.mark.parametrize("verb", ["Get", "Set", "Remove"])
def test_an_object_that_is_not_there_is_not_found(desk: Desk, kind: str, verb: str) -> None:
    refusal = desk.refusal(f"{verb}-{kind}", Identity="Nobody")
    assert refusal.status == 404
    assert refusal.type == "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    assert "object 'Nobody' couldn't be found on '" in refusal.text


def test_under_the_switch_a_get_with_an_unknown_identity_brings_everything(desk: Desk) -> None:
    desk.tenant.switches.turn({"unknown_identity": "everything"})
    desk.run("New-OutboundConnector", Name="Out")
    assert [row["Name"] for row in desk.run("Get-OutboundConnector", Identity="Nobody")] == ["Out"]
    assert desk.refusal("Remove-OutboundConnector", Identity="Nobody").status == 404


def test_a_rename_changes_everything_that_follows_from_the_name_and_nothing_else(desk: Desk) -> None:
    [old] = desk.run("New-InboundConnector", Name="Partner", SenderDomains=["*"])
    desk.run("Set-InboundConnector", Identity="Partner", Name="Friend")
    new = desk.one("InboundConnector", "Friend")
    follows = {"Name", "Identity", "Id", "DistinguishedName", "NameHashGuid"}
    assert {name for name in old if old[name] != new[name]} == follows


def test_a_change_moves_the_time_of_change_and_not_of_creation(desk: Desk) -> None:
    [old] = desk.run("New-OutboundConnector", Name="Out")
    desk.advance(seconds=1)
    desk.run("Set-OutboundConnector", Identity="Out", Comment="new")
    new = desk.one("OutboundConnector", "Out")
    assert {name for name in old if old[name] != new[name]} == {"Comment", "WhenChanged", "WhenChangedUTC"}


@pytest.mark.parametrize(
    ("cmdlet", "changes"),
    [
        ("Remove-OutboundConnector", {}),
        ("Set-OutboundConnector", {"Enabled": False}),
        ("Set-OutboundConnector", {"Name": "Renamed"}),
        ("Set-OutboundConnector", {"IsTransportRuleScoped": False}),
    ],
    ids=["remove", "disable", "rename", "unscope"],
)
def test_a_connector_that_a_rule_uses_stays_as_it_is_needed(
    routing: Desk, cmdlet: str, changes: Mapping[str, object]
) -> None:
    refusal = routing.refusal(cmdlet, Identity="gateway", **changes)
    assert (refusal.status, refusal.type) == (400, STILL_REFERENCED)
    routing.run("Remove-TransportRule", Identity="Route")
    routing.run(cmdlet, Identity="gateway", **changes)


def test_a_connector_that_a_rule_uses_can_be_repaired(routing: Desk) -> None:
    routing.run("Set-OutboundConnector", Identity="Gateway", SmartHosts=["other.example"], TlsSettings="DomainV")
    row = routing.one("OutboundConnector", "Gateway")
    assert (row["SmartHosts"], row["TlsSettings"]) == (["other.example"], "DomainValidation")


def test_without_server_rules_nothing_holds_a_connector(routing: Desk) -> None:
    routing.tenant.switches.turn({"server_rules": False})
    routing.run("Remove-OutboundConnector", Identity="Gateway")
    routing.run("New-TransportRule", Name="Into nowhere", RouteMessageOutboundConnector="Nobody")


@pytest.mark.parametrize("hosts", [{}, {"SmartHosts": []}, {"SmartHosts": None}], ids=str)
def test_an_outbound_connector_without_mx_records_needs_smart_hosts(desk: Desk, hosts: Mapping[str, object]) -> None:
    refusal = desk.refusal("New-OutboundConnector", Name="Out", UseMXRecord=False, **hosts)
    assert refusal.text.endswith("(Parameter 'SmartHosts')")
    desk.run("New-OutboundConnector", Name="Out", **SMART)
    assert desk.refusal("Set-OutboundConnector", Identity="Out", SmartHosts=[]).type == "System.ArgumentException"


def test_mx_records_and_smart_hosts_exclude_each_other_as_on_exchange_server(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Out", **SMART)
    refusal = desk.refusal("Set-OutboundConnector", Identity="Out", ConnectorType="OnPremises", UseMXRecord=True)
    assert refusal.text.endswith("(Parameter 'UseMXRecord')")
    desk.run("Set-OutboundConnector", Identity="Out", UseMXRecord=True)
    assert desk.one("OutboundConnector", "Out")["SmartHosts"] == []


def test_get_brings_scoped_connectors_too_and_filters_on_demand(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Scoped", IsTransportRuleScoped=True)
    desk.run("New-OutboundConnector", Name="Test", TestMode=True)
    desk.run("New-OutboundConnector", Name="Plain")

    def names(**filters: object) -> list[str]:
        return [row["Name"] for row in desk.run("Get-OutboundConnector", **filters)]

    assert names() == ["Scoped", "Test", "Plain"]
    assert names(IsTransportRuleScoped=True) == ["Scoped"]
    assert names(IsTransportRuleScoped=False, IncludeTestModeConnectors=False) == ["Plain"]
    assert names(IsTransportRuleScoped=False, IncludeTestModeConnectors=True, ResultSize=1) == ["Test"]
    desk.tenant.switches.turn({"outbound_filter": "unscoped_only"})
    assert names() == names(ResultSize=1) == ["Plain"]
    assert names(IsTransportRuleScoped=True) == ["Scoped"]


@pytest.mark.parametrize(
    "entries", [["203.0.113.7"], ["203.0.113.0/24"], ["203.0.113.1-203.0.113.9"], ["2001:db8::1", "2001:db8:5::/64"]]
)
def test_enhanced_filtering_skips_addresses_ranges_and_blocks_of_both_families(desk: Desk, entries: list[str]) -> None:
    [made] = desk.run("New-InboundConnector", EFSkipIPs=entries, **RELAY)
    assert made["EFSkipIPs"] == entries


@pytest.mark.parametrize(
    "entry", ["relay.example", "", "203.0.113.0/33", "203.0.113.9-203.0.113.1", "203.0.113.1-2001:db8::1", "1-2-3"]
)
def test_enhanced_filtering_refuses_what_is_no_address(desk: Desk, entry: str) -> None:
    assert desk.refusal("New-InboundConnector", EFSkipIPs=[entry], **RELAY).text.endswith("(Parameter 'EFSkipIPs')")


@pytest.mark.parametrize("entry", ["203.0.113.7", "203.0.113.0/24", "203.0.113.8/32"])
def test_senders_are_ipv4_addresses_and_small_blocks(desk: Desk, entry: str) -> None:
    assert desk.run("New-InboundConnector", SenderIPAddresses=entry, **RELAY)[0]["SenderIPAddresses"] == [entry]


@pytest.mark.parametrize("entry", ["2001:db8::1", "203.0.112.0/23", "203.0.113.1-203.0.113.9", "relay.example"])
def test_other_senders_are_refused(desk: Desk, entry: str) -> None:
    refusal = desk.refusal("New-InboundConnector", SenderIPAddresses=[entry], **RELAY)
    assert refusal.text.endswith("(Parameter 'SenderIPAddresses')")


@pytest.mark.parametrize("more", [{"ConnectorType": "Partner"}, {"CloudServicesMailEnabled": True}], ids=str)
def test_only_a_plain_onpremises_connector_treats_messages_as_internal(desk: Desk, more: Mapping[str, object]) -> None:
    desk.run("New-InboundConnector", TreatMessagesAsInternal=True, **RELAY)
    refusal = desk.refusal("Set-InboundConnector", Identity="Relay", **more)
    assert refusal.text.endswith("(Parameter 'TreatMessagesAsInternal')")


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector"])
def test_a_set_that_changes_nothing_warns(desk: Desk, kind: str) -> None:
    senders = {"SenderDomains": ["*"]} if kind == "InboundConnector" else {}
    [made] = desk.run(f"New-{kind}", Name="Same", **senders)
    desk.advance(seconds=1)
    expected = ["The command completed successfully but no settings of 'Same' have been modified."]
    assert desk.warnings(f"Set-{kind}", Identity="Same", Enabled=True, **senders) == expected
    assert desk.run(f"Get-{kind}") == [made]
    assert desk.warnings(f"Set-{kind}", Identity="Same", Enabled=False) == []


def test_a_restricted_tenant_gets_its_relay_switched_off_and_cannot_switch_it_on(desk: Desk) -> None:
    desk.tenant.switches.turn({"restricted_inbound": "created_disabled"})
    response = desk.warnings("New-InboundConnector", Enabled=True, **RELAY)
    assert response == [BORN_OFF]
    assert desk.one("InboundConnector", "Relay")["Enabled"] is False
    assert STAYS_OFF in desk.warnings("Set-InboundConnector", Identity="Relay", Enabled=True)
    assert desk.one("InboundConnector", "Relay")["Enabled"] is False
    assert desk.warnings("New-InboundConnector", Name="Partner", SenderDomains=["a.example"]) == []
    assert desk.one("InboundConnector", "Partner")["Enabled"] is True
    assert STAYS_OFF in desk.warnings("Set-InboundConnector", Identity="Partner", ConnectorType="OnPremises")


def test_a_restriction_leaves_alone_what_was_on_before(desk: Desk) -> None:
    desk.run("New-InboundConnector", **RELAY)
    desk.tenant.switches.turn({"restricted_inbound": "created_disabled"})
    assert desk.warnings("Set-InboundConnector", Identity="Relay", Comment="new") == []
    assert desk.one("InboundConnector", "Relay")["Enabled"] is True


def test_a_prohibited_tenant_creates_and_changes_no_inbound_connector(desk: Desk) -> None:
    desk.run("New-InboundConnector", **RELAY)
    desk.tenant.switches.turn({"restricted_inbound": "prohibited"})
    expected = "Microsoft.Exchange.Management.Tasks.OrganizationInboundConnectorProhibitedException"
    assert desk.refusal("New-InboundConnector", **{**RELAY, "Name": "Other"}).type == expected
    assert desk.refusal("Set-InboundConnector", Identity="Relay", Comment="new").type == expected
    desk.run("New-OutboundConnector", Name="Out")
    desk.run("Remove-InboundConnector", Identity="Relay")
