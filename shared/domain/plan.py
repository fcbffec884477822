"""What to write, in order: a plan is a value that can be printed, counted, refused and tested.

Order is data (design law 3). Turn on: inbound, outbound, ARC and skip list, Loop Check, Redirect. Turn off: Redirect
first. Redirect is switched on by the last step only, and only when nothing is left that would make it unsafe.
"""

from collections.abc import Iterable, Sequence

from shared.domain.desired import redirect_of
from shared.domain.drift import Drift, Fault
from shared.domain.observation import Observation, Present, is_on, look_for
from shared.domain.placement import above_redirect, beside_its_fellow
from shared.domain.resources import Effect, Item, Kind, Resource
from shared.domain.steps import Step, Verb
from shared.domain.tenants import FailPolicy
from shared.domain.values import Compare, merged

_ORDER = (
    (Verb.DISABLE, Item.REDIRECT),
    (Verb.DISABLE, Item.LOOP_CHECK),
    (Verb.CREATE, Item.FROM_CONNECTOR),
    (Verb.UPDATE, Item.FROM_CONNECTOR),
    (Verb.CREATE, Item.TO_CONNECTOR),
    (Verb.UPDATE, Item.TO_CONNECTOR),
    (Verb.UPDATE, "Default"),  # the ARC configuration has no name of its own
    (Verb.CREATE, Item.LOOP_CHECK),
    (Verb.UPDATE, Item.LOOP_CHECK),
    (Verb.CREATE, Item.REDIRECT),
    (Verb.UPDATE, Item.REDIRECT),
    (Verb.MOVE, Item.LOOP_CHECK),
    (Verb.ENABLE, Item.LOOP_CHECK),
    (Verb.ENABLE, Item.REDIRECT),
)
"""The one order in which steps are taken."""

_MEND_FIRST = (Verb.UPDATE, Item.REDIRECT)
"""Comes before everything else when Redirect itself diverts mail and the path under it is whole."""

_NOT_TO_WRITE = frozenset({Fault.UNKNOWN, Fault.STRANGER, Fault.CONTESTED, Fault.SETTLING, Fault.BLOCKED})
"""Faults that forbid every write to their object."""

_PATH = frozenset({Item.FROM_CONNECTOR, Item.TO_CONNECTOR, Item.LOOP_CHECK})
"""What must be in place under a Redirect that is on."""


def hazards(drifts: Iterable[Drift]) -> tuple[Drift, ...]:
    """List what makes a Redirect that is on lose or loop mail: seen, not suspected."""
    harmless = {Fault.UNKNOWN, Fault.SETTLING}
    return tuple(d for d in drifts if d.item in _PATH and d.fault not in harmless and d.effect is Effect.OUTAGE)


def plan(
    desired: Sequence[Resource], observation: Observation, drifts: Sequence[Drift], policy: FailPolicy
) -> tuple[Step, ...]:
    """Derive the steps that remove every difference that may be removed.

    Args:
        desired: The table that the drifts were found against.
        observation: The read that they were found in.
        drifts: The differences.
        policy: Whether a Redirect that is found on over a broken path is switched off first.

    Returns:
        The steps in order; none where nothing may be written.
    """
    writable = _writable(drifts)
    steps = [step for resource in desired for step in _steps(resource, observation, writable)]
    redirect = redirect_of(desired)
    steps = _guarded(steps, redirect, observation, drifts, policy)
    order = (_MEND_FIRST, *_ORDER) if _is_diverted(writable) and not hazards(drifts) else _ORDER
    return tuple(sorted(steps, key=lambda step: order.index((step.verb, step.name))))


def _writable(drifts: Sequence[Drift]) -> list[Drift]:
    """Leave out every difference of an object that may not be written; a switch that is to go off waits for no read."""
    forbidden = {d.resource.name for d in drifts if d.fault in _NOT_TO_WRITE}
    unsure = {d.resource.name for d in drifts if d.fault in _NOT_TO_WRITE - {Fault.SETTLING, Fault.BLOCKED}}
    return [
        drift for drift in drifts if drift.resource.name not in (unsure if drift.fault is Fault.ENABLED else forbidden)
    ]


def _is_diverted(drifts: Iterable[Drift]) -> bool:
    """Whether Redirect itself sends mail elsewhere or loses it: seen, and ours to mend."""
    return any(d.item is Item.REDIRECT and d.fault is Fault.ALTERED and d.effect is Effect.OUTAGE for d in drifts)


