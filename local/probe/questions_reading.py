"""Questions 2, 5 and 6: what reading brings."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from local.probe.evidence import Seen, Unsettled, worded
from local.probe.judgement import Judge, Question
from local.probe.own import DOMAIN, PREFIX, Own
from local.probe.questions_rules import OUTBOUND_OFF, outbound
from local.probe.steps import Step
from shared.domain.errors import KeeperError

_GET_OUT = "Get-OutboundConnector"


def _arc(seen: Seen) -> str:
    rows = seen.reply("arc-config").rows
    if not rows:
        return "no object, so nothing was ever configured here; its form is to be seen in another tenant"
    value = rows[0].get("ArcTrustedSealers")
    forms = {str: "one text", list: "a list", type(None): "null"}
    form = forms.get(type(value), type(value).__name__) if "ArcTrustedSealers" in rows[0] else "absent"
    identity = json.dumps(rows[0].get("Identity"))
    members = ", ".join(sorted(rows[0]))
    return f"{len(rows)} object, ArcTrustedSealers is {form}; Identity {identity}; members: {members}"


def _never_configured(seen: Seen) -> str:
    if seen.reply("arc-config").rows:
        raise Unsettled("sealers were configured here; ask in a tenant that never had any")
    return "no object"


ARC = Question(
    2,
    "The form of Get-ArcConfig",
    (Step("arc-config", "Get-ArcConfig"),),
    (("form", _arc), ("never configured", _never_configured)),
)

_NOBODY = f"{PREFIX} nothing has this name"


def _unknown(slug: str) -> Judge:
    def judge(seen: Seen) -> str:
        found = seen.at(slug)
        if isinstance(found.outcome, KeeperError):
            return worded(found)
        count = len(found.outcome.rows)
        return "an empty list" if not count else f"every object: {count}"

    return judge


UNKNOWN_IDENTITY = Question(
    5,
    "Get with an unknown Identity: not found, or everything",
    (
        Step("unknown-inbound-connector", "Get-InboundConnector", {"Identity": _NOBODY}),
        Step("unknown-outbound-connector", _GET_OUT, {"Identity": _NOBODY}),
        Step("unknown-transport-rule", "Get-TransportRule", {"Identity": _NOBODY}),
    ),
    tuple(
        (label, _unknown(f"unknown-{label.replace(' ', '-')}"))
        for label in ("inbound connector", "outbound connector", "transport rule")
    ),
)

_SCOPED, _PLAIN, _TESTING = outbound("list-scoped"), outbound("list-plain"), outbound("list-test-mode")
_UNSCOPED: Mapping[str, object] = MappingProxyType(
    {**OUTBOUND_OFF, "IsTransportRuleScoped": False, "RecipientDomains": [DOMAIN]}
)
_NEW_OUT = "New-OutboundConnector"


def _brings(slug: str) -> Judge:
    def judge(seen: Seen) -> str:
        names = {row.get("Name") for row in seen.reply(slug).rows}
        for step in OUTBOUND_DEFAULTS.steps[:3]:
            seen.reply(step.slug)
        kinds: tuple[tuple[str, Own], ...] = (("scoped", _SCOPED), ("unscoped", _PLAIN), ("in test mode", _TESTING))
        found = [f"{label} {'yes' if own.name(seen.run) in names else 'no'}" for label, own in kinds]
        return ", ".join(found)

    return judge


OUTBOUND_DEFAULTS = Question(
    6,
    "What Get-OutboundConnector brings by default",
    (
        Step("list-scoped-connector", _NEW_OUT, {"Name": _SCOPED, **OUTBOUND_OFF}),
        Step("list-plain-connector", _NEW_OUT, {"Name": _PLAIN, **_UNSCOPED}),
        Step("list-test-mode-connector", _NEW_OUT, {"Name": _TESTING, **_UNSCOPED, "TestMode": True}),
        Step("outbound-by-default", _GET_OUT),
        Step("outbound-scoped", _GET_OUT, {"IsTransportRuleScoped": True}),
        Step("outbound-with-test-mode", _GET_OUT, {"IncludeTestModeConnectors": True}),
    ),
    (
        ("without filters", _brings("outbound-by-default")),
        ("IsTransportRuleScoped:true", _brings("outbound-scoped")),
        ("IncludeTestModeConnectors:true", _brings("outbound-with-test-mode")),
    ),
)
