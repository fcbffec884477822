"""What the API answers of plans, as far as the command line relies on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was noticed beside the six items."""

    code: str
    weight: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of a step."""

    setting: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """One write that an order would make, and what it does to mail."""

    verb: str
    kind: str
    object: str
    identity: str
    changes: tuple[Change, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference; what was read in its place, where it is one of a setting."""

    item: str
    object: str
    fault: str
    setting: str | None
    observed: str | None
    effect: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order would do to a tenant as it is now."""

    plan_hash: str
    verdict: str
    reason: str
    steps: tuple[Step, ...]
    drifts: tuple[Drift, ...]
    findings: tuple[Finding, ...]
