"""Questions 3, 4 and 8: what is refused between rules and connectors, and how our pair of rules reads back."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from local.probe.evidence import Seen, Unsettled
from local.probe.judgement import Judge, Question, reaction, unsettled
from local.probe.own import HEADER, HOST, WORD, Own
from local.probe.questions_inbound import INBOUND_OFF, inbound
from local.probe.steps import EVERYTHING, Step
from shared.domain.resources import Item, Kind

_NEW_IN, _NEW_OUT, _NEW_RULE = "New-InboundConnector", "New-OutboundConnector", "New-TransportRule"

OUTBOUND_OFF: Mapping[str, object] = MappingProxyType(
    {
        "ConnectorType": "Partner",
        "UseMXRecord": False,
        "SmartHosts": [HOST],
        "IsTransportRuleScoped": True,
        "CloudServicesMailEnabled": False,
        "Enabled": False,
    }
)
_NO_MAIL: Mapping[str, object] = MappingProxyType(
    {
        # A rule without a condition is for all mail: ours is for none, even if it were on.
        "HeaderContainsMessageHeader": HEADER,
        "HeaderContainsWords": [WORD],
        "Mode": "Enforce",
        "Enabled": False,
    }
)


def outbound(word: str) -> Own:
    """An outbound connector of the probe."""
    return Own(Kind.OUTBOUND_CONNECTOR, word)


def _rule(word: str) -> Own:
    return Own(Kind.TRANSPORT_RULE, word)


_TWICE_IN, _TWICE_OUT, _TWICE_RULE = inbound("twice-in"), outbound("twice-out"), _rule("twice-rule")
_IN: Mapping[str, object] = {"Name": _TWICE_IN, **INBOUND_OFF}
_OUT: Mapping[str, object] = {"Name": _TWICE_OUT, **OUTBOUND_OFF}
_RULE: Mapping[str, object] = {"Name": _TWICE_RULE, **_NO_MAIL, "RouteMessageOutboundConnector": _TWICE_OUT}
_AGAIN = "The same once more: it is expected to be refused. A second object of that name would be removed as well."

REFUSALS = Question(
    3,
    "Refusals: a duplicate rule, a duplicate connector, a connector in use, too many rules",
    (
        Step("refusals-inbound", _NEW_IN, _IN),
        Step("duplicate-inbound-connector", _NEW_IN, _IN, _AGAIN),
        Step("refusals-outbound", _NEW_OUT, _OUT),
        Step("duplicate-outbound-connector", _NEW_OUT, _OUT, _AGAIN),
        Step("refusals-rule", _NEW_RULE, _RULE),
        Step("duplicate-transport-rule", _NEW_RULE, _RULE, _AGAIN),
        Step(
            "connector-in-use-unscoped",
            "Set-OutboundConnector",
            {"Identity": _TWICE_OUT, "IsTransportRuleScoped": False},
            "A rule of the probe uses the connector: it is expected to be refused.",
        ),
        Step(
            "connector-in-use-removed",
            "Remove-OutboundConnector",
            {"Identity": _TWICE_OUT},
            "A rule of the probe uses the connector: it is expected to be refused.",
        ),
    ),
    (
        ("duplicate inbound connector", reaction("duplicate-inbound-connector")),
        ("duplicate outbound connector", reaction("duplicate-outbound-connector")),
        ("duplicate rule", reaction("duplicate-transport-rule")),
        ("unscoping a connector in use", reaction("connector-in-use-unscoped")),
        ("removing a connector in use", reaction("connector-in-use-removed")),
        ("too many rules", unsettled("the probe does not make 300 rules")),
    ),
)

_ROUTE, _LOOP_CHECK, _REDIRECT = outbound("pair-route"), _rule("pair-loop-check"), _rule("pair-redirect")


def _property(own: Own, *names: str) -> Judge:
    def judge(seen: Seen) -> str:
        # Why an object was not made says more than that it is not there.
        seen.reply(own.word)
        row = seen.row("pair-read", own)
        return ", ".join(f"{name} {json.dumps(row.get(name, 'absent'), ensure_ascii=False)}" for name in names)

    return judge


PAIR = Question(
    4,
    "How a pair of Loop Check and Redirect reads back",
    (
        Step("pair-connector", _NEW_OUT, {"Name": _ROUTE, **OUTBOUND_OFF}),
        Step(
            "pair-loop-check",
            _NEW_RULE,
            {"Name": _LOOP_CHECK, **_NO_MAIL, "RemoveHeader": HEADER, "StopRuleProcessing": True},
        ),
        Step("pair-redirect", _NEW_RULE, {"Name": _REDIRECT, **_NO_MAIL, "RouteMessageOutboundConnector": _ROUTE}),
        Step("pair-read", "Get-TransportRule", EVERYTHING),
    ),
    (
        ("words", _property(_LOOP_CHECK, "HeaderContainsMessageHeader", "HeaderContainsWords", "RemoveHeader")),
        ("Loop Check", _property(_LOOP_CHECK, "State", "StopRuleProcessing", "Conditions", "Exceptions", "Actions")),
        ("route", _property(_REDIRECT, "RouteMessageOutboundConnector")),
        ("Redirect", _property(_REDIRECT, "State", "Conditions", "Exceptions", "Actions")),
    ),
)


def _stops(seen: Seen) -> str:
    found = [row for row in seen.reply("loop-check-read").rows if row.get("Name") == Item.LOOP_CHECK.value]
    if not found:
        raise Unsettled(f"this tenant has no rule {Item.LOOP_CHECK.value}")
    stops = found[0].get("StopRuleProcessing")
    return f"{'yes' if stops is True else 'no'}; it counts only where the vendor's own setup made the rule, not we"


LOOP_CHECK = Question(
    8,
    "Whether Loop Check of the shipped product stops rule processing",
    (Step("loop-check-read", "Get-TransportRule", EVERYTHING),),
    (("", _stops),),
)
