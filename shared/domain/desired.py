"""The whole promise, as one table: what must be present and enabled in a tenant.

Source: vendor article Q21244, item by item; where it is silent, the exchange contract section beside the row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.domain.regions import Region
from shared.domain.resources import Effect, Item, Kind, Resource, Setting
from shared.domain.tenants import Stage, Tenant
from shared.domain.values import Compare

ARC_SEALER = "dkim.mailmarshal.cloud"
LOOP_HEADER = "X-MMCloud-ID"


@dataclass(frozen=True, slots=True)
class Spec:
    """What of the promise is data, not text of the article.

    Attributes:
        version: The edition of the region data.
        skip_ips: For each region, the addresses that enhanced filtering looks through.
        loop_check_stops: Loop Check ends rule processing. The article does not say so; without it the unconditional
            Redirect below would take the returning message again (docs/decisions/0006).
    """

    version: str
    skip_ips: Mapping[Region, tuple[str, ...]] = field(default_factory=dict)
    loop_check_stops: bool = True


def desired_state(tenant: Tenant, spec: Spec) -> tuple[Resource, ...]:
    """List every object that must be there, in the order of creation.

    Rules are on only in an active tenant; everything else is on from the start (Q21244: "both connectors are enabled
    and both rules are disabled"). In a pause Loop Check stays on: mail that is on its way back still loses its header.
    """
    active = tenant.stage is Stage.ACTIVE
    checking = tenant.stage in (Stage.ACTIVE, Stage.PAUSED)
    return (
        _from_connector(tenant.region, spec),
        _to_connector(tenant.region),
        _arc_sealer(),
        _loop_check(tenant, spec, enabled=checking),
        _redirect(enabled=active),
    )


def redirect_of(desired: Iterable[Resource]) -> Resource:
    """The one of the desired objects that diverts mail."""
    return next(resource for resource in desired if resource.item is Item.REDIRECT)


def _from_connector(region: Region, spec: Spec) -> Resource:
    item, filtering = Item.FROM_CONNECTOR, Item.ENHANCED_FILTERING
    rows = (
        # From: your organization's mail server. To: Office 365.
        Setting("ConnectorType", "OnPremises", Compare.ENUM, Effect.OUTAGE, item, identity=True),
        Setting("SenderDomains", ("*",), Compare.SENDERS, Effect.OUTAGE, item),
        # How to identify: the subject name on the certificate matches *.[region].mailmarshal.cloud
        Setting(
            "TlsSenderCertificateName", region.certificate_name, Compare.DOMAIN, Effect.OUTAGE, item, identity=True
        ),
        Setting("RequireTls", True, Compare.FLAG, Effect.DEGRADED, item),
        # Hybrid header promotion is not ours to switch on: exchange contract §2.1.1.
        Setting("CloudServicesMailEnabled", False, Compare.FLAG, Effect.DEGRADED, item),
        Setting("TreatMessagesAsInternal", False, Compare.FLAG, Effect.DEGRADED, item),
        # Without documented effect on an OnPremises connector: exchange contract §4.1.
        Setting("RestrictDomainsToCertificate", False, Compare.SENT_ONLY, Effect.COSMETIC, item),
        Setting("RestrictDomainsToIPAddresses", False, Compare.SENT_ONLY, Effect.COSMETIC, item),
        # Enhanced filtering is five properties of this connector: exchange contract §2.2.
        Setting("EFSkipLastIP", False, Compare.FLAG, Effect.DEGRADED, filtering),
        Setting("EFSkipIPs", spec.skip_ips[region], Compare.NETWORKS, Effect.DEGRADED, filtering),
        Setting("EFUsers", (), Compare.UNSET, Effect.DEGRADED, filtering),
        Setting("EFTestMode", False, Compare.UNSET, Effect.DEGRADED, filtering),
    )
    return Resource(Kind.INBOUND_CONNECTOR, item.value, item, enabled=True, effect=Effect.OUTAGE, settings=rows)


def _to_connector(region: Region) -> Resource:
    item = Item.TO_CONNECTOR
    rows = (
        # From: Office 365. To: partner organization.
        Setting("ConnectorType", "Partner", Compare.ENUM, Effect.DEGRADED, item, identity=True),
        # Use only when I have a transport rule set up that redirects messages to this connector.
        Setting("IsTransportRuleScoped", True, Compare.FLAG, Effect.OUTAGE, item),
        # Route email messages through these smart hosts.
        Setting("UseMXRecord", False, Compare.FLAG, Effect.OUTAGE, item),
        Setting("SmartHosts", (region.smart_host,), Compare.DOMAINS, Effect.OUTAGE, item, identity=True),
        # Always use TLS; certificate by a trusted authority and the subject name is *.[region].mailmarshal.cloud
        Setting("TlsSettings", "DomainValidation", Compare.ENUM, Effect.DEGRADED, item),
        Setting("TlsDomain", region.certificate_name, Compare.DOMAIN, Effect.OUTAGE, item, identity=True),
        Setting("CloudServicesMailEnabled", False, Compare.FLAG, Effect.DEGRADED, item),
        # A connector in test mode carries no ordinary mail: exchange contract §2.3.1.
        Setting("TestMode", False, Compare.FLAG, Effect.OUTAGE, item),
    )
    return Resource(Kind.OUTBOUND_CONNECTOR, item.value, item, enabled=True, effect=Effect.OUTAGE, settings=rows)


def _arc_sealer() -> Resource:
    item = Item.ARC_SEALER
    # "The list should include an entry for dkim.mailmarshal.cloud": everybody else's entries stay.
    rows = (Setting("ArcTrustedSealers", (ARC_SEALER,), Compare.INCLUDES, Effect.DEGRADED, item),)
    return Resource(Kind.ARC_CONFIG, "Default", item, enabled=None, effect=Effect.DEGRADED, settings=rows)


def _loop_check(tenant: Tenant, spec: Spec, *, enabled: bool) -> Resource:
    item = Item.LOOP_CHECK
    rows = (
        # Apply this rule if the X-MMCloud-ID header includes the customer's own GUID …
        Setting("HeaderContainsMessageHeader", LOOP_HEADER, Compare.ENUM, Effect.OUTAGE, item, identity=True),
        Setting("HeaderContainsWords", (tenant.loop_check,), Compare.WORDS, Effect.OUTAGE, item, identity=True),
        # … and remove the header: whoever gets to see it passes unscanned from then on.
        Setting("RemoveHeader", LOOP_HEADER, Compare.ENUM, Effect.BYPASS, item),
        Setting("StopRuleProcessing", spec.loop_check_stops, Compare.FLAG, Effect.OUTAGE, item),
        *_in_force(Effect.OUTAGE, item),
    )
    return _rule(item, rows, Effect.OUTAGE, enabled=enabled)


def _redirect(*, enabled: bool) -> Resource:
    item = Item.REDIRECT
    rows = (
        # Apply to all messages: no condition at all. Route the message using the following connector.
        Setting(
            "RouteMessageOutboundConnector", Item.TO_CONNECTOR.value, Compare.ENUM, Effect.OUTAGE, item, identity=True
        ),
        Setting("StopRuleProcessing", False, Compare.FLAG, Effect.COSMETIC, item),
        *_in_force(Effect.BYPASS, item),
    )
    return _rule(item, rows, Effect.BYPASS, enabled=enabled)


def _in_force(effect: Effect, item: Item) -> tuple[Setting, ...]:
    """A rule that is enabled can still do nothing: exchange contract §2.4.1 (mode, dates)."""
    return (
        Setting("Mode", "Enforce", Compare.ENUM, effect, item),
        Setting("ActivationDate", None, Compare.UNSET, effect, item),
        Setting("ExpiryDate", None, Compare.UNSET, effect, item),
    )


def _rule(item: Item, rows: tuple[Setting, ...], effect: Effect, *, enabled: bool) -> Resource:
    return Resource(Kind.TRANSPORT_RULE, item.value, item, enabled, effect, rows, closed_world=True)
