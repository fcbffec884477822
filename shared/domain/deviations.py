"""Accepted deviations: one observed value of one setting, pinned by a person for a while and still watched."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain.decisions import Deviation
from shared.domain.drift import Drift, Fault
from shared.domain.errors import NotAllowed
from shared.domain.resources import Effect
from shared.domain.values import Compare, Secret, Unreadable, plain_form

_BEARABLE = frozenset({Effect.DEGRADED, Effect.COSMETIC})


def name_of(drift: Drift) -> str:
    """What a deviation is kept by: the object's name, a slash, and the setting's."""
    return f"{drift.resource.name}/{drift.setting.name if drift.setting else ''}"


def value_of(drift: Drift) -> str:
    """The observed value in its plain form: spelling and order do not make another value of it."""
    assert drift.setting is not None
    if drift.setting.compare is not Compare.UNSET:
        return plain_form(drift.setting.compare, drift.observed)
    # Of a setting that must not be used, any use differs; the one that was accepted must be told from the others.
    try:
        return plain_form(Compare.WORDS, drift.observed)
    except Unreadable:
        return json.dumps(drift.observed, sort_keys=True, default=str)


def acceptable(drifts: Sequence[Drift], name: str) -> str:
    """The value that may be accepted: what was read in place of the desired one.

    Args:
        drifts: What was found just now.
        name: The object's name, a slash, and the setting's.

    Raises:
        NotAllowed: Nothing of that name differs, or its drift lets mail pass unscanned, loses it, or holds a secret.
    """
    found = next((d for d in drifts if name_of(d) == name and d.fault in (Fault.ALTERED, Fault.ACCEPTED)), None)
    if found is None or found.setting is None:
        raise NotAllowed(f"{name[:128]!r}: no such setting differs now")
    # Graded as in an active tenant: what is harmless while the rules are off is not once they are on.
    if found.setting.effect not in _BEARABLE:
        raise NotAllowed(f"{name}: its drift means {found.setting.effect}, which cannot be accepted")
    if isinstance(found.observed, Secret):
        raise NotAllowed(f"{name}: its value is not shown, so that nobody can accept it")
    return value_of(found)


def with_accepted(drifts: Sequence[Drift], deviations: Mapping[str, Deviation]) -> tuple[Drift, ...]:
    """Mark the differences that a person has accepted; every other value of the same setting is drift as always."""
    return tuple(
        replace(drift, fault=Fault.ACCEPTED, effect=Effect.COSMETIC) if _is_accepted(drift, deviations) else drift
        for drift in drifts
    )


def _is_accepted(drift: Drift, deviations: Mapping[str, Deviation]) -> bool:
    if drift.fault is not Fault.ALTERED or drift.setting is None or drift.setting.effect not in _BEARABLE:
        return False
    deviation = deviations.get(name_of(drift))
    return deviation is not None and not isinstance(drift.observed, Secret) and deviation.value == value_of(drift)
