"""The words of incidents: how bad, what is wrong, how far it has come, what there is to tell."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, worst first; the words are those of PagerDuty's common event format."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def reaches(self, least: "Severity") -> bool:
        """Whether it is at least as bad."""
        order = tuple(Severity)
        return order.index(self) <= order.index(least)


class IncidentCause(StrEnum):
    """What is wrong."""

    OUTAGE = "outage"
    """Mail is lost, refused, looping, or goes to a stranger."""
    BYPASS = "bypass"
    """Mail arrives unscanned."""
    CONTESTED = "contested"
    """Somebody undoes what we repair, and mail keeps its way."""
    NEEDS_HUMAN = "needs_human"
    NEEDS_CONSENT = "needs_consent"
    NEEDS_ROLE = "needs_role"
    TENANT_GONE = "tenant_gone"
    UNKNOWN = "unknown"
    """A tenant could not be read for two periods."""
    OFF_BOARDING_STUCK = "off_boarding_stuck"
    PARKED = "parked"
    """Messages wait for a person."""
    BRAKE_ENGAGED = "brake_engaged"
    SINK_GONE = "sink_gone"
    """A receiver of notifications wants none any more."""
    CHANGED = "changed"
    """Nothing is wrong: we have written to a tenant."""


class Phase(StrEnum):
    """How far an incident has come."""

    SEEN = "seen"
    """It is there, and has not been there for long enough to be told."""
    OPEN = "open"
    GROUPED = "grouped"
    """It is told as a part of one incident for many tenants."""
    RESOLVED = "resolved"
    """It is over; whoever was told of it is told so."""
    ONCE = "once"
    """It is told once, and over: what we wrote."""


LIVE = frozenset({Phase.SEEN, Phase.OPEN, Phase.GROUPED})
"""As long as it is so."""


class News(StrEnum):
    """What there is to tell of an incident."""

    OPENED = "opened"
    RESOLVED = "resolved"
    CHANGED = "changed"


class Delivered(StrEnum):
    """How far one piece of news has come to one sink."""

    ASKED = "asked"
    """A message asks for it."""
    SENT = "sent"
    DROPPED = "dropped"
    """It was overtaken, refused, or tried often enough; nobody got it."""
