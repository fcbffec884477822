"""Whom people are told by, as the use cases see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.incidents import News, Severity
from shared.domain.notification import Notification, Places
from shared.domain.quiet_hours import QuietHours


class Sink(Protocol):
    """One receiver of notifications."""

    @property
    def name(self) -> str:
        """What it is called: short, one word."""

    @property
    def kind(self) -> str:
        """What it speaks: ``teams``, ``pagerduty``, ``webhook`` or ``mail``."""

    @property
    def least(self) -> Severity:
        """What it is told at least."""

    @property
    def is_told_changes(self) -> bool:
        """Whether it is told what we write."""

    @property
    def mark(self) -> str:
        """What tells its place from another one, without saying where that is."""

    def send(self, notification: Notification, now: datetime) -> None:
        """Deliver a notification; once more, it is the same one.

        Raises:
            Throttled: It asks for fewer.
            Unavailable: It did not take it; try again later.
            Ambiguous: Nobody can tell whether it took it; try again later.
            Rejected: It will never take it.
            SinkGone: It wants none any more.
        """


@dataclass(frozen=True, slots=True)
class Notices:
    """Whom people are told by, and when.

    Attributes:
        sinks: The receivers.
        quiet: When what can wait does; ``None`` for never.
        places: Where people go from a notification.
    """

    sinks: tuple[Sink, ...] = ()
    quiet: QuietHours | None = None
    places: Places = Places()  # noqa: RUF009 - a value that never changes

    def sink(self, name: str) -> Sink | None:
        """Find a receiver."""
        return next((sink for sink in self.sinks if sink.name == name), None)


def wants(sink: Sink, news: News, severity: Severity) -> bool:
    """Whether a sink is to be told; that something is over, whoever was told of it."""
    if news is News.CHANGED:
        return sink.is_told_changes
    return news is News.RESOLVED or severity.reaches(sink.least)
