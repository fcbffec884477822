"""Somebody who is told, and does not always take it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from shared.domain.errors import Ambiguous, Unavailable
from shared.domain.incidents import IncidentCause, News, Patience, Severity
from shared.domain.notification import Notification
from tests.application.life import POLICY
from tests.fakes import CANARY

PATIENT = replace(
    POLICY,
    patience=Patience(timedelta(0), timedelta(minutes=2), POLICY.draining, is_told_changes=True),
)
"""What a deployment has in which people are told, and sooner than anywhere: most of what is wrong ends before."""


@dataclass
class Receiver:
    """One receiver of notifications.

    Attributes:
        dice: Chance.
        deaf: How many of a hundred notifications it does not take, half of them after all.
        told: What it was told.
    """

    dice: Random
    deaf: int = 50
    told: list[Notification] = field(default_factory=list)
    name: str = "pager"
    kind: str = "webhook"
    least: Severity = Severity.INFO
    is_told_changes: bool = True
    mark: str = "pager"

    def send(self, notification: Notification, now: datetime) -> None:
        """Take a notification, or fail before or after."""
        assert now.tzinfo is not None
        fails = self.dice.randrange(100) < self.deaf
        if fails and self.dice.random() < 0.5:
            raise Unavailable("nobody answers")
        self.told.append(notification)
        if fails:
            raise Ambiguous("the answer is lost")

    def wrong(self) -> list[str]:
        """What it was told that nobody may hear, and what it was told is wrong and never that it is over."""
        found = ["S9 the secret in a notification" for each in self.told if CANARY in repr(each)]
        over = {each.incident_id for each in self.told if each.news is News.RESOLVED}
        # What was set aside, a person takes up.
        opened = [e for e in self.told if e.news is News.OPENED and e.cause is not IncidentCause.PARKED]
        return found + [f"N1 told of {e.cause}, and never that it is over" for e in opened if e.incident_id not in over]
