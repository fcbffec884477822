"""What a tenant's record holds beside what is wanted and what was seen: people's decisions, and who works on it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Suspension:
    """A person's decision that ends by itself: a pause of the mail flow, or a hold of the repairs.

    Attributes:
        by: Who decided it.
        reason: Why, in that person's words.
        since: From when.
        until: To when.
        is_warned: It has been said that the end is near.
    """

    by: str
    reason: str
    since: datetime
    until: datetime
    is_warned: bool = False


@dataclass(frozen=True, slots=True)
class Deviation:
    """One observed value of one setting that a person accepted in place of the desired one.

    Attributes:
        value: The value in its plain form; any other is drift again.
        by: Who accepted it.
        reason: Why, in that person's words.
        until: To when.
    """

    value: str
    by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one worker to work on a tenant.

    Attributes:
        owner: The piece of work that has it.
        fence: Grows each time that it is taken: a worker that slept sees that it is not its own any more.
        expires_at: When it ends by itself.
    """

    owner: UUID
    fence: int
    expires_at: datetime
