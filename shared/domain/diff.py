"""Compare what should be there with what was read: one drift for each difference, graded by its effect."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from shared.domain.drift import Drift, Fault
from shared.domain.observation import Absent, Observation, Present, is_on, look_for
from shared.domain.one_line import one_line
from shared.domain.resources import Effect, Item, Kind, Resource, Setting
from shared.domain.rule_parameters import ACTIONS, CONDITIONS, DIVERSIONS, EXCEPTIONS, MARKS
from shared.domain.values import Compare, Row, Secret, Unreadable, as_words, is_used, satisfies


def diff(
    desired: Iterable[Resource], observation: Observation, owned: Mapping[str, UUID], *, active: bool
) -> tuple[Drift, ...]:
    """Compare what should be there with what was read.

    Args:
        desired: The table, in the order of creation.
        observation: What was read.
        owned: The Guids of the objects that we made or adopted, by name.
        active: Mail passes through MailMarshal Cloud. Where it does not, no difference touches mail, except that
            Redirect is on: then mail goes where nobody expects it.

    Returns:
        Every difference, in the order of the table.
    """
    resources = tuple(desired)
    found = [drift for resource in resources for drift in _differences(resource, observation, owned)]
    found += _misplacement(resources, observation)
    return tuple(drift if active else _before_activation(drift) for drift in found)


def _before_activation(drift: Drift) -> Drift:
    redirects = drift.fault is Fault.ENABLED and drift.item is Item.REDIRECT
    return replace(drift, effect=Effect.OUTAGE if redirects else Effect.COSMETIC)


def _differences(resource: Resource, observation: Observation, owned: Mapping[str, UUID]) -> Iterator[Drift]:
    sight = look_for(resource, observation)
    if isinstance(sight, Present):
        yield from _of_object(resource, sight, owned)
        return
    fault, reason = (Fault.MISSING, "") if isinstance(sight, Absent) else (Fault.UNKNOWN, sight.reason)
    for item in dict.fromkeys((resource.item, *(setting.item for setting in resource.settings))):
        yield Drift(fault, resource, item, resource.effect, reason=reason)


def _of_object(resource: Resource, sight: Present, owned: Mapping[str, UUID]) -> Iterator[Drift]:
    found = [*_switch(resource, sight), *_altered(resource, sight), *_extras(resource, sight)]
    ours = str(owned.get(resource.name, "")).casefold() == sight.identity.casefold()
    critical = [d.setting.name for d in found if d.setting and d.setting.identity and d.fault is Fault.ALTERED]
    if critical and not ours:
        reason = "not made by us, and it differs in " + ", ".join(critical)
        seen = (drift.effect for drift in found if drift.fault is not Fault.UNKNOWN)
        effect = min(seen, key=tuple(Effect).index)
        yield Drift(Fault.STRANGER, resource, resource.item, effect, sight.identity, reason=reason)
        return
    by = sight.row.get("LastModifiedBy")
    yield from (replace(drift, changed_by=one_line(by) if isinstance(by, str) else "") for drift in found)


def _switch(resource: Resource, sight: Present) -> Iterator[Drift]:
    if resource.enabled is None:
        return
    on = is_on(resource.kind, sight.row)
    whole = (resource, resource.item, resource.effect, sight.identity)
    if on is None:
        yield Drift(Fault.UNKNOWN, *whole, reason="neither on nor off")
    elif on is not resource.enabled:
        yield Drift(Fault.DISABLED if resource.enabled else Fault.ENABLED, *whole)


def _altered(resource: Resource, sight: Present) -> Iterator[Drift]:
    for setting in resource.settings:
        whole = (resource, setting.item, setting.effect, sight.identity, setting)
        if setting.compare is Compare.SENT_ONLY or (setting.compare is Compare.UNSET and setting.name not in sight.row):
            continue
        if setting.name not in sight.row:
            yield Drift(Fault.UNKNOWN, *whole, reason=f"{setting.name} was not in the answer")
            continue
        observed = sight.row[setting.name]
        try:
            same = satisfies(setting.compare, setting.value, observed)
        except Unreadable as error:
            yield Drift(Fault.UNKNOWN, *whole, reason=f"{setting.name}: {error}")
            continue
        if not same:
            found = Drift(Fault.ALTERED, *whole, observed=_masked(setting, observed))
            yield replace(found, effect=Effect.BYPASS) if _says_more(setting, observed) else found


def _says_more(setting: Setting, observed: object) -> bool:
    """Whether Loop Check lets other mail pass as well: ours finds its way, and somebody's is not scanned."""
    if setting.compare is not Compare.WORDS:
        return False
    return any(satisfies(Compare.WORDS, setting.value, (word,)) for word in as_words(observed))


