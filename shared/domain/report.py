"""What one look at a tenant came to: the verdict, each item's state, the steps taken. One value for every reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.drift import Drift, Fault
from shared.domain.errors import (
    Blocked,
    KeeperError,
    NeedsConsent,
    NeedsHuman,
    NeedsPermission,
    NeedsRole,
    PermanentError,
    TenantGone,
)
from shared.domain.findings import Finding
from shared.domain.resources import Effect, Item
from shared.domain.steps import Step
from shared.domain.tenants import Stage, Tenant, Verdict

_WORST_FIRST = tuple(Effect)

_MAKES: Mapping[Fault, Verdict] = {
    Fault.STRANGER: Verdict.NEEDS_HUMAN,
    Fault.CONTESTED: Verdict.CONTESTED,
    Fault.BLOCKED: Verdict.BLOCKED,
    Fault.UNKNOWN: Verdict.UNKNOWN,
    Fault.MISSING: Verdict.DRIFTED,
    Fault.DISABLED: Verdict.DRIFTED,
    Fault.ENABLED: Verdict.DRIFTED,
    Fault.ALTERED: Verdict.DRIFTED,
    Fault.MISPLACED: Verdict.DRIFTED,
    Fault.SETTLING: Verdict.SETTLING,
    Fault.ACCEPTED: Verdict.HEALTHY,
}
"""What a fault makes of the tenant; the first verdict that applies decides, then the worst effect."""

_OF_ERROR: Mapping[type[KeeperError], Verdict] = {
    NeedsConsent: Verdict.NEEDS_CONSENT,
    NeedsPermission: Verdict.NEEDS_CONSENT,
    NeedsRole: Verdict.NEEDS_ROLE,
    TenantGone: Verdict.TENANT_GONE,
    Blocked: Verdict.BLOCKED,
    NeedsHuman: Verdict.NEEDS_HUMAN,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What one look at a tenant came to.

    Attributes:
        verdict: What was seen, or why it could not be seen.
        reason: One sentence for people, secrets masked.
        items: Each item's state, by its name: ``on``, ``off``, ``unknown``, or what is wrong with it.
        drifts: The differences that were found.
        steps: The steps that were taken, in order.
        pending: The steps that a reconcile would take.
        tenant: The record with what was learned: Guids, and when each object was written.
        failure: What ended the work early.
        findings: What else was noticed.
    """

    verdict: Verdict
    reason: str
    items: Mapping[str, str]
    drifts: tuple[Drift, ...]
    tenant: Tenant
    steps: tuple[Step, ...] = ()
    pending: tuple[Step, ...] = ()
    failure: KeeperError | None = None
    findings: tuple[Finding, ...] = ()


def judged(drifts: Sequence[Drift]) -> tuple[Verdict, str]:
    """Say what the differences make of the tenant, and name the worst one."""
    for verdict in dict.fromkeys(_MAKES.values()):
        found = [drift for drift in drifts if _MAKES[drift.fault] is verdict]
        if found:
            worst = min(found, key=lambda drift: _WORST_FIRST.index(drift.effect))
            more = f", and {len(drifts) - 1} more" if len(drifts) > 1 else ""
            return verdict, f"{worst}{more}"
    return Verdict.HEALTHY, "all six items are as they should be"


def verdict_of(error: KeeperError) -> Verdict:
    """Say what an error makes of the tenant: a failed read is unknown, never absent."""
    if isinstance(error, PermanentError):
        return _OF_ERROR.get(type(error), Verdict.NEEDS_HUMAN)
    return Verdict.UNKNOWN


_ON: Mapping[Item, frozenset[Stage]] = {
    Item.LOOP_CHECK: frozenset({Stage.ACTIVE, Stage.PAUSED}),
    Item.REDIRECT: frozenset({Stage.ACTIVE}),
}
"""The stages in which a rule is on; everything else is on in all of them."""


def item_states(drifts: Sequence[Drift], stage: Stage) -> dict[str, str]:
    """Say each item's state in one word or two, for people."""
    states: dict[str, str] = {}
    for item in Item:
        mine = [drift for drift in drifts if drift.item is item]
        # What a person has accepted hides nothing that nobody has.
        mine = [drift for drift in mine if drift.fault is not Fault.ACCEPTED] or mine
        states[item.value] = "on" if stage in _ON.get(item, frozenset(Stage)) else "off"
        if mine:
            settings = dict.fromkeys(drift.setting.name for drift in mine if drift.setting is not None)
            states[item.value] = mine[0].fault.value + (f" ({', '.join(settings)})" if settings else "")
    return states


def is_as_wanted(states: Mapping[str, str], item: Item) -> bool:
    """Whether an item was seen as it should be, or not seen yet; what a person has accepted is not as it should be."""
    return states.get(item.value, "on") in ("on", "off")


def held_back(drifts: Sequence[Drift], refused: Mapping[str, str]) -> tuple[Drift, ...]:
    """Mark the differences that Microsoft does not let us mend, so that nobody hammers at a closed door.

    Source: exchange contract §2.1.4. A rule that is on and should be off is tried all the same.
    """
    as_seen = {Fault.STRANGER, Fault.UNKNOWN, Fault.ENABLED, Fault.ACCEPTED}

    def is_refused(drift: Drift) -> bool:
        return drift.resource.name in refused and drift.fault not in as_seen

    return tuple(
        replace(d, fault=Fault.BLOCKED, reason=refused[d.resource.name]) if is_refused(d) else d for d in drifts
    )


def settled(
    drifts: Sequence[Drift], written: Mapping[str, datetime], now: datetime, settling: timedelta
) -> tuple[Drift, ...]:
    """Hold back the differences of objects that we wrote so recently that reads may lag (exchange contract §2.10).

    A rule that is on and should be off is never held back: switching it off twice harms nobody.
    """
    as_seen = {Fault.STRANGER, Fault.UNKNOWN, Fault.ENABLED, Fault.BLOCKED, Fault.ACCEPTED}

    def recent(drift: Drift) -> bool:
        moment = written.get(drift.resource.name)
        return moment is not None and now - moment < settling and drift.fault not in as_seen

    return tuple(replace(d, fault=Fault.SETTLING, effect=Effect.COSMETIC) if recent(d) else d for d in drifts)
