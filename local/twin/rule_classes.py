"""What a rule does, as the three lists of .NET classes that Exchange shows beside the flat properties.

Source: exchange contract §2.4.2; names seen live where there were any, by their pattern otherwise (inferred).
"""

from collections.abc import Iterable, Mapping
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

_FIRST_ACTION, _LAST_ACTION = "PrependSubject", "GenerateNotification"


def is_used(value: object) -> bool:
    """Whether a property of a rule says anything."""
    return value not in (None, False, "", [])


def acts(row: Row) -> bool:
    """Whether the rule has an action; to stop the processing of further rules is one."""
    return bool(_used(row, _in_order())) or row["StopRuleProcessing"] is True


def class_lists(row: Row, *, with_stop: bool = False) -> dict[str, list[str] | None]:
    """The rule's ``Conditions``, ``Exceptions`` and ``Actions``; ``None`` where it has none.

    Args:
        row: The rule.
        with_stop: The end of rule processing is a class as well.
    """
    conditions = [name for name in row if f"ExceptIf{name}" in row]
    exceptions = [name for name in row if name.startswith("ExceptIf")]
    return {
        "Conditions": _classes(_used(row, conditions), "Predicate"),
        "Exceptions": _classes((name.removeprefix("ExceptIf") for name in _used(row, exceptions)), "Predicate"),
        "Actions": _classes([*_used(row, _in_order()), *_used(row, ("StopRuleProcessing",) * with_stop)], "Action"),
    }


@cache
def actions() -> frozenset[str]:
    """The properties of a rule that act on mail."""
    return frozenset(_in_order())


@cache
def _in_order() -> tuple[str, ...]:
    names = list(blank("TransportRule"))
    listed = names[names.index(_FIRST_ACTION) : names.index(_LAST_ACTION) + 1]
    return tuple(name for name in listed if name != "StopRuleProcessing")


def _used(row: Row, names: Iterable[str]) -> list[str]:
    return [name for name in names if is_used(row[name])]


def _classes(names: Iterable[str], ending: str) -> list[str] | None:
    found = dict.fromkeys(f"{_TASKS}.{_TOGETHER.get(name, name)}{ending}" for name in names)
    return list(found) or None
