"""What a tenant's rules do to one message.

Source: exchange contract §2.4 (order, state, mode, dates, stop).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from local.twin.mailflow.assumptions import TwoRoutes
from local.twin.mailflow.conditions import applies
from local.twin.mailflow.filter import STAMP
from local.twin.mailflow.message import Message
from local.twin.mailflow.organisation import Organisation, Row, in_force, text
from local.twin.rule_classes import actions, is_used

_REMOVES = frozenset(
    {
        "DeleteMessage",
        "Disconnect",
        "RejectMessageEnhancedStatusCode",
        "RejectMessageReasonText",
        "SmtpRejectMessageRejectStatusCode",
        "SmtpRejectMessageRejectText",
    }
)
_DIVERTS = frozenset({"RedirectMessageTo", "Quarantine", "ModerateMessageByUser", "ModerateMessageByManager"})
_COPIES = frozenset({"CopyTo", "BlindCopyTo", "AddToRecipients", "AddManagerAsRecipientType"})
_HANDLED = frozenset({"RemoveHeader", "RouteMessageOutboundConnector", "StopRuleProcessing", "SetAuditSeverity"})
"""Actions of the two rules of ours, and one that does nothing to mail."""


@dataclass(frozen=True)
class Outcome:
    """What the rules left of a message.

    Attributes:
        message: As it goes on.
        connector: The outbound connector that it is to take; empty for none.
        routed_by: The rule that said so.
        removed_by: The rule that deleted, refused or diverted it; empty where it goes on.
        copied_by: Rules that send a copy to somebody else.
        altered_by: Rules that do something else to it.
        stopped_by: The rule that ended the processing.
    """

    message: Message
    connector: str = ""
    routed_by: str = ""
    removed_by: str = ""
    copied_by: tuple[str, ...] = ()
    altered_by: tuple[str, ...] = ()
    stopped_by: str = ""


def processed(
    organisation: Organisation, message: Message, *, is_inside: bool, now: datetime, two_routes: TwoRoutes
) -> Outcome:
    """Let a tenant's rules act on a message, in their order.

    Args:
        organisation: Whose rules.
        message: What came.
        is_inside: It counts as sent from inside the tenant.
        now: The time, for rules with dates.
        two_routes: Which of two routes wins.
    """
    outcome = Outcome(message)
    for rule in organisation.rules:
        if not in_force(rule, now) or not applies(organisation, rule, outcome.message, is_inside=is_inside):
            continue
        outcome = _acted(rule, outcome, two_routes)
        if outcome.removed_by:
            return outcome
        if rule.get("StopRuleProcessing") is True:
            return replace(outcome, stopped_by=text(rule, "Name"))
    return outcome


def _acted(rule: Row, outcome: Outcome, two_routes: TwoRoutes) -> Outcome:
    name, message = text(rule, "Name"), outcome.message
    if header := text(rule, "RemoveHeader"):
        message = message.without(header)
    if header := text(rule, "SetHeaderName"):
        message = message.without(header).bearing(header, text(rule, "SetHeaderValue"))
    outcome = replace(outcome, message=message)
    connector = text(rule, "RouteMessageOutboundConnector")
    if connector and (two_routes is TwoRoutes.LAST or not outcome.connector):
        outcome = replace(outcome, connector=connector, routed_by=name)
    if _says(rule, _COPIES):
        outcome = replace(outcome, copied_by=(*outcome.copied_by, name))
    if _says(rule, actions() - _HANDLED) or text(rule, "RemoveHeader").casefold() not in ("", STAMP.casefold()):
        outcome = replace(outcome, altered_by=(*outcome.altered_by, name))
    return replace(outcome, removed_by=name) if _says(rule, _REMOVES | _DIVERTS) else outcome


def _says(rule: Row, names: frozenset[str]) -> bool:
    return any(is_used(rule.get(name)) for name in names)
