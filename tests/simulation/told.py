"""What the product tells Azure Monitor in a run, as rows of the workspace, and the alerts that come of it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.fakes import Clock
from tests.infra.fleet import BY_ID, fired, minutes

Row = Mapping[str, Any]
_NAME = "microsoft.custom_event.name"
_BARE = frozenset(logging.makeLogRecord({}).__dict__) | {_NAME}


class Told(logging.Handler):
    """Keeps each event as the exporter hands it over: its fields become texts.

    Attributes:
        rows: The events in order.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.rows: list[Row] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an event; an availability record is none."""
        if name := record.__dict__.get(_NAME):
            fields = {key: str(value) for key, value in record.__dict__.items() if key not in _BARE}
            self.rows.append({"TimeGenerated": self._clock.now, "Name": name, "Properties": fields})

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to the events, which nobody else hears meanwhile."""
        log = logging.getLogger("keeper.events")
        log.propagate, level = False, log.level
        log.setLevel(logging.INFO)
        log.addHandler(self)
        try:
            yield
        finally:
            log.removeHandler(self)
            log.propagate = True
            log.setLevel(level)


def alerts(told: Told, rule: str, begin: datetime, end: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
    """When a rule would have raised alerts, for whom.

    It is evaluated as often as Azure Monitor does it. One that stays fired is one alert: the rules resolve themselves.
    """
    step = timedelta(minutes=minutes(BY_ID[rule]["frequency"]))
    raised, before = [], set[tuple[str, ...]]()
    now = begin
    while (now := now + step) <= end:
        rows: list[Row] = [row for row in told.rows if row["TimeGenerated"] <= now]
        series = set(fired(rule, rows, now=now))
        raised += [(now, key) for key in sorted(series - before)]
        before = series
    return raised


def all_alerts(told: Told, begin: datetime, end: datetime) -> dict[str, list[Any]]:
    """Every alert of every rule that tells of tenants and messages, by the rule.

    The rules that watch the timer need it to fire every five minutes, which most runs spare themselves.
    """
    rules = [rule for rule in BY_ID if not rule.startswith("sweep-")]
    found = {rule: alerts(told, rule, begin, end) for rule in rules}
    return {rule: raised for rule, raised in found.items() if raised}
