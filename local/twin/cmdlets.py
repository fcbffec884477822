"""Every cmdlet that the twin runs, by name."""

from collections.abc import Callable, Mapping
from functools import partial

from local.twin.arc import get_arc, set_arc
from local.twin.catalogue import Values, bind
from local.twin.connectors import INBOUND, OUTBOUND, get_connectors, new_connector, remove_connector, set_connector
from local.twin.domains import get_domains
from local.twin.organisation import ENABLE, check_hydrated, enable_customization, get_organisation
from local.twin.refusals import AccessDenied
from local.twin.replicas import before_write, is_remembered, read_from
from local.twin.results import Result
from local.twin.rules import get_rules, new_rule, remove_rule, set_rule, switch_rule
from local.twin.state import TenantState

Run = Callable[[TenantState, Values, str], Result]


def _connector(noun: str) -> dict[str, Run]:
    verbs = {"Get": get_connectors, "New": new_connector, "Set": set_connector, "Remove": remove_connector}
    return {f"{verb}-{noun}": partial(_without_actor, partial(run, noun=noun)) for verb, run in verbs.items()}


def _without_actor(run: Callable[[TenantState, Values], Result], tenant: TenantState, values: Values, _: str) -> Result:
    return run(tenant, values)


_RUNS: Mapping[str, Run] = {
    **_connector(INBOUND),
    **_connector(OUTBOUND),
    "Get-TransportRule": partial(_without_actor, get_rules),
    "New-TransportRule": new_rule,
    "Set-TransportRule": set_rule,
    "Enable-TransportRule": partial(switch_rule, state="Enabled"),
    "Disable-TransportRule": partial(switch_rule, state="Disabled"),
    "Remove-TransportRule": partial(_without_actor, remove_rule),
    "Get-ArcConfig": lambda tenant, _values, _actor: get_arc(tenant),
    "Set-ArcConfig": partial(_without_actor, set_arc),
    ENABLE: partial(_without_actor, enable_customization),
    "Get-OrganizationConfig": partial(_without_actor, get_organisation),
    "Get-AcceptedDomain": partial(_without_actor, get_domains),
}


def known() -> tuple[str, ...]:
    """The names of all cmdlets."""
    return tuple(_RUNS)


def spelled(cmdlet: str) -> str:
    """The exact name of a cmdlet that may be written in any case.

    Raises:
        AccessDenied: There is none.
    """
    for name in _RUNS:
        if name.casefold() == cmdlet.casefold():
            return name
    raise AccessDenied


def run(
    tenant: TenantState, cmdlet: str, parameters: Mapping[str, object], actor: str, *, is_stale: bool = False
) -> Result:
    """Run a cmdlet on a tenant; it runs wholly or not at all.

    Args:
        tenant: Where.
        cmdlet: Its exact name.
        parameters: As they came over the wire.
        actor: Who did it, for the object's own record.
        is_stale: A read shows what was there before the last write.

    Raises:
        Refused: It did not run.
    """
    values = bind(cmdlet, parameters)
    if values.get("Confirm") is True:
        # Confirm is a dry run over the wire: nothing happens (exchange contract §1.2, a shipping client).
        return Result(confirmation=f"Are you sure you want to perform this action? {cmdlet}")
    if values.get("WhatIf") is True:
        # What it does over the wire is unknown; in PowerShell nothing happens (exchange contract §1.2).
        return Result()
    check_hydrated(tenant, cmdlet)
    if cmdlet.startswith("Get-"):
        return _RUNS[cmdlet](read_from(tenant, is_stale=is_stale), values, actor)
    past = before_write(tenant) if is_remembered(tenant) else None
    result = _RUNS[cmdlet](tenant, values, actor)
    if past is not None:
        tenant.past.append(past)
    return result