def _steps(resource: Resource, observation: Observation, drifts: Sequence[Drift]) -> list[Step]:
    mine = [drift for drift in drifts if drift.resource.name == resource.name]
    faults = {drift.fault for drift in mine}
    if Fault.MISSING in faults:
        return _creation(resource, observation)
    steps: list[Step] = []
    if changes := _changes(resource, observation, mine):
        why = "restore " + ", ".join(changes)
        steps.append(Step(Verb.UPDATE, resource.kind, resource.name, mine[0].identity, changes, why))
    if Fault.MISPLACED in faults:
        place = above_redirect(observation, resource)
        why = "stand directly above Redirect"
        steps.append(Step(Verb.MOVE, resource.kind, resource.name, mine[0].identity, {"Priority": place}, why))
    if resource.kind is Kind.TRANSPORT_RULE:
        steps += [_switch(resource, drift) for drift in mine if drift.fault in (Fault.DISABLED, Fault.ENABLED)]
    return steps


def _switch(resource: Resource, drift: Drift) -> Step:
    verb = Verb.ENABLE if drift.fault is Fault.DISABLED else Verb.DISABLE
    return Step(verb, resource.kind, resource.name, drift.identity, {}, f"the tenant is to have it {verb}d")


def _changes(resource: Resource, observation: Observation, drifts: Sequence[Drift]) -> dict[str, object]:
    """Collect the parameters of one Set- call: the drifted settings and nothing else."""
    changes: dict[str, object] = {}
    sight = look_for(resource, observation) if drifts else None
    for drift in drifts:
        if drift.fault is Fault.DISABLED and resource.kind is not Kind.TRANSPORT_RULE:
            changes["Enabled"] = True
        elif drift.fault is Fault.ALTERED and drift.setting is not None:
            setting = drift.setting
            changes[setting.name] = setting.value
            if setting.compare is Compare.INCLUDES and isinstance(sight, Present):
                changes[setting.name] = merged(setting.value, sight.row.get(setting.name))
    return _with_pairs(resource, changes)


def _with_pairs(resource: Resource, changes: dict[str, object]) -> dict[str, object]:
    """Send header name and words together: Exchange refuses one without the other (exchange contract §2.11)."""
    pair = ("HeaderContainsMessageHeader", "HeaderContainsWords")
    owned = {setting.name: setting.value for setting in resource.settings if setting.name in pair}
    return {**changes, **owned} if owned.keys() & changes.keys() else changes


def _creation(resource: Resource, observation: Observation) -> list[Step]:
    """Create with every setting; a rule is born off, in the very call that creates it, and switched on later."""
    settings: dict[str, object] = {
        setting.name: setting.value for setting in resource.settings if setting.compare is not Compare.UNSET
    }
    settings["Enabled"] = resource.kind is not Kind.TRANSPORT_RULE
    place = beside_its_fellow(observation, resource)
    if place is not None:
        settings["Priority"] = place
    steps = [Step(Verb.CREATE, resource.kind, resource.name, "", settings, "it is not there")]
    if resource.kind is Kind.TRANSPORT_RULE and resource.enabled:
        steps.append(Step(Verb.ENABLE, resource.kind, resource.name, "", {}, "mail passes through MailMarshal Cloud"))
    return steps


def _guarded(
    steps: list[Step], redirect: Resource, observation: Observation, drifts: Sequence[Drift], policy: FailPolicy
) -> list[Step]:
    """Hold Redirect to law 3: off first over a broken path, on last and only when nothing unmendable remains."""
    sight = look_for(redirect, observation)
    on = isinstance(sight, Present) and is_on(Kind.TRANSPORT_RULE, sight.row) is True
    mendable = not any(drift.fault in _NOT_TO_WRITE for drift in drifts)
    stranger = any(d.fault is Fault.STRANGER for d in drifts if d.item is Item.REDIRECT)
    wanted = redirect.enabled is True
    if isinstance(sight, Present) and on and wanted and hazards(drifts) and not stranger and policy is FailPolicy.OPEN:
        identity, why = sight.identity, "the path under it is broken: mail passes unscanned rather than being lost"
        steps = [*steps, Step(Verb.DISABLE, Kind.TRANSPORT_RULE, redirect.name, identity, {}, why)]
        steps.append(Step(Verb.ENABLE, Kind.TRANSPORT_RULE, redirect.name, identity, {}, "the path is whole again"))
    if not mendable:
        steps = [step for step in steps if (step.verb, step.name) != (Verb.ENABLE, Item.REDIRECT)]
    return steps
