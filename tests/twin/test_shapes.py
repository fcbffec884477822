"""Objects have the properties, in the order, that real ones had where somebody published one."""

import pytest

from tests.twin.desk import Desk, new_desk

# The sample report of https://github.com/cisagov/ScubaGear (CC0-1.0).
DIRECTORY = """
    NameHashGuid OrganizationalUnitRootInternal AdminDisplayName ExchangeVersion Name DistinguishedName Identity
    ObjectCategory ObjectClass WhenChanged WhenCreated WhenChangedUTC WhenCreatedUTC ExchangeObjectId
    OrganizationalUnitRoot OrganizationId Id Guid OriginatingServer IsValid ObjectState
"""
INBOUND = """
    Enabled ConnectorType ConnectorSource Comment SenderIPAddresses SenderDomains TrustedOrganizations ClientHostNames
    AssociatedAcceptedDomains RequireTls RestrictDomainsToIPAddresses RestrictDomainsToCertificate
    CloudServicesMailEnabled TreatMessagesAsInternal TlsSenderCertificateName EFTestMode ScanAndDropRecipients
    EFSkipLastIP EFSkipIPs EFSkipMailGateway EFUsers
"""
OUTBOUND = """
    Enabled UseMXRecord Comment ConnectorType ConnectorSource RecipientDomains SmartHosts TlsDomain TlsSettings
    IsTransportRuleScoped RouteAllMessagesViaOnPremises CloudServicesMailEnabled AllAcceptedDomains
    SenderRewritingEnabled MtaStsMode SmtpDaneMode TestMode ValidationRecipients IsValidated LastValidationTimestamp
"""
DOMAIN = """
    DomainName CatchAllRecipientID DomainType MatchSubDomains AddressBookEnabled Default EmailOnly ExternallyManaged
    RawAuthenticationType AuthenticationType LiveIdInstanceType PendingRemoval PendingCompletion
    FederatedOrganizationLink MailFlowPartner OutboundOnly PendingFederatedAccountNamespace PendingFederatedDomain
    IsCoexistenceDomain PerimeterDuplicateDetected IsDefaultFederatedDomain EnableNego2Authentication
    CanHaveCloudCache SendingFromDomainDisabled SendingToDomainDisabled SmtpDaneStatus MailFlowRegion
    AzureProvisioningRegion InitialDomain
"""
RULE_ENDS = """
    GenerateNotification Identity DistinguishedName Guid ImmutableId OrganizationId Name IsValid WhenChanged ObjectState
"""


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def test_an_inbound_connector_has_forty_two_properties(desk: Desk) -> None:
    [row] = desk.run("New-InboundConnector", Name="In", SenderDomains=["*"])
    assert list(row) == INBOUND.split() + DIRECTORY.split()
    assert len(row) == 42


def test_an_outbound_connector_has_none_of_the_inbound_ones(desk: Desk) -> None:
    [row] = desk.run("New-OutboundConnector", Name="Out")
    assert list(row) == OUTBOUND.split() + DIRECTORY.split()
    assert not {"RequireTls", "EFSkipIPs", "TlsSenderCertificateName"} & set(row)


def test_a_rule_has_a_hundred_and_ninety_properties(desk: Desk) -> None:
    [row] = desk.run("New-TransportRule", Name="Rule", DeleteMessage=True)
    assert list(row)[-10:] == RULE_ENDS.split()
    assert len(row) > 180


def test_an_accepted_domain_has_the_properties_of_the_directory_but_two(desk: Desk) -> None:
    directory = [name for name in DIRECTORY.split() if name not in ("NameHashGuid", "OrganizationalUnitRootInternal")]
    for row in desk.run("Get-AcceptedDomain"):
        assert list(row) == DOMAIN.split() + directory


def test_an_organisation_has_the_properties_that_were_published(desk: Desk) -> None:
    [row] = desk.run("Get-OrganizationConfig")
    assert list(row)[:4] == ["Name", "Identity", "Guid", "DisplayName"]
    assert {"HybridConfigurationStatus", "IsDehydrated", "ConnectorsEnabled", "IsMixedMode"} <= set(row)
    assert len(row) == 43


def test_what_a_rule_does_not_use_is_null_or_false(desk: Desk) -> None:
    [row] = desk.run("New-TransportRule", Name="Rule", DeleteMessage=True)
    names = list(row)
    flat = names[names.index("From") : names.index("GenerateNotification") + 1]
    assert {name for name in flat if row[name] not in (None, False)} == {"DeleteMessage"}
