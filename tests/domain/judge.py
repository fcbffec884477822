"""Judges a tenant's mail flow by the article's own words, without asking the product."""

from ipaddress import ip_network

from shared.domain.observation import Observation
from shared.domain.resources import Kind
from shared.domain.tenants import Stage, Tenant
from shared.domain.values import Row
from tests.domain.world import (
    BLANK_RULE,
    CANARY,
    FOREIGN_SEALERS,
    FROM,
    LOOP,
    OWNED,
    REDIRECT,
    SKIP_IPS,
    TO,
    row_of,
    rows,
)

_HEADER = "X-MMCloud-ID"
_RULE_TEXTS = {"Mode", "Conditions", "Exceptions", "Actions"}
_FLAGS_OF_TO = {"Enabled": True, "UseMXRecord": False, "IsTransportRuleScoped": True, "TestMode": False}
_SKIPPED = set(map(ip_network, SKIP_IPS))


def complaints(world: Observation, tenant: Tenant) -> list[str]:
    """Everything that is not as the article says; empty for a perfect tenant."""
    wanted = {LOOP: tenant.stage in (Stage.ACTIVE, Stage.PAUSED), REDIRECT: tenant.stage is Stage.ACTIVE}
    found = [*_from(world, tenant), *_to(world, tenant), *_loop_check(world), *_redirect(world)]
    found += [f"{name} is on: {not on}" for name, on in wanted.items() if is_on(world, name) is not on]
    if "dkim.mailmarshal.cloud" not in [sealer.lower() for sealer in sealers(world)]:
        found.append("the sealer is not trusted")
    if not is_skip_list_right(row_of(world, FROM)):
        found.append("enhanced filtering")
    places = [row["Name"] for row in rows(world, Kind.TRANSPORT_RULE)]
    if places[-2:] != [LOOP, REDIRECT] and not (LOOP in places and places[places.index(LOOP) + 1 :][:1] == [REDIRECT]):
        found.append("Loop Check is not directly above Redirect")
    return found


def is_on(world: Observation, name: str) -> bool:
    """A rule's or a connector's switch."""
    row = row_of(world, name)
    return row is not None and (row.get("State") == "Enabled" or row.get("Enabled") is True)


def is_broken(world: Observation, tenant: Tenant) -> bool:
    """Whether a Redirect that is on would lose or loop mail."""
    loop_check, redirect = row_of(world, LOOP), row_of(world, REDIRECT)
    if loop_check is None or not is_on(world, LOOP) or [*_from(world, tenant), *_to(world, tenant)]:
        return True
    names = [row["Name"] for row in rows(world, Kind.TRANSPORT_RULE)]
    below = redirect is not None and names.index(LOOP) > names.index(REDIRECT)
    return below or bool(_loop_check(world))


def sealers(world: Observation) -> list[str]:
    """The trusted sealers, in order and spelling."""
    found = rows(world, Kind.ARC_CONFIG)
    return str(found[0]["ArcTrustedSealers"]).split(",") if found and found[0]["ArcTrustedSealers"] else []


def foreign(world: Observation) -> tuple[list[Row], list[str]]:
    """All that is not ours: rules in order and connectors, every field but the priority; and the sealers."""
    kinds = [kind for kind in Kind if kind not in (Kind.ARC_CONFIG, Kind.ORGANIZATION_CONFIG)]
    others: list[Row] = [
        {name: value for name, value in row.items() if name != "Priority"}
        for kind in kinds
        for row in rows(world, kind)
        if row.get("Name") not in OWNED
    ]
    return others, [sealer for sealer in sealers(world) if sealer in FOREIGN_SEALERS]


def is_skip_list_right(row: Row | None) -> bool:
    """Enhanced filtering is on for everybody, and looks through the region's addresses."""
    if row is None or row.get("EFSkipLastIP") or row.get("EFUsers") or row.get("EFTestMode"):
        return False
    words = row["EFSkipIPs"]
    assert isinstance(words, list)
    text = ["203.0.113.0/24" if word == "203.0.113.0-203.0.113.255" else str(word) for word in words]
    return {ip_network(word.replace("A:0::", "A::")) for word in text} == _SKIPPED


def _from(world: Observation, tenant: Tenant) -> list[str]:
    row = row_of(world, FROM)
    if row is None:
        return ["From connector is missing"]
    name = str(row["TlsSenderCertificateName"]).lower()
    right = name == f"*.{tenant.region.value}.mailmarshal.cloud" and row["ConnectorType"] == "OnPremises"
    right = right and row["Enabled"] is True and row["SenderDomains"] == ["smtp:*;1"]
    return [] if right else ["From connector"]


def _to(world: Observation, tenant: Tenant) -> list[str]:
    row = row_of(world, TO)
    if row is None:
        return ["To connector is missing"]
    hosts, domain = row["SmartHosts"], str(row["TlsDomain"]).lower().rstrip(".")
    assert isinstance(hosts, list)
    right = [host.lower() for host in hosts] == [f"m365integrated-array-1.{tenant.region.value}.mailmarshal.cloud"]
    right = right and domain == f"*.{tenant.region.value}.mailmarshal.cloud" and row["ConnectorType"] == "Partner"
    return [] if right and all(row[flag] is value for flag, value in _FLAGS_OF_TO.items()) else ["To connector"]


def _used(row: Row) -> dict[str, object]:
    """What a rule says beyond a blank one."""
    return {k: v for k, v in row.items() if k in BLANK_RULE and k not in _RULE_TEXTS and v != BLANK_RULE[k]}


def _loop_check(world: Observation) -> list[str]:
    row = row_of(world, LOOP)
    if row is None:
        return ["Loop Check is missing"]
    used = _used(row)
    words = used.pop("HeaderContainsWords", None)
    right = isinstance(words, list) and [str(word).lower() for word in words] == [CANARY]
    right = right and used == {
        "HeaderContainsMessageHeader": _HEADER,
        "RemoveHeader": _HEADER,
        "StopRuleProcessing": True,
    }
    return [] if right and row["Mode"] == "Enforce" else ["Loop Check"]


def _redirect(world: Observation) -> list[str]:
    row = row_of(world, REDIRECT)
    if row is None:
        return ["Redirect is missing"]
    right = _used(row) == {"RouteMessageOutboundConnector": TO} and row["Mode"] == "Enforce"
    return [] if right else ["Redirect"]
