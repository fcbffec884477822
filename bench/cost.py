"""B11: what one healthy tenant costs a day at three periods, from work that is counted and not remembered.

The table is the region ``cost`` of docs/operations.md; ``python -m bench.cost`` puts it there anew.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from bench.rows import Goal, Row, alone
from bench.scenes import ROOT
from shared.application.handlers import handle_verify
from shared.application.recheck import handle_recheck
from shared.domain.tenants import Verdict
from tests.application.life import POLICY, Life
from tools.marked import Table, renewed

PAGE = ROOT / "docs" / "operations.md"
PERIODS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
_A_DAY, _AN_HOUR = timedelta(days=1), timedelta(hours=1)
_QUEUE = 3
"""Transactions of one message: put by the timer, got and deleted by the host."""
_LOOK_S, _MEMORY_GB = 2, 2
"""Seconds of a look and size of an instance, as docs/operations.md assumes them: one message at a time, at worst."""
_PORTS = ("tenants", "wishes", "journal", "history", "proofs")


@dataclass(frozen=True, slots=True)
class Port:
    """A store whose calls are counted; each is one transaction, as it makes one call of the table service."""

    name: str
    inner: object
    counts: Counter[str]

    def __getattr__(self, called: str) -> Callable[..., Any]:
        self.counts[f"{self.name}.{called}"] += 1
        method: Callable[..., Any] = getattr(self.inner, called)
        return method


@dataclass(frozen=True, slots=True)
class Work:
    """What one turn of one healthy tenant makes the product do.

    Attributes:
        tables: Calls of the table service, the timer's claim among them.
        requests: Requests to Exchange, by the twin's count.
    """

    tables: int
    requests: int


def counted() -> Work:
    """Let the timer ask for a healthy tenant and the handler verify it, and count."""
    life, counts = Life().active(), Counter[str]()
    ports: dict[str, Any] = {name: Port(name, getattr(life.world, name), counts) for name in _PORTS}
    world = replace(life.world, **ports)
    # The timer's turn is an hour away; the look comes while the token is warm, and Entra is not Exchange.
    (asked,) = handle_recheck(replace(world, clock=lambda: life.clock() + _AN_HOUR), POLICY)
    tables = counts["tenants.put"]  # the rest of a sweep is the same for any number of tenants
    counts.clear()
    before = len(life.scene.seen)
    outcome = handle_verify(asked.message, world, POLICY)
    assert outcome.report is not None
    assert outcome.report.verdict is Verdict.HEALTHY
    return Work(tables + counts.total(), len(life.scene.seen) - before)


def table() -> Table:
    """A tenant's day at each period."""
    work, head = counted(), ("period", "executions", "GB-s at worst", "storage transactions", "requests to Exchange")
    rows = []
    for period in PERIODS:
        times = _A_DAY // period
        amounts = (times, times * _LOOK_S * _MEMORY_GB, times * (work.tables + _QUEUE), times * work.requests)
        rows.append((f"{period // timedelta(minutes=1)} min", *map(str, amounts)))
    return head, rows


def page(text: str) -> str:
    """A page with the table in its place."""
    return renewed(text, {"cost": table()})


def rows() -> list[Row]:
    """Print the table, and count it as a row that is met by being printed."""
    head, lines = table()
    print("\n".join("  ".join(f"{cell:22}" for cell in line).rstrip() for line in chain([head], lines)) + "\n")
    work, goal = counted(), Goal("printed", lambda _: True)
    return [alone("B11", "storage transactions of one look", goal, [float(work.tables + _QUEUE)])]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
