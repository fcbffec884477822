"""The words of the API that a command line may say, so that a shell can complete them."""

from enum import StrEnum


class Region(StrEnum):
    """A regional instance of MailMarshal Cloud."""

    AU = "au"
    EU = "eu"
    US = "us"


class Stage(StrEnum):
    """What is wanted of a tenant."""

    AWAITING_CONSENT = "awaiting_consent"
    STAGED = "staged"
    ACTIVE = "active"
    PAUSED = "paused"
    OFFBOARDING = "offboarding"
    OFFBOARDED = "offboarded"


class Verdict(StrEnum):
    """What was seen of a tenant, last time somebody looked."""

    HEALTHY = "healthy"
    DRIFTED = "drifted"
    SETTLING = "settling"
    UNKNOWN = "unknown"
    CONTESTED = "contested"
    BLOCKED = "blocked"
    NEEDS_CONSENT = "needs_consent"
    NEEDS_ROLE = "needs_role"
    NEEDS_HUMAN = "needs_human"
    TENANT_GONE = "tenant_gone"


LASTING = frozenset(
    {
        Verdict.CONTESTED,
        Verdict.BLOCKED,
        Verdict.NEEDS_CONSENT,
        Verdict.NEEDS_ROLE,
        Verdict.NEEDS_HUMAN,
        Verdict.TENANT_GONE,
    }
)
"""Verdicts that stay until a person acts: nobody waits for their end."""


class Purpose(StrEnum):
    """The orders that the API makes a plan for."""

    VERIFY = "verify"
    """A look for its own sake: what a repair would do, of a tenant whose repairs are held as well."""
    REMEDIATE = "remediate"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    PAUSE = "pause"
    RESUME = "resume"
    OFFBOARD = "offboard"


BOUND = frozenset(Purpose) - {Purpose.VERIFY}
"""The orders that a saved plan may be carried out by: the API compares it when the order comes."""


class Scope(StrEnum):
    """Whose mail a pause of the fleet is about."""

    ALL = "all"
    AU = "au"
    EU = "eu"
    US = "us"


class Form(StrEnum):
    """How data are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"
