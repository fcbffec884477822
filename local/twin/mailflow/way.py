"""What decides about a message's way, and the way itself: values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from local.twin.mailflow.assumptions import Assumptions
from local.twin.mailflow.organisation import Organisation


class End(StrEnum):
    """How it ends."""

    DELIVERED = "delivered"
    LOOPED = "looped"
    """It would go round until Exchange gives up (554 5.4.14)."""
    REFUSED = "refused"
    """Exchange refuses to relay it (550 5.7.64)."""
    EXPIRED = "expired"
    """It waits for a connector that cannot carry it, until it expires: a black hole for a day."""
    STRANGER = "stranger"
    """A host that is neither the filter nor anybody known has it."""
    REMOVED = "removed"
    """A rule deleted, refused or diverted it."""


@dataclass(frozen=True)
class World:
    """All that decides about a route.

    Attributes:
        organisations: The tenants.
        stamps: The value of each customer's ``X-MMCloud-ID``, by tenant, as the filter knows it.
        addresses: Where the filter sends from.
        now: The time.
        assumptions: What nobody has published.
    """

    organisations: tuple[Organisation, ...]
    stamps: Mapping[str, str] = field(repr=False)
    addresses: tuple[str, ...]
    now: datetime
    assumptions: Assumptions = field(default_factory=Assumptions)


@dataclass(frozen=True)
class Hop:
    """One step of the way, between places that people know."""

    origin: str
    target: str
    why: str


@dataclass
class Route:
    """The way of one message.

    Attributes:
        end: How it ended.
        hops: The way.
        by: The rule that ended it, or that sent it to where it ended.
        visited: The tenants whose rules it went through.
        scanned_for: The tenants that the filter scanned it for.
        leaked: The tenants whose stamp left them with the message: who knows it passes unscanned.
        copied_by: Rules that sent copies elsewhere.
        altered_by: Rules that did anything else to it.
        weaknesses: What protected it less than it should.
    """

    end: End = End.LOOPED
    hops: list[Hop] = field(default_factory=list)
    by: str = ""
    visited: set[str] = field(default_factory=set)
    scanned_for: frozenset[str] = frozenset()
    leaked: set[str] = field(default_factory=set)
    copied_by: set[str] = field(default_factory=set)
    altered_by: set[str] = field(default_factory=set)
    weaknesses: set[str] = field(default_factory=set)

    @property
    def unscanned_for(self) -> set[str]:
        """The tenants that it passed through without being scanned for them."""
        return self.visited - self.scanned_for

    def ends(self, hop: Hop, end: End, by: str = "") -> None:
        """Note how it ended, and which rule had it end so."""
        self.end, self.by = end, by or self.by
        self.hops.append(hop)


INTERNET, MAILBOX, NOWHERE = "Internet", "mailbox", "nowhere"
"""Places that are neither a tenant nor a relay."""
