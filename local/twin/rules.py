"""Transport rules: a list in which a rule's place is its priority.

Source: exchange contract §2.4 (parameters, object, state changes, priority).
"""

from local.twin.catalogue import Change, Values
from local.twin.connectors import routed
from local.twin.positions import NewRules, StopClass
from local.twin.refusals import Refused, argument, bad_priority
from local.twin.results import Result, listed
from local.twin.rule_classes import acts, class_lists, is_used
from local.twin.state import Row, TenantState, blank, checked_name, filled, is_taken, required

_NOT_PROPERTIES = frozenset({"Identity", "Enabled", "Priority", "Confirm", "WhatIf", "NotifySender"})
_CONTAINER = "CN=TransportVersioned,CN=Rules,CN=Transport Settings"
MOST_RULES, _LONGEST_COMMENT = 300, 1024
_PAIRS = (
    ("HeaderContainsMessageHeader", "HeaderContainsWords"),
    ("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"),
    ("ExceptIfHeaderContainsMessageHeader", "ExceptIfHeaderContainsWords"),
    ("ExceptIfHeaderMatchesMessageHeader", "ExceptIfHeaderMatchesPatterns"),
    ("SetHeaderName", "SetHeaderValue"),
)


def get_rules(tenant: TenantState, values: Values) -> Result:
    """``Get-TransportRule``: in the order of priority."""
    if values.get("Filter"):
        raise argument("Filter", "The twin evaluates no filters.")
    state = values.get("State")
    unknown = tenant.switches.unknown_identity
    found = listed(tenant.rules, values, unknown, lambda row: state in (None, row["State"]))
    return Result([seen(tenant, row) for row in found.rows], found.warnings)


def seen(tenant: TenantState, row: Row) -> Row:
    """A rule as it reads back: with its place, and with what it does as lists of classes."""
    place = next(number for number, rule in enumerate(tenant.rules) if rule is row)
    stops = tenant.switches.stop_class is StopClass.LISTED
    return {**row, "Priority": place, **class_lists(row, with_stop=stops)}


def new_rule(tenant: TenantState, values: Values, actor: str) -> Result:
    """``New-TransportRule``: on unless it is told otherwise, at the bottom unless it is told where."""
    if len(tenant.rules) >= MOST_RULES:
        text = f"The number of transport rules has reached the limit of {MOST_RULES}."
        raise Refused(400, "System.InvalidOperationException", text)
    row = blank("TransportRule")
    row["Name"], row["CreatedBy"], row["LastModifiedBy"] = values["Name"], actor, actor
    unsaid = tenant.switches.new_rules is NewRules.ON
    row["State"] = "Enabled" if values.get("Enabled", unsaid) is True else "Disabled"
    _fill(tenant, row, values)
    _check(tenant, row, row)
    place = _place(values.get("Priority", len(tenant.rules)), len(tenant.rules))
    row["Guid"] = row["ImmutableId"] = tenant.new_guid()
    tenant.describe(row, _CONTAINER)
    tenant.stamp(row)
    tenant.rules.insert(place, row)
    return Result([seen(tenant, row)])


def set_rule(tenant: TenantState, values: Values, actor: str) -> Result:
    """``Set-TransportRule``; it moves a rule and never switches it."""
    old = required(tenant.rules, values["Identity"])
    new = dict(old)
    _fill(tenant, new, values)
    _check(tenant, new, old)
    if "Priority" in values:
        place = _place(values["Priority"], len(tenant.rules) - 1)
        tenant.rules[:] = [rule for rule in tenant.rules if rule is not old]
        tenant.rules.insert(place, old)
    if new != old:
        _touch(tenant, old, new, actor)
    return Result()


def switch_rule(tenant: TenantState, values: Values, actor: str, state: str) -> Result:
    """``Enable-TransportRule``, ``Disable-TransportRule``."""
    row = required(tenant.rules, values["Identity"])
    new = {**row, "State": state, "Mode": values.get("Mode") or row["Mode"]}
    if new != row:
        _touch(tenant, row, new, actor)
    return Result()


def remove_rule(tenant: TenantState, values: Values) -> Result:
    """``Remove-TransportRule``: the rules below move up."""
    row = required(tenant.rules, values["Identity"])
    tenant.rules[:] = [rule for rule in tenant.rules if rule is not row]
    return Result()


def _touch(tenant: TenantState, row: Row, new: Row, actor: str) -> None:
    row.update(new)
    row["LastModifiedBy"] = actor
    tenant.describe(row, _CONTAINER)
    tenant.stamp(row)


def _fill(tenant: TenantState, row: Row, values: Values) -> None:
    for name, value in values.items():
        if name not in _NOT_PROPERTIES:
            new = value.applied(row[name] or []) if isinstance(value, Change) else value
            new = filled("TransportRule", name, new or None if isinstance(new, list) else new)
            routes = name == "RouteMessageOutboundConnector" and new is not None
            row[name] = routed(tenant, str(new)) if routes else new


def _check(tenant: TenantState, row: Row, itself: Row) -> None:
    name = checked_name(row["Name"])
    if is_taken(tenant.rules, name, by_other_than=itself):
        raise argument("Name", f"A rule with the name '{name}' already exists.")
    if len(row["Comments"] or "") > _LONGEST_COMMENT:
        raise argument("Comments", f"The length of the comments must be at most {_LONGEST_COMMENT}.")
    if not acts(row):
        text = "To be valid, all rules have to include at least one action. Please specify an action."
        raise argument("Actions", text)
    for left, right in _PAIRS if tenant.switches.server_rules else ():
        if is_used(row[left]) is not is_used(row[right]):
            raise argument(left, f"{left} and {right} must be specified together.")


def _place(priority: object, last: int) -> int:
    if not isinstance(priority, int) or not 0 <= priority <= last:
        raise bad_priority()
    return priority
