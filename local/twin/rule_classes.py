"""What a rule does, as the three lists of .NET classes that Exchange shows beside the flat properties.

Source: exchange contract §2.4.2; names seen live where there were any, by their pattern otherwise (inferred).
"""

from collections.abc import Mapping
from functools import cache

from local.twin.state import Row, blank

_TASKS = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks"
_TOGETHER: Mapping[str, str] = {
    "ADComparisonAttribute": "ADAttributeComparison",
    "ADComparisonOperator": "ADAttributeComparison",
    "ApplyHtmlDisclaimerFallbackAction": "ApplyDisclaimer",
    "ApplyHtmlDisclaimerLocation": "ApplyDisclaimer",
    "ApplyHtmlDisclaimerText": "ApplyDisclaimer",
    "ApplyRightsProtectionTemplate": "RightsProtectMessage",
    "BetweenMemberOf1": "BetweenMemberOf",
    "BetweenMemberOf2": "BetweenMemberOf",
    "HeaderContainsMessageHeader": "HeaderContains",
    "HeaderContainsWords": "HeaderContains",
    "HeaderMatchesMessageHeader": "HeaderMatches",
    "HeaderMatchesPatterns": "HeaderMatches",
    "IncidentReportContent": "GenerateIncidentReport",
    "ManagerAddresses": "ManagerIs",
    "ManagerForEvaluatedUser": "ManagerIs",
    "RejectMessageEnhancedStatusCode": "RejectMessage",
    "RejectMessageReasonText": "RejectMessage",
    "SetHeaderName": "SetHeader",
    "SetHeaderValue": "SetHeader",
    "SmtpRejectMessageRejectStatusCode": "SmtpRejectMessage",
    "SmtpRejectMessageRejectText": "SmtpRejectMessage",
}
"""Properties that are one class together."""

_EXCEPT = "ExceptIf"
_FIRST_ACTION, _LAST_ACTION = "PrependSubject", "GenerateNotification"


def is_used(value: object) -> bool:
    """Whether a property of a rule says anything."""
    return value not in (None, False, "", [])


def acts(row: Row) -> bool:
    """Whether the rule has an action; to stop the processing of further rules is one."""
    return any(is_used(row[name]) for name in _in_order()) or row["StopRuleProcessing"] is True


def class_lists(row: Row, *, with_stop: bool = False) -> dict[str, list[str] | None]:
    """The rule's ``Conditions``, ``Exceptions`` and ``Actions``; ``None`` where it has none.

    Args:
        row: The rule.
        with_stop: The end of rule processing is a class as well.
    """
    lists: dict[str, dict[str, None]] = {"Conditions": {}, "Exceptions": {}, "Actions": {}}
    places = _places()
    # Most of the two hundred properties say nothing: they are passed over as fast as that goes.
    for name, value in row.items():
        if value and name in places:
            which, class_name = places[name]
            lists[which][class_name] = None
    if with_stop and row["StopRuleProcessing"] is True:
        lists["Actions"][_class("StopRuleProcessing", "Action")] = None
    return {which: list(classes) or None for which, classes in lists.items()}


@cache
def actions() -> frozenset[str]:
    """The properties of a rule that act on mail."""
    return frozenset(_in_order())


@cache
def _in_order() -> tuple[str, ...]:
    names = list(blank("TransportRule"))
    listed = names[names.index(_FIRST_ACTION) : names.index(_LAST_ACTION) + 1]
    return tuple(name for name in listed if name != "StopRuleProcessing")


@cache
def _places() -> dict[str, tuple[str, str]]:
    """For each property of a rule that is shown as a class: in which list, and as which class."""
    names = list(blank("TransportRule"))
    conditions = {name: ("Conditions", _class(name, "Predicate")) for name in names if f"{_EXCEPT}{name}" in names}
    exceptions = {
        name: ("Exceptions", _class(name.removeprefix(_EXCEPT), "Predicate"))
        for name in names
        if name.startswith(_EXCEPT)
    }
    return {**conditions, **exceptions, **{name: ("Actions", _class(name, "Action")) for name in _in_order()}}


def _class(name: str, ending: str) -> str:
    return f"{_TASKS}.{_TOGETHER.get(name, name)}{ending}"
