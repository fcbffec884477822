"""Inbound and outbound connectors.

Source: exchange contract §2.1 (inbound), §2.2 (enhanced filtering), §2.3 (outbound, in-use protection), §2.11.
"""

from ipaddress import ip_address, ip_network

from local.twin.catalogue import Change, Values
from local.twin.refusals import Refused, already_exists, argument, still_referenced
from local.twin.results import Result, listed
from local.twin.state import Row, TenantState, blank, find, is_taken, required
from local.twin.switches import OutboundFilter, RestrictedInbound

LONGEST_NAME = 64
INBOUND, OUTBOUND = "InboundConnector", "OutboundConnector"
_NOT_PROPERTIES = frozenset({"Identity", "Confirm", "WhatIf"})
_SHORTEST_PREFIX = 24
_BORN_OFF = "Inbound connector for this service offering is created in a disabled state. Contact Support to enable it."
_STAYS_OFF = "For this service offering, you can't enable an inbound connector. Contact Support to enable it."
_PROHIBITED = Refused(
    400,
    "Microsoft.Exchange.Management.Tasks.OrganizationInboundConnectorProhibitedException",
    "For this service offering you can't create or update inbound connectors in your organization.",
)


def rows_of(tenant: TenantState, noun: str) -> list[Row]:
    """The tenant's connectors of one kind."""
    return tenant.inbound if noun == INBOUND else tenant.outbound


def get_connectors(tenant: TenantState, values: Values, noun: str) -> Result:
    """``Get-InboundConnector``, ``Get-OutboundConnector``."""
    found = listed(rows_of(tenant, noun), values, tenant.switches.unknown_identity)
    if noun == INBOUND:
        return found
    scoped, testing = values.get("IsTransportRuleScoped"), values.get("IncludeTestModeConnectors")
    if scoped is None and tenant.switches.outbound_filter is OutboundFilter.UNSCOPED_ONLY:
        scoped = False
    rows = [
        row
        for row in found.rows
        if (scoped is None or row["IsTransportRuleScoped"] is scoped) and (testing is not False or not row["TestMode"])
    ]
    return Result(rows, found.warnings)


def new_connector(tenant: TenantState, values: Values, noun: str) -> Result:
    """``New-InboundConnector``, ``New-OutboundConnector``."""
    name = str(values["Name"])
    _check_name(name)
    if is_taken(rows_of(tenant, noun), name):
        raise already_exists(noun, name)
    row = blank(noun)
    _fill(row, values)
    warnings = _checked(tenant, row, noun, _BORN_OFF)
    row["Guid"] = row["ExchangeObjectId"] = tenant.new_guid()
    tenant.describe(row, "Transport Settings")
    tenant.stamp(row, created=True)
    rows_of(tenant, noun).append(row)
    return Result([row], warnings)


def set_connector(tenant: TenantState, values: Values, noun: str) -> Result:
    """``Set-InboundConnector``, ``Set-OutboundConnector``."""
    old = required(rows_of(tenant, noun), values["Identity"])
    new = dict(old)
    _fill(new, values)
    _check_name(new["Name"])
    if is_taken(rows_of(tenant, noun), new["Name"], by_other_than=old):
        raise already_exists(noun, new["Name"])
    warnings = _checked(tenant, new, noun, _STAYS_OFF)
    if noun == OUTBOUND and (
        new["Name"] != old["Name"]
        or (old["Enabled"] and not new["Enabled"])
        or (old["IsTransportRuleScoped"] and not new["IsTransportRuleScoped"])
    ):
        _check_unused(tenant, old)
    if new == old:
        unchanged = f"The command completed successfully but no settings of '{old['Name']}' have been modified."
        return Result([], [*warnings, unchanged])
    old.update(new)
    tenant.describe(old, "Transport Settings")
    tenant.stamp(old)
    return Result([], warnings)


def remove_connector(tenant: TenantState, values: Values, noun: str) -> Result:
    """``Remove-InboundConnector``, ``Remove-OutboundConnector``."""
    row = required(rows_of(tenant, noun), values["Identity"])
    if noun == OUTBOUND:
        _check_unused(tenant, row)
    rows_of(tenant, noun).remove(row)
    return Result()


def routed(tenant: TenantState, identity: str) -> str:
    """The name of the connector that a rule names: rules keep it by name.

    Raises:
        Refused: There is none.
    """
    row = find(tenant.outbound, identity)
    if row is None and tenant.switches.server_rules:
        raise argument("RouteMessageOutboundConnector", f"The connector '{identity}' couldn't be found.")
    return identity if row is None else str(row["Name"])


def _fill(row: Row, values: Values) -> None:
    for name, value in values.items():
        if name not in _NOT_PROPERTIES:
            new = value.applied(row[name]) if isinstance(value, Change) else value
            row[name] = [_sender(word) for word in new] if name == "SenderDomains" and isinstance(new, list) else new


def _sender(word: str) -> str:
    """An address space as it reads back: type, domain, cost (seen live)."""
    return word if word.startswith("smtp:") else f"smtp:{word};1"


def _check_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise argument("Name", f"The length of the name must be from 1 to {LONGEST_NAME}.")


def _check_unused(tenant: TenantState, row: Row) -> None:
    used = any(rule["RouteMessageOutboundConnector"] == row["Name"] for rule in tenant.rules)
    if used and tenant.switches.server_rules:
        raise still_referenced(row["Name"])


def _checked(tenant: TenantState, row: Row, noun: str, warning: str) -> list[str]:
    if noun == OUTBOUND:
        if not row["UseMXRecord"] and not row["SmartHosts"]:
            raise argument("SmartHosts", "Smart hosts are required when MX records are not used.")
        return []
    if tenant.switches.restricted_inbound is RestrictedInbound.PROHIBITED:
        raise _PROHIBITED
    _check_addresses(row)
    on_premises = row["ConnectorType"] == "OnPremises"
    if row["TreatMessagesAsInternal"] and (not on_premises or row["CloudServicesMailEnabled"]):
        raise argument("TreatMessagesAsInternal", "It is for OnPremises connectors without cloud services mail.")
    if on_premises and row["Enabled"] and tenant.switches.restricted_inbound is RestrictedInbound.CREATED_DISABLED:
        row["Enabled"] = False
        return [warning]
    return []


def _check_addresses(row: Row) -> None:
    for word in row["SenderIPAddresses"]:
        if _prefix(word, version=4) < _SHORTEST_PREFIX:
            raise argument("SenderIPAddresses", f"'{word}' is no IPv4 address or CIDR block from /24 to /32.")
    for word in row["EFSkipIPs"]:
        if any(_prefix(part) < 0 for part in word.split("-", 1)):
            raise argument("EFSkipIPs", f"'{word}' is no IP address, range or CIDR block.")


def _prefix(word: str, version: int | None = None) -> int:
    """The prefix length of an address or block; -1 where it is none."""
    try:
        block = ip_network(word.strip(), strict=False) if "/" in word else ip_network(ip_address(word.strip()))
    except ValueError:
        return -1
    return block.prefixlen if version in (None, block.version) else -1
