"""The hours in which nobody is woken for what can wait."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from shared.domain.incidents import Severity


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, each day; over midnight where the end is before the beginning.

    Attributes:
        begin: The first minute of rest.
        end: The first minute after it.
        zone: Whose clock it is.
    """

    begin: time
    end: time
    zone: tzinfo

    def covers(self, moment: datetime) -> bool:
        """Whether a moment is in them; the clock on the wall counts, also on the day on which it is changed."""
        clock = moment.astimezone(self.zone).time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def hold(self, severity: Severity, now: datetime) -> bool:
        """Whether something waits until they are over: all but what is critical."""
        return severity is not Severity.CRITICAL and self.covers(now)
