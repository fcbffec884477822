"""The repair budget: whoever undoes the same repair again and again is not fought, but reported.

Source: cases P13; reliability page §2 (flap, fight).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.drift import Drift, Fault
from shared.domain.steps import Step, Verb

WINDOW = timedelta(hours=24)
_MOST_REPAIRS = 2
"""Repairs of the same difference within the window; the third time that it is undone, a person must decide."""

_REPAIRED_BY: Mapping[Fault, frozenset[Verb]] = {
    Fault.MISSING: frozenset({Verb.CREATE}),
    # A connector's switch is one of its settings.
    Fault.DISABLED: frozenset({Verb.ENABLE, Verb.UPDATE}),
    Fault.ENABLED: frozenset({Verb.DISABLE}),
    Fault.ALTERED: frozenset({Verb.UPDATE}),
    Fault.MISPLACED: frozenset({Verb.MOVE}),
}
"""Which step repairs what; Redirect that goes off over a broken path repairs nothing of its own."""

Repairs = Mapping[str, tuple[datetime, ...]]
"""When each difference was repaired, by its name."""


def spent(
    repairs: Repairs, drifts: Sequence[Drift], done: Iterable[Step], now: datetime
) -> dict[str, tuple[datetime, ...]]:
    """Add what was repaired just now, and forget what is older than the window."""
    taken = {(step.verb, step.name) for step in done}
    mended = {
        _name(drift)
        for drift in drifts
        if any((verb, drift.resource.name) in taken for verb in _REPAIRED_BY.get(drift.fault, ()))
    }
    recent = {name: tuple(at for at in moments if now - at < WINDOW) for name, moments in repairs.items()}
    added = {name: (*recent.get(name, ()), now)[-_MOST_REPAIRS:] for name in mended}
    return {name: moments for name, moments in {**recent, **added}.items() if moments}


def with_contested(drifts: Sequence[Drift], repairs: Repairs, now: datetime) -> tuple[Drift, ...]:
    """Mark the differences whose repairs are used up: nothing more is written to their objects."""
    return tuple(
        replace(drift, fault=Fault.CONTESTED, reason=_reason(repairs[_name(drift)], drift))
        if drift.fault in _REPAIRED_BY and _is_used_up(repairs.get(_name(drift), ()), now)
        else drift
        for drift in drifts
    )


def _is_used_up(moments: tuple[datetime, ...], now: datetime) -> bool:
    return len([at for at in moments if now - at < WINDOW]) >= _MOST_REPAIRS


def _name(drift: Drift) -> str:
    what = drift.setting.name if drift.setting is not None else drift.fault.value
    return f"{drift.resource.name}/{what}"


def _reason(moments: tuple[datetime, ...], drift: Drift) -> str:
    times = ", ".join(at.isoformat(timespec="minutes") for at in moments)
    by = f", last by {drift.changed_by}" if drift.changed_by else ""
    return f"somebody undoes it{by}: repaired at {times}, and not again before a person decides"
