"""How a word of the product's is shown: in which tone, and without its underscores. Never by colour alone."""

from collections.abc import Mapping

from shared.domain.drift import Fault
from shared.domain.resources import Effect
from shared.domain.standing import Reply
from shared.domain.tenants import Verdict

_TONES: Mapping[str, str] = {
    **dict.fromkeys((Verdict.HEALTHY, "on", "active", Reply.YES, "staged"), "good"),
    **dict.fromkeys((Verdict.SETTLING, Verdict.UNKNOWN, Reply.UNKNOWN, "off", "gone", "note"), "calm"),
    **dict.fromkeys(
        (Verdict.CONTESTED, Verdict.BLOCKED, Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE, Effect.DEGRADED, "warning"),
        "warn",
    ),
    **dict.fromkeys((Verdict.DRIFTED, Verdict.NEEDS_HUMAN, Verdict.TENANT_GONE, "blocker"), "bad"),
    **dict.fromkeys((Effect.OUTAGE, Effect.BYPASS, Fault.MISSING, Fault.DISABLED, Fault.ENABLED), "bad"),
    **dict.fromkeys((Fault.ALTERED, Fault.MISPLACED, Fault.STRANGER), "bad"),
    Fault.ACCEPTED: "calm",
}


def tone(word: str) -> str:
    """The tone of a word: ``good``, ``calm``, ``warn`` or ``bad``; of a state in several words the first decides."""
    return _TONES.get(word.partition(" ")[0], "calm")


def shade_of(reply: str, wanted: str) -> str:
    """The tone of an answer to “is it there, on, at work”: what is as it is wanted is well, and a wanted no is calm."""
    if reply == Reply.UNKNOWN:
        return "calm"
    if wanted == "on":
        return "good" if reply == Reply.YES else "bad"
    return "calm" if reply == Reply.NO else "bad"


def words(code: object) -> str:
    """A code as words."""
    return str(code).replace("_", " ")
