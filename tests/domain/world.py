"""A small Exchange to judge the domain by: what a tenant reads back, what a write does to it, and a judge of the end.

Nothing here asks the product what is right: names, hosts and comparisons are this file's own.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hypothesis import settings

from shared.domain.desired import Spec
from shared.domain.observation import Complete, Observation, Unread
from shared.domain.regions import Region
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage, Tenant
from shared.domain.values import Row, Secret

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CANARY = "c0ffee00-5ec7-4e70-9a11-5ca1ab1e0000"
"""The loop-check GUID of every tenant here; it may appear nowhere else."""

FROM = "From MailMarshal Cloud Integrated"
TO = "To MailMarshal Cloud Integrated"
LOOP = "MailMarshal Cloud Integrated Loop Check"
REDIRECT = "MailMarshal Cloud Integrated Redirect"
ARC = "Default"
KINDS = {
    FROM: Kind.INBOUND_CONNECTOR,
    TO: Kind.OUTBOUND_CONNECTOR,
    LOOP: Kind.TRANSPORT_RULE,
    REDIRECT: Kind.TRANSPORT_RULE,
    ARC: Kind.ARC_CONFIG,
}
OWNED: Mapping[str, UUID] = {name: UUID(int=0xA1 + place) for place, name in enumerate((FROM, TO, LOOP, REDIRECT))}
SKIP_IPS = ("203.0.113.0/24", "198.51.100.7", "2001:db8:a::/48")
SPEC = Spec("documentation-1", dict.fromkeys(Region, SKIP_IPS))
FOREIGN_SEALERS = ("ARC.contoso.example", "sealer.Fabrikam.example")
BLANK_RULE: Row = json.loads((Path(__file__).parent / "samples" / "blank-rule.json").read_text())
"""Every property of a rule that Exchange shows, unused: null, or false where the property is a Boolean."""

_PREDICATE = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks."
_CLASSES = {
    "HeaderContainsWords": ("Conditions", "HeaderContainsPredicate"),
    "RemoveHeader": ("Actions", "RemoveHeaderAction"),
    "RouteMessageOutboundConnector": ("Actions", "RouteMessageOutboundConnectorAction"),
}

modest = settings(max_examples=25, deadline=None, database=None)
"""Few examples for each property: this suite runs at every save."""


class RefusedError(Exception):
    """Exchange would not have taken this write."""


def tenant_of(stage: Stage = Stage.ACTIVE, region: Region = Region.EU) -> Tenant:
    """A tenant whose secret is the canary."""
    owner, domain = UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10"), "contoso.onmicrosoft.com"
    return Tenant(owner, "acme", region, domain, Secret(CANARY), stage, 1, NOW, NOW)


def healthy(tenant: Tenant) -> Observation:
    """What Exchange reads back of a tenant in which everything is as it should be, foreign objects above ours.

    In a pause Loop Check is on alone: mail that is on its way back still loses its header.
    """
    on, off = "Enabled", "Disabled"
    loop_check, redirect = {Stage.ACTIVE: (on, on), Stage.PAUSED: (on, off)}.get(tenant.stage, (off, off))
    rules = [*_foreign_rules(), _loop_check(loop_check), _redirect(redirect)]
    return {
        Kind.INBOUND_CONNECTOR: Complete((_foreign_connector("Scanner"), _inbound(tenant.region.value))),
        Kind.OUTBOUND_CONNECTOR: Complete((_outbound(tenant.region.value), _foreign_connector("Fax"))),
        Kind.TRANSPORT_RULE: Complete(tuple({**rule, "Priority": place} for place, rule in enumerate(rules))),
        Kind.ORGANIZATION_CONFIG: Complete(({"Name": "contoso.onmicrosoft.com", "IsDehydrated": False},)),
        Kind.ARC_CONFIG: Complete(
            (
                {
                    "Identity": ARC,
                    "Name": ARC,
                    "ArcTrustedSealers": ",".join((*FOREIGN_SEALERS, "DKIM.mailmarshal.cloud")),
                },
            )
        ),
    }


def fresh(tenant: Tenant) -> Observation:
    """A tenant that nobody has provisioned: foreign objects only, and no sealer ever trusted."""
    world = healthy(tenant)
    for name in OWNED:
        world = without(world, name)
    return {**world, Kind.ARC_CONFIG: Complete(())}


def _inbound(region: str) -> Row:
    return {
        "Name": FROM, "Guid": str(OWNED[FROM]), "Enabled": True, "ConnectorType": "OnPremises",
        "SenderDomains": ["smtp:*;1"], "TlsSenderCertificateName": f"*.{region.upper()}.MailMarshal.cloud",
        "RequireTls": True, "CloudServicesMailEnabled": False, "TreatMessagesAsInternal": False,
        "RestrictDomainsToCertificate": False, "RestrictDomainsToIPAddresses": False, "EFSkipLastIP": False,
        "EFSkipIPs": ["2001:DB8:A:0::/48", "198.51.100.7/32", "203.0.113.0-203.0.113.255"], "EFUsers": [],
        "EFTestMode": False, "EFSkipMailGateway": [], "Comment": "",
    }  # fmt: skip


def _outbound(region: str) -> Row:
    return {
        "Name": TO, "Guid": str(OWNED[TO]), "Enabled": True, "ConnectorType": "Partner", "IsTransportRuleScoped": True,
        "UseMXRecord": False, "SmartHosts": [f"M365integrated-array-1.{region}.mailmarshal.cloud"],
        "TlsSettings": "DomainValidation", "TlsDomain": f"*.{region}.mailmarshal.cloud.", "TestMode": False,
        "CloudServicesMailEnabled": False, "Comment": "",
    }  # fmt: skip


def _rule(name: str, guid: UUID, state: str, **used: object) -> Row:
    return _with_classes({**BLANK_RULE, "Name": name, "Guid": str(guid), "State": state, "Mode": "Enforce", **used})


def _with_classes(rule: Row) -> Row:
    lists: dict[str, list[str]] = {}
    for name, (where, word) in _CLASSES.items():
        if rule[name]:
            lists.setdefault(where, []).append(_PREDICATE + word)
    return {**rule, "Conditions": lists.get("Conditions"), "Actions": lists.get("Actions")}


def _loop_check(state: str) -> Row:
    header = "X-MMCloud-ID"
    used = {"HeaderContainsMessageHeader": header, "HeaderContainsWords": [CANARY.upper()], "RemoveHeader": header}
    return _rule(LOOP, OWNED[LOOP], state, StopRuleProcessing=True, **used)


def _redirect(state: str) -> Row:
    return _rule(REDIRECT, OWNED[REDIRECT], state, RouteMessageOutboundConnector=TO)


def _foreign_rules() -> list[Row]:
    states = ("Enabled", "Disabled", "Enabled", "Enabled", "Disabled", "Enabled")
    return [
        {**BLANK_RULE, "Name": f"Foreign {place}", "Guid": str(UUID(int=0xF0 + place)), "State": state,
         "PrependSubject": f"[{place}]", "Actions": [_PREDICATE + "PrependSubjectAction"]}
        for place, state in enumerate(states)
    ]  # fmt: skip


def _foreign_connector(name: str) -> Row:
    return {"Name": f"Foreign {name}", "Guid": str(UUID(int=0xE0 + len(name))), "Enabled": False, "EFSkipIPs": []}


def rows(world: Observation, kind: Kind) -> tuple[Row, ...]:
    """All objects of a kind, rules in order."""
    reading = world[kind]
    assert isinstance(reading, Complete)
    if kind is Kind.TRANSPORT_RULE:
        return tuple(sorted(reading.rows, key=_priority))
    return reading.rows


def _priority(row: Row) -> int:
    priority = row["Priority"]
    assert isinstance(priority, int)
    return priority


def row_of(world: Observation, name: str) -> Row | None:
    """One object by its exact name."""
    return next((row for row in rows(world, KINDS[name]) if row.get("Name") == name), None)


def edited(world: Observation, name: str, **changes: object) -> Observation:
    """Somebody changes properties of an object."""
    kind = KINDS[name]
    changed = tuple({**row, **changes} if row.get("Name") == name else row for row in rows(world, kind))
    return {**world, kind: Complete(changed)}


def lacking(world: Observation, name: str, *properties: str) -> Observation:
    """An answer in which an object comes without some of its properties."""
    row = row_of(world, name)
    assert row is not None
    rest: Row = {key: value for key, value in row.items() if key not in properties}
    kept = tuple(rest if other is row else other for other in rows(world, KINDS[name]))
    return {**world, KINDS[name]: Complete(kept)}


def without(world: Observation, name: str) -> Observation:
    """Somebody deletes an object; rules below it move up."""
    kind = KINDS[name]
    return _stored(world, kind, [row for row in rows(world, kind) if row.get("Name") != name])


def moved(world: Observation, name: str, place: int) -> Observation:
    """Somebody moves a rule to a place; what stood there and below moves down."""
    rules = rows(world, Kind.TRANSPORT_RULE)
    rest = [row for row in rules if row.get("Name") != name]
    row = next(row for row in rules if row.get("Name") == name)
    return _stored(world, Kind.TRANSPORT_RULE, [*rest[:place], row, *rest[place:]])


def unread(world: Observation, *kinds: Kind) -> Observation:
    """Reads that failed."""
    return {**world, **dict.fromkeys(kinds, Unread("HTTP 500"))}


def _stored(world: Observation, kind: Kind, found: list[Row]) -> Observation:
    if kind is Kind.TRANSPORT_RULE:
        found = [row if row.get("Priority") == place else {**row, "Priority": place} for place, row in enumerate(found)]
    return {**world, kind: Complete(tuple(found))}


def carry_out(step: Step, world: Observation) -> Observation:
    """What Exchange does with one write.

    Raises:
        RefusedError: It would not have taken it.
    """
    sent = {name: _kept(name, value) for name, value in step.settings.items()}
    if step.kind is Kind.ARC_CONFIG:
        sealers = sent.pop("ArcTrustedSealers")
        if step.verb is not Verb.UPDATE or sent or not isinstance(sealers, list):
            raise RefusedError("Set-ArcConfig takes the list")
        return {**world, step.kind: Complete(({"Identity": ARC, "Name": ARC, "ArcTrustedSealers": ",".join(sealers)},))}
    if step.verb is Verb.CREATE:
        return _created(step, sent, world)
    row = next((r for r in rows(world, step.kind) if (step.identity or step.name) in (r.get("Guid"), r["Name"])), None)
    if row is None:
        raise RefusedError(f"{step.name} is not there")
    name = str(row["Name"])
    if step.verb is Verb.MOVE:
        return moved(world, name, _allowed(sent["Priority"], len(rows(world, step.kind)) - 1))
    if step.verb is Verb.REMOVE:
        return _removed(row, step.kind, world)
    if step.verb is not Verb.UPDATE:
        state = "Enabled" if step.verb is Verb.ENABLE else "Disabled"
        return _replaced(world, step.kind, row, {**row, "State": state})
    return _replaced(world, step.kind, row, _checked(step.kind, {**row, **sent}, sent, world))


def _created(step: Step, sent: dict[str, object], world: Observation) -> Observation:
    found = rows(world, step.kind)
    if any(str(row["Name"]).casefold() == step.name.casefold() for row in found):
        raise RefusedError(f"there is a {step.name} already")
    blank: Row = {"Name": step.name, "Guid": str(OWNED[step.name]), "Enabled": True, "EFUsers": [], "EFTestMode": False}
    if step.kind is not Kind.TRANSPORT_RULE:
        return _stored(world, step.kind, [_checked(step.kind, {**blank, **sent}, sent, world), *found])
    place = _allowed(sent.pop("Priority", len(found)), len(found))
    state = "Enabled" if sent.pop("Enabled", True) else "Disabled"
    whole = {**BLANK_RULE, "Name": step.name, "Guid": str(OWNED[step.name]), "State": state, **sent}
    return _stored(world, step.kind, [*found[:place], _checked(step.kind, whole, sent, world), *found[place:]])


def _removed(row: Row, kind: Kind, world: Observation) -> Observation:
    """A connector that a rule names stays (exchange contract §2.3.3)."""
    routes = [str(rule.get("RouteMessageOutboundConnector")) for rule in rows(world, Kind.TRANSPORT_RULE)]
    if kind is Kind.OUTBOUND_CONNECTOR and str(row["Name"]).casefold() in map(str.casefold, routes):
        raise RefusedError("a rule uses the connector")
    return _stored(world, kind, [other for other in rows(world, kind) if other is not row])


def _replaced(world: Observation, kind: Kind, old: Row, new: Row) -> Observation:
    return {**world, kind: Complete(tuple(new if row is old else row for row in rows(world, kind)))}


def _allowed(place: object, most: int) -> int:
    if not isinstance(place, int) or not 0 <= place <= most:
        raise RefusedError("The specified rule priority is invalid.")
    return place


def _checked(kind: Kind, row: Row, sent: Mapping[str, object], world: Observation) -> Row:
    if kind is not Kind.TRANSPORT_RULE:
        return row
    if "Enabled" in sent or sent.keys() - BLANK_RULE.keys():
        raise RefusedError(f"no such parameter among {sorted(sent)}")
    if any(BLANK_RULE[name] is False and not isinstance(value, bool) for name, value in sent.items()):
        raise RefusedError("a Boolean parameter takes true or false")
    pair = ("HeaderContainsMessageHeader", "HeaderContainsWords")
    if any(name in sent for name in pair) and not all(name in sent for name in pair):
        raise RefusedError("header and words go together")
    route = sent.get("RouteMessageOutboundConnector")
    if route and route not in [other["Name"] for other in rows(world, Kind.OUTBOUND_CONNECTOR)]:
        raise RefusedError("no such connector")
    return _with_classes(row)


def _kept(name: str, value: object) -> object:
    """The form in which Exchange keeps and shows what was sent: other spelling, other order, same meaning."""
    if isinstance(value, Secret):
        return value.reveal
    if name == "SenderDomains":
        return [f"smtp:{word};1" for word in value] if isinstance(value, tuple) else value
    if isinstance(value, tuple):
        found = [word.reveal if isinstance(word, Secret) else str(word) for word in value]
        return found if name == "ArcTrustedSealers" else [word.upper() for word in reversed(found)]
    return value
