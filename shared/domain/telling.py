"""A plan for people: each setting old and new, and what each step does to mail, in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.desired import ARC_SEALER
from shared.domain.drift import Drift, Fault
from shared.domain.one_line import one_line
from shared.domain.resources import Effect, Item, Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Compare, Secret, satisfies

_LONGEST = 200

_OF_RULE: Mapping[tuple[Verb, str], str] = {
    (
        Verb.DISABLE,
        Item.REDIRECT,
    ): "Mail no longer goes to MailMarshal Cloud and arrives unscanned, from minutes to half an hour after the step.",
    (
        Verb.ENABLE,
        Item.REDIRECT,
    ): "Every message goes through MailMarshal Cloud, from minutes to half an hour after the step.",
    (Verb.DISABLE, Item.LOOP_CHECK): "Mail that comes back from MailMarshal Cloud keeps its header; with Redirect off "
    "none does after a while.",
    (
        Verb.ENABLE,
        Item.LOOP_CHECK,
    ): "Mail that comes back from MailMarshal Cloud is delivered and not sent there again.",
    (Verb.MOVE, Item.LOOP_CHECK): "Mail that comes back from MailMarshal Cloud meets Loop Check before Redirect.",
    (Verb.REMOVE, Item.REDIRECT): "No mail changes its way: the rule is off.",
    (Verb.REMOVE, Item.LOOP_CHECK): "No mail changes its way: the rule is off.",
    (Verb.REMOVE, Item.TO_CONNECTOR): "No mail changes its way: no rule uses the connector any more.",
    (Verb.REMOVE, Item.FROM_CONNECTOR): "Mail from MailMarshal Cloud is from then on treated like anybody's.",
}
_OF_VERB: Mapping[tuple[Verb, Kind], str] = {
    (Verb.CREATE, Kind.TRANSPORT_RULE): "No mail changes its way: the rule is created off.",
    (Verb.CREATE, Kind.OUTBOUND_CONNECTOR): "No mail changes its way: only a rule sends mail to the connector.",
    (Verb.CREATE, Kind.INBOUND_CONNECTOR): "Exchange accepts all messages from MailMarshal Cloud.",
}
_OF_EFFECT: Mapping[Effect, str] = {
    Effect.OUTAGE: "Ends a state in which mail is lost, refused, looping, or goes to a stranger.",
    Effect.BYPASS: "Ends a state in which mail arrives unscanned.",
    Effect.DEGRADED: "Mail keeps its way and is protected again as it should be.",
    Effect.COSMETIC: "No mail changes its way.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of a step.

    Attributes:
        setting: Exchange's name of it.
        old: What was read, or empty for a new object.
        new: What it is set to.
    """

    setting: str
    old: str
    new: str


def changes_of(step: Step, drifts: Sequence[Drift]) -> tuple[Change, ...]:
    """Say what a step sets, with what was there before; secrets masked."""
    mine = [drift for drift in drifts if drift.resource.name == step.name]
    observed = {drift.setting.name: drift.observed for drift in mine if drift.setting is not None}
    if any(drift.fault is Fault.DISABLED for drift in mine):
        observed["Enabled"] = False
    return tuple(
        Change(name, "" if step.verb is Verb.CREATE else _shown(observed.get(name)), _shown(value))
        for name, value in step.settings.items()
    )


def effect_of(step: Step, drifts: Sequence[Drift]) -> str:
    """Say what a step does to mail, in one sentence."""
    known = _OF_RULE.get((step.verb, step.name)) or _OF_VERB.get((step.verb, step.kind))
    if known:
        return known
    sealers = step.settings.get("ArcTrustedSealers")
    if step.kind is Kind.ARC_CONFIG and not satisfies(Compare.INCLUDES, ARC_SEALER, sealers):
        return "Microsoft no longer trusts what MailMarshal Cloud says of a message's origin."
    effects = [drift.effect for drift in drifts if drift.resource.name == step.name]
    return _OF_EFFECT[min(effects, key=tuple(Effect).index, default=Effect.COSMETIC)]


def _shown(value: object) -> str:
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value))[:_LONGEST]
    return "" if value is None else one_line(str(value))[:_LONGEST]
