"""What can be wrong with a tenant: each damage as a change of its configuration, and what the product reads of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from local.twin.mailflow.organisation import Organisation, Row
from local.twin.rule_classes import class_lists
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Effect, Kind
from shared.domain.rule_parameters import DIVERSIONS
from shared.domain.tenants import Stage
from tests.fakes import CANARY, new_policy, new_tenant
from tests.mailflow.scenes import NEIGHBOURS_STAMP

FROM = "From MailMarshal Cloud Integrated"
TO = "To MailMarshal Cloud Integrated"
LOOP = "MailMarshal Cloud Integrated Loop Check"
REDIRECT = "MailMarshal Cloud Integrated Redirect"
Change = Callable[[Organisation], Organisation]


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong.

    Attributes:
        says: What, for people.
        apply: Does it.
    """

    says: str
    apply: Change

    def __str__(self) -> str:
        return self.says


def edited(tenant: Organisation, name: str, changes: Mapping[str, object]) -> Organisation:
    """Somebody changes properties of an object."""

    def change(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple({**row, **changes} if row["Name"] == name else row for row in rows)

    return replace(tenant, inbound=change(tenant.inbound), outbound=change(tenant.outbound), rules=change(tenant.rules))


def without(tenant: Organisation, name: str) -> Organisation:
    """Somebody deletes an object."""

    def keep(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(row for row in rows if row["Name"] != name)

    return replace(tenant, inbound=keep(tenant.inbound), outbound=keep(tenant.outbound), rules=keep(tenant.rules))


def upside_down(tenant: Organisation) -> Organisation:
    """Loop Check stands below Redirect."""
    return replace(tenant, rules=tenant.rules[:-2] + tenant.rules[:-3:-1])


def edit(name: str, **changes: object) -> Damage:
    """A damage that changes properties of one object."""
    words = ", ".join(f"{key} {value!r}" for key, value in changes.items()).replace(CANARY, "own value")
    return Damage(f"{name}: {words}", partial(edited, name=name, changes=changes))


def gone(name: str) -> Damage:
    """A damage that deletes an object."""
    return Damage(f"{name} is gone", partial(without, name=name))


_NEVER = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
_BYPASS, _OUTAGE, _DEGRADED, _COSMETIC = Effect.BYPASS, Effect.OUTAGE, Effect.DEGRADED, Effect.COSMETIC

_DIVERSIONS = sorted(DIVERSIONS - {"RouteMessageOutboundConnector"})

SINGLE: Sequence[tuple[Damage, Effect]] = (
    (gone(FROM), _OUTAGE),
    (edit(FROM, Enabled=False), _OUTAGE),
    (edit(FROM, ConnectorType="Partner"), _OUTAGE),
    (edit(FROM, SenderDomains=["smtp:other.example;1"]), _OUTAGE),
    (edit(FROM, TlsSenderCertificateName="*.us.mailmarshal.cloud"), _OUTAGE),
    (edit(FROM, RequireTls=False), _DEGRADED),
    (edit(FROM, CloudServicesMailEnabled=True), _DEGRADED),
    (edit(FROM, TreatMessagesAsInternal=True), _DEGRADED),
    (edit(FROM, EFSkipLastIP=True), _DEGRADED),
    (edit(FROM, EFSkipIPs=[]), _DEGRADED),
    (edit(FROM, EFSkipIPs=["203.0.113.0/24"]), _DEGRADED),
    (edit(FROM, EFSkipIPs=["203.0.113.0/24", "2001:db8:e::/48", "192.0.2.9"]), _DEGRADED),
    (edit(FROM, EFUsers=["anna@contoso.example"]), _DEGRADED),
    (edit(FROM, EFTestMode=True), _DEGRADED),
    (edit(FROM, RestrictDomainsToCertificate=True, Comment="ours"), _COSMETIC),
    (gone(TO), _OUTAGE),
    (edit(TO, Enabled=False), _OUTAGE),
    (edit(TO, ConnectorType="OnPremises"), _DEGRADED),
    (edit(TO, IsTransportRuleScoped=False), _OUTAGE),
    (edit(TO, UseMXRecord=True, SmartHosts=[]), _OUTAGE),
    (edit(TO, SmartHosts=["evil.example"]), _OUTAGE),
    (edit(TO, SmartHosts=["m365integrated-array-1.us.mailmarshal.cloud"]), _OUTAGE),
    (edit(TO, TlsSettings="EncryptionOnly"), _DEGRADED),
    (edit(TO, TlsDomain="*.evil.example"), _OUTAGE),
    (edit(TO, CloudServicesMailEnabled=True), _DEGRADED),
    (edit(TO, TestMode=True), _OUTAGE),
    (Damage("the sealer is gone", lambda tenant: replace(tenant, sealers=frozenset({"x.example"}))), _DEGRADED),
    (gone(LOOP), _OUTAGE),
    (edit(LOOP, State="Disabled"), _OUTAGE),
    (edit(LOOP, HeaderContainsMessageHeader="X-Other"), _OUTAGE),
    (edit(LOOP, HeaderContainsWords=[NEIGHBOURS_STAMP]), _OUTAGE),
    (edit(LOOP, HeaderContainsWords=[CANARY, NEIGHBOURS_STAMP]), _BYPASS),
    (edit(LOOP, RemoveHeader=None), _BYPASS),
    (edit(LOOP, RemoveHeader="X-Other"), _BYPASS),
    (edit(LOOP, SetHeaderName="X-MMCloud-ID", SetHeaderValue=CANARY), _BYPASS),
    (edit(LOOP, StopRuleProcessing=False), _OUTAGE),
    (edit(LOOP, Mode="Audit"), _OUTAGE),
    (edit(LOOP, ActivationDate=_NEVER[0]), _OUTAGE),
    (edit(LOOP, ExpiryDate=_NEVER[1]), _OUTAGE),
    (edit(LOOP, FromScope="InOrganization"), _OUTAGE),
    (edit(LOOP, SubjectContainsWords=["x"]), _OUTAGE),
    (edit(LOOP, ExceptIfFromScope="InOrganization"), _OUTAGE),
    (edit(LOOP, ExceptIfSubjectContainsWords=["x"]), _OUTAGE),
    (edit(LOOP, PrependSubject="[x]"), _DEGRADED),
    (edit(LOOP, SetSCL="-1"), _DEGRADED),
    (edit(LOOP, RouteMessageOutboundConnector=TO), _OUTAGE),
    (Damage("Loop Check stands below Redirect", upside_down), _OUTAGE),
    (gone(REDIRECT), _BYPASS),
    (edit(REDIRECT, State="Disabled"), _BYPASS),
    (edit(REDIRECT, RouteMessageOutboundConnector="Signature Gateway - Outbound"), _OUTAGE),
    (edit(REDIRECT, RouteMessageOutboundConnector="To our partner"), _OUTAGE),
    (edit(REDIRECT, StopRuleProcessing=True), _COSMETIC),
    (edit(REDIRECT, Mode="AuditAndNotify"), _BYPASS),
    (edit(REDIRECT, ActivationDate=_NEVER[0]), _BYPASS),
    (edit(REDIRECT, ExpiryDate=_NEVER[1]), _BYPASS),
    (edit(REDIRECT, FromScope="InOrganization"), _BYPASS),
    (edit(REDIRECT, SubjectContainsWords=["x"]), _BYPASS),
    (edit(REDIRECT, ExceptIfSenderDomainIs=["outside.example"]), _BYPASS),
    (edit(REDIRECT, ExceptIfSubjectContainsWords=["x"]), _BYPASS),
    (edit(REDIRECT, PrependSubject="[x]"), _DEGRADED),
    (edit(REDIRECT, ApplyOME=True), _DEGRADED),
    (edit(REDIRECT, SetHeaderName="X-A", SetHeaderValue="b"), _DEGRADED),
    (edit(REDIRECT, RemoveHeader="Reply-To"), _DEGRADED),
    *((edit(rule, **{name: ["x@evil.example"]}), _OUTAGE) for rule in (LOOP, REDIRECT) for name in _DIVERSIONS),
    (edit(TO, SmartHosts=["m365integrated-array-1.eu.mailmarshal.cloud", "evil.example"]), _OUTAGE),
)
"""Every damage, and what it does to mail."""


def read(tenant: Organisation) -> Observation:
    """What a complete read of the tenant brings."""
    rules = tuple({**row, **class_lists(dict(row)), "Priority": place} for place, row in enumerate(tenant.rules))
    sealers = {"Identity": "Default", "ArcTrustedSealers": ",".join(sorted(tenant.sealers))}
    return {
        Kind.INBOUND_CONNECTOR: Complete(tenant.inbound),
        Kind.OUTBOUND_CONNECTOR: Complete(tenant.outbound),
        Kind.TRANSPORT_RULE: Complete(rules),
        Kind.ARC_CONFIG: Complete((sealers,)),
    }


def drifts_of(tenant: Organisation, stage: Stage = Stage.ACTIVE) -> tuple[Drift, ...]:
    """What the product finds wrong with a tenant."""
    desired = desired_state(new_tenant(stage), new_policy().spec)
    return diff(desired, read(tenant), {}, active=stage is Stage.ACTIVE)


def worst(drifts: Sequence[Drift]) -> Effect:
    """The worst effect that the product reports."""
    return min((drift.effect for drift in drifts), key=tuple(Effect).index, default=Effect.COSMETIC)
