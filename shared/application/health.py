"""Whether the fleet is being watched."""

from datetime import datetime, timedelta


def health_problem(last_sweep: datetime | None, now: datetime, period: timedelta) -> str:
    """Say what is wrong with the watch over the fleet; empty when nothing is."""
    if last_sweep is None:
        return "the timer has not been through the fleet yet"
    if now - last_sweep > 2 * period:
        return f"the timer was last through the fleet at {last_sweep.isoformat(timespec='seconds')}"
    return ""