def _masked(setting: Setting, observed: object) -> object:
    values = setting.value if isinstance(setting.value, tuple) else (setting.value,)
    return Secret(str(observed)) if any(isinstance(value, Secret) for value in values) else observed


def _extras(resource: Resource, sight: Present) -> Iterator[Drift]:
    """Find conditions, exceptions and actions that are not in the table (law 5, the closed world)."""
    if not resource.closed_world:
        return
    ours = {setting.name for setting in resource.settings}
    whole = (resource, resource.item, resource.effect, sight.identity)
    for names, classes in ((CONDITIONS, "Conditions"), (EXCEPTIONS, "Exceptions"), (ACTIONS, "Actions")):
        used = sorted(name for name in names if is_used(sight.row.get(name)) and name not in ours)
        for name in used:
            yield _extra(resource, sight, name)
        if not used and is_unexplained(resource, sight.row, classes):
            yield Drift(Fault.STRANGER, *whole, reason=f"{classes} lists more than any property of the rule shows")


def _extra(resource: Resource, sight: Present, name: str) -> Drift:
    value = sight.row.get(name)
    effect = _effect_of_action(resource, name) if name in ACTIONS else resource.effect
    # A Boolean parameter takes no null (exchange contract §1.2).
    setting = Setting(name, False if value is True else None, Compare.UNSET, effect, resource.item)
    # Words of the customer's own: nothing to show or to log.
    observed = Secret(str(value))
    return Drift(Fault.ALTERED, resource, resource.item, effect, sight.identity, setting, observed)


def _effect_of_action(resource: Resource, name: str) -> Effect:
    """Grade an action that is not ours; a header that Loop Check writes may be the one that it trusts."""
    if name in DIVERSIONS:
        return Effect.OUTAGE
    return Effect.BYPASS if name in MARKS and resource.item is Item.LOOP_CHECK else Effect.DEGRADED


_CLASSES: Mapping[str, tuple[str, ...]] = {
    "Conditions": ("HeaderContainsMessageHeader",),
    "Exceptions": (),
    "Actions": ("RemoveHeader", "RouteMessageOutboundConnector"),
}
"""Our own settings that appear as one class each in the rule's three lists (exchange contract §2.4.2, inferred)."""

_NEUTRAL = ("SetAuditSeverity", "Stop")
"""How the names of classes begin that do nothing to mail beyond what the settings say already.

What the end of rule processing is called there, if it is there at all, is not known (exchange contract §2.4.7).
"""


def is_unexplained(resource: Resource, row: Row, classes: str) -> bool:
    """Tell whether the list of classes holds more than our own settings account for."""
    listed = row.get(classes)
    if isinstance(listed, str):
        listed = [listed]
    if not isinstance(listed, list):
        return False
    found = {str(name).rpartition(".")[2] for name in listed if name}
    names = {name for name in found if not name.startswith(_NEUTRAL)}
    ours = {setting.name for setting in resource.settings}
    return len(names) > len([name for name in _CLASSES[classes] if name in ours])


def _misplacement(resources: tuple[Resource, ...], observation: Observation) -> Iterator[Drift]:
    rules = {r.item: (r, look_for(r, observation)) for r in resources if r.kind is Kind.TRANSPORT_RULE}
    loop_check, upper = rules[Item.LOOP_CHECK]
    _, lower = rules[Item.REDIRECT]
    if not isinstance(upper, Present) or not isinstance(lower, Present):
        return
    assert upper.place is not None
    assert lower.place is not None
    if upper.place != lower.place - 1:
        effect = Effect.OUTAGE if upper.place > lower.place else Effect.COSMETIC
        yield Drift(Fault.MISPLACED, loop_check, Item.LOOP_CHECK, effect, upper.identity)
