"""Orders to tenants: what each asks, of whom a selector means it, what it does to mail, and when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cli.answers_tenants import TenantLine
from cli.words import LASTING, Stage

_STAYING = frozenset(Stage) - {Stage.OFFBOARDING, Stage.OFFBOARDED}


def _is_healthy(before: TenantLine, now: TenantLine) -> bool:
    return now.verdict == "healthy" and now.checked_at != before.checked_at


def _is_looked_at(before: TenantLine, now: TenantLine) -> bool:
    return now.checked_at != before.checked_at


def _has_left(_: TenantLine, now: TenantLine) -> bool:
    return now.stage == Stage.OFFBOARDED


def _is_beyond_us(before: TenantLine, now: TenantLine) -> bool:
    """Somebody has looked, and a person must act."""
    return now.verdict in LASTING and now.checked_at != before.checked_at


def _is_taken_back(before: TenantLine, now: TenantLine) -> bool:
    """An activation that has not happened: the worker refused its plan, or somebody decided otherwise."""
    return now.stage == Stage.STAGED or _is_beyond_us(before, now)


@dataclass(frozen=True, slots=True)
class Errand:
    """An order to a tenant.

    Attributes:
        command: The API's name of it.
        stages: Whom a selector means: others would not change, or refuse.
        warning: What it does to mail, as a question asks it; empty where it does nothing to it.
        body: What it is sent with.
        is_done: Tells from the record before and now whether it has been carried out.
        is_lost: Tells in the same way whether it will not be carried out by itself.
        ends_hold: It also changes those whose repairs are held.
    """

    command: str
    stages: frozenset[Stage]
    warning: str = ""
    body: Mapping[str, object] = field(default_factory=dict)
    is_done: Callable[[TenantLine, TenantLine], bool] = _is_healthy
    is_lost: Callable[[TenantLine, TenantLine], bool] = _is_beyond_us
    ends_hold: bool = False

    def means(self, line: TenantLine) -> bool:
        """Tell whether a selector means a tenant."""
        return line.stage in self.stages or (self.ends_hold and line.hold is not None)


ERRANDS: Mapping[str, Errand] = {
    each.command: each
    for each in (
        Errand("verify", _STAYING, is_done=_is_looked_at),
        Errand("remediate", _STAYING, "What differs from the plan's desired state is written to"),
        Errand(
            "activate",
            frozenset({Stage.STAGED}),
            "Every message goes through MailMarshal Cloud from now on at",
            is_lost=_is_taken_back,
        ),
        Errand(
            "deactivate",
            frozenset({Stage.ACTIVE, Stage.PAUSED}),
            "Mail passes by MailMarshal Cloud, unscanned by it, from now on at",
        ),
        Errand(
            "pause",
            frozenset({Stage.ACTIVE}),
            "Mail passes by MailMarshal Cloud, unscanned by it, until the pause ends, at",
        ),
        Errand(
            "resume",
            frozenset({Stage.PAUSED}),
            "Every message goes through MailMarshal Cloud again, and what is held is repaired again, at",
            ends_hold=True,
        ),
        Errand("hold", _STAYING),
        Errand(
            "offboard",
            _STAYING,
            "Mail passes by MailMarshal Cloud, and everything of it is removed for good, at",
            is_done=_has_left,
        ),
    )
}
"""Orders that several tenants can be given at once."""
