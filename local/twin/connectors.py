"""Inbound and outbound connectors.

Source: exchange contract §2.1 (inbound), §2.2 (enhanced filtering), §2.3 (outbound, in-use protection), §2.11.
"""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network, summarize_address_range

from local.twin.catalogue import Change, Values
from local.twin.leftovers import leftovers
from local.twin.positions import OutboundFilter, RestrictedInbound
from local.twin.refusals import Refused, already_exists, argument, still_referenced
from local.twin.results import Result, listed
from local.twin.state import Row, TenantState, blank, checked_name, filled, find, is_taken, required

INBOUND, OUTBOUND = "InboundConnector", "OutboundConnector"
_NOT_PROPERTIES = frozenset({"Identity", "Confirm", "WhatIf", "LinkForModifiedConnector"})
_CONTAINER = "CN=Transport Settings"
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
    unknown = tenant.switches.unknown_identity
    if noun == INBOUND:
        return listed(tenant.inbound, values, unknown)
    default = None if tenant.switches.outbound_filter is OutboundFilter.ALL else False
    scoped, testing = values.get("IsTransportRuleScoped", default), values.get("IncludeTestModeConnectors", default)
    return listed(
        [*tenant.outbound, *leftovers(tenant, _CONTAINER)],
        values,
        unknown,
        lambda row: scoped in (None, row["IsTransportRuleScoped"]) and not (testing is False and row["TestMode"]),
    )


def new_connector(tenant: TenantState, values: Values, noun: str) -> Result:
    """``New-InboundConnector``, ``New-OutboundConnector``."""
    name = checked_name(values["Name"])
    if is_taken(rows_of(tenant, noun), name):
        raise already_exists(noun, name)
    row = blank(noun)
    _fill(noun, row, values)
    _check(tenant, row, noun)
    warnings = _restricted(tenant, row, None, noun)
    row["Guid"] = row["ExchangeObjectId"] = tenant.new_guid()
    tenant.describe(row, _CONTAINER)
    tenant.stamp(row, created=True)
    rows_of(tenant, noun).append(row)
    return Result([row], warnings)


def set_connector(tenant: TenantState, values: Values, noun: str) -> Result:
    """``Set-InboundConnector``, ``Set-OutboundConnector``."""
    old = required(rows_of(tenant, noun), values["Identity"])
    new = dict(old)
    _fill(noun, new, values)
    if is_taken(rows_of(tenant, noun), checked_name(new["Name"]), by_other_than=old):
        raise already_exists(noun, new["Name"])
    _check(tenant, new, noun)
    warnings = _restricted(tenant, new, old, noun)
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
    tenant.describe(old, _CONTAINER)
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


def _fill(noun: str, row: Row, values: Values) -> None:
    for name, value in values.items():
        if name not in _NOT_PROPERTIES:
            spell = _SPELLINGS.get(name, str)
            if isinstance(value, Change):
                change = Change(tuple(map(spell, value.add)), tuple(map(spell, value.remove)))
                row[name] = change.applied(row[name])
            elif isinstance(value, list):
                row[name] = Change(tuple(map(spell, value)), ()).applied([])
            elif name == "LastValidationTimestamp" and isinstance(value, str):
                row[name] = _zoneless(value)
            else:
                row[name] = filled(noun, name, value)


def _sender(word: str) -> str:
    """An address space as it reads back: type, domain, cost (seen live)."""
    typed = word if word.startswith("smtp:") else f"smtp:{word}"
    return typed if ";" in typed else f"{typed};1"


def _zoneless(moment: str) -> str:
    """A moment in UTC with seven digits and without a zone (seen live)."""
    read = datetime.fromisoformat(moment)
    utc = read.astimezone(UTC) if read.tzinfo else read
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%f0")


_SPELLINGS = {"SenderDomains": _sender}


def _check_unused(tenant: TenantState, row: Row) -> None:
    used = any(rule["RouteMessageOutboundConnector"] == row["Name"] for rule in tenant.rules)
    if used and tenant.switches.server_rules:
        raise still_referenced(row["Name"])


def _check(tenant: TenantState, row: Row, noun: str) -> None:
    if noun == OUTBOUND:
        _check_outbound(row, is_strict=tenant.switches.server_rules)
        return
    if tenant.switches.restricted_inbound is RestrictedInbound.PROHIBITED:
        raise _PROHIBITED
    _check_addresses(row)
    if row["TreatMessagesAsInternal"] and (row["ConnectorType"] != "OnPremises" or row["CloudServicesMailEnabled"]):
        raise argument("TreatMessagesAsInternal", "It is for OnPremises connectors without cloud services mail.")


def _check_outbound(row: Row, *, is_strict: bool) -> None:
    if not row["UseMXRecord"] and not row["SmartHosts"]:
        raise argument("SmartHosts", "Smart hosts are required when MX records are not used.")
    if row["UseMXRecord"] and is_strict:
        if row["ConnectorType"] == "OnPremises":
            raise argument("UseMXRecord", "An OnPremises connector uses smart hosts, not MX records.")
        row["SmartHosts"] = []


def _restricted(tenant: TenantState, row: Row, old: Row | None, noun: str) -> list[str]:
    """Leave a connector off that a restricted tenant would turn on; one that is on already stays on."""
    restriction = tenant.switches.restricted_inbound
    if noun == OUTBOUND or restriction in (RestrictedInbound.NO, RestrictedInbound.PROHIBITED):
        return []
    if not _relays(row) or (old is not None and _relays(old)):
        return []
    row["Enabled"] = False
    if restriction is RestrictedInbound.DISABLED_SILENTLY:
        return []
    return [_BORN_OFF if old is None else _STAYS_OFF]


def _relays(row: Row) -> bool:
    return row["ConnectorType"] == "OnPremises" and row["Enabled"] is True


def _check_addresses(row: Row) -> None:
    for word in row["SenderIPAddresses"]:
        if _prefix(word, version=4) < _SHORTEST_PREFIX:
            raise argument("SenderIPAddresses", f"'{word}' is no IPv4 address or CIDR block from /24 to /32.")
    for word in row["EFSkipIPs"]:
        if _prefix(word) < 0 and not _is_range(word):
            raise argument("EFSkipIPs", f"'{word}' is no IP address, range or CIDR block.")


def _is_range(word: str) -> bool:
    try:
        next(summarize_address_range(*(ip_address(part.strip()) for part in word.split("-", 1))))
    except (TypeError, ValueError):
        return False
    return True


def _prefix(word: str, version: int | None = None) -> int:
    """The prefix length of an address or block; -1 where it is none."""
    try:
        block = ip_network(word.strip(), strict=False) if "/" in word else ip_network(ip_address(word.strip()))
    except ValueError:
        return -1
    return block.prefixlen if version in (None, block.version) else -1
