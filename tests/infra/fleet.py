"""Rows of the workspace as the contract has them: events whose fields exist, and a fleet in which nothing is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.adapters.events import COMMON, EVENTS, Kind
from tests.infra.kql import Checked, checked
from tests.infra.kql_run import run
from tests.infra.kql_values import Row

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "infra/alerts"
RULES: list[dict[str, Any]] = json.loads((ALERTS / "rules.json").read_text())["rules"]
PLATFORM: dict[str, dict[str, Any]] = json.loads((ALERTS / "rules.json").read_text())["platform"]
BY_ID = {rule["id"]: rule for rule in RULES}
QUERIES = {rule["id"]: (ALERTS / rule["query"]).read_text() for rule in RULES}

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HEALTHY = 30
_NOTHING = {Kind.TEXT: "", Kind.NUMBER: "0", Kind.SECONDS: "0.0", Kind.MOMENT: "", Kind.FLAG: "False"}
_WINDOWS = {"PT15M": 15, "PT30M": 30, "PT1H": 60, "PT2H": 120, "PT3H": 180, "PT6H": 360, "P1D": 1440}


def minutes(window: str) -> int:
    """The minutes of a rule's window or frequency."""
    return _WINDOWS[window] if window in _WINDOWS else int(window.removeprefix("PT").removesuffix("M"))


def event(name: str, ago: float, **fields: object) -> Row:
    """An event so many minutes ago; a field that the contract does not know is an error."""
    known = {**COMMON, **EVENTS[name].fields}
    assert fields.keys() <= known.keys(), f"{name} has no {sorted(fields.keys() - known.keys())}"
    said = {field: _text(value) for field, value in fields.items()}
    rest = {field: _NOTHING[of.kind] for field, of in known.items()}
    return {
        "TimeGenerated": NOW - timedelta(minutes=ago),
        "Name": name,
        "Properties": {**rest, "schema_version": "1", **said},
    }


def trace(message: str, ago: float, **fields: object) -> Row:
    """A line of the log so many minutes ago."""
    said = {field: _text(value) for field, value in fields.items()}
    return {"TimeGenerated": NOW - timedelta(minutes=ago), "Message": message, "Properties": said}


def looked(tenant: str, ago: float, verdict: object = "healthy", **fields: object) -> Row:
    """A look at a tenant."""
    whole = {"region": "eu", "stage": "active", "cause": "recheck", **fields}
    return event("tenant.verified", ago, tenant_id=tenant, verdict=verdict, **whole)


def drifted(tenant: str, ago: float, **fields: object) -> Row:
    """A difference that a look found."""
    whole = {"region": "eu", "stage": "active", "cause": "recheck", "fault": "disabled", **fields}
    return event("drift.detected", ago, tenant_id=tenant, **whole)


def since(hours: float) -> datetime:
    """A moment so many hours ago."""
    return NOW - timedelta(hours=hours)


def timer(until: float = 0) -> Iterator[Row]:
    """What the timer has told in six hours, up to so many minutes ago: sweeps, and how full each queue is."""
    for ago in range(int(until) + 2, 360, 5):
        yield event("sweep.started", ago)
        yield event("sweep.completed", ago, fleet=HEALTHY + 1, asked_for=3)
        for queue in ("provision", "verify", "remediate", "offboard"):
            yield event("queue.depth", ago, queue=queue, depth=2, oldest_age_s=4.5)
            yield event("queue.depth", ago, queue=f"{queue}-poison")


def watched() -> Iterator[Row]:
    """Thirty tenants, each looked at once an hour."""
    for number in range(HEALTHY):
        for hour in range(6):
            yield looked(f"t{number}", hour * 60 + 2 + number, region=("au", "eu", "us")[number % 3])


def ordinary() -> Iterator[Row]:
    """What happens in any fleet and wakes nobody."""
    waiting = {"stage": "awaiting_consent", "code": "needs_consent", "unwell_since": since(72)}
    yield from (looked("waiting", hour * 60 + 7, "needs_consent", **waiting) for hour in range(6))
    yield from (event("api.throttled", ago, tenant_id="t1", retry_after_s=30) for ago in (60, 55, 50, 45))
    # A bypass that was mended within minutes, and an accepted one.
    yield drifted("t2", 30, effect="bypass", item="MailMarshal Cloud Integrated Redirect")
    yield looked("t2", 30, "drifted", effect="bypass", unwell_since=since(0.5))
    yield looked("t2", 26, cause="settled")
    yield drifted("t3", 6, fault="accepted", effect="outage")
    # An activation, whose first look finds the rules off, and a pause, whose first look finds Redirect on.
    yield drifted("t4", 20, cause="activate", effect="outage")
    yield drifted("t5", 20, cause="pause", stage="paused", effect="outage", fault="enabled")
    # One read that failed.
    yield drifted("t6", 14, fault="unknown", effect="outage")
    yield looked("t6", 14, "unknown", code="unavailable")
    yield looked("t6", 13)
    # A wave of new customers, and one whose administrator took three days.
    for number in range(12):
        new = f"new{number}"
        yield drifted(new, 40, cause="signup", stage="awaiting_consent", fault="missing")
        yield event("tenant.provisioned", 38, tenant_id=new, cause="signup", verdict="healthy", lead_s=95.5)
    yield event("tenant.provisioned", 100, tenant_id="late", cause="recheck", verdict="healthy", lead_s=260_000)
    yield event("tenant.provisioned", 90, tenant_id="later", cause="signup", verdict="needs_consent", lead_s=9_000)
    # A customer who leaves in an hour.
    yield from (looked("leaver", ago, "settling", stage="offboarding", cause="offboard") for ago in (150, 120, 90))
    yield event("tenant.offboarded", 88, tenant_id="leaver", stage="offboarded", verdict="healthy")
    # A message that was put off for an hour and has just come back, and one odd answer of Entra's.
    yield event("queue.depth", 1, queue="offboard", depth=1, oldest_age_s=3_600)
    yield looked("t7", 25, "unknown", code="vendor_credential")
    yield looked("t7", 24)


def healthy() -> list[Row]:
    """A fleet in which nothing is wrong."""
    return [*timer(), *watched(), *ordinary()]


def query(rule_id: str) -> Checked:
    """A rule's query as it was parsed; all are parsed at once."""
    return checked(QUERIES)[rule_id]


def fired(
    rule_id: str, events: list[Row], traces: list[Row] | None = None, now: datetime = NOW
) -> dict[tuple[str, ...], float]:
    """Evaluate a rule as Azure Monitor does: the series that are over the threshold, by their dimensions."""
    rule = BY_ID[rule_id]
    oldest = now - timedelta(minutes=minutes(rule["window"]))
    tables = {"AppEvents": events, "AppTraces": traces or []}
    seen = {name: [row for row in rows if row["TimeGenerated"] >= oldest] for name, rows in tables.items()}
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in run(query(rule_id).tree, seen, now):
        series.setdefault(tuple(str(row[name]) for name in rule["dimensions"]), []).append(row)
    measured = {key: _measured(rule, rows) for key, rows in series.items()}
    assert rule["operator"] == "GreaterThan"
    return {key: amount for key, amount in measured.items() if amount > rule["threshold"]}


def _measured(rule: dict[str, Any], rows: list[Row]) -> float:
    if rule["aggregation"] == "Count":
        return len(rows)
    assert rule["aggregation"] == "Maximum"
    return float(max(row[rule["measure"]] for row in rows))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
