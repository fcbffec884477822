"""Write events by the contract: what a finished piece of work tells Azure Monitor."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from shared.adapters.events import AVAILABILITY, COMMON, EVENTS
from shared.adapters.telemetry import worked_on
from shared.domain.drift import Fault
from shared.domain.errors import KeeperError, Throttled
from shared.domain.messages import Message, Queue
from shared.domain.report import Report
from shared.domain.resources import Effect
from shared.domain.tenants import Stage, Tenant, Verdict

_LOG = logging.getLogger("keeper.events")
_SCHEMA = 1
_NO_EFFECT = frozenset({Fault.UNKNOWN, Fault.ACCEPTED})
"""What was not read does nothing to mail that anybody knows, and what a person accepted is no news."""

Told = tuple[str, Mapping[str, object]]
"""An event's name and its fields."""


def emit(name: str, fields: Mapping[str, object], correlation_id: str = "") -> None:
    """Write one event; a field that the contract does not name is a bug."""
    expected = EVENTS[name].fields.keys()
    assert fields.keys() == expected, f"{name}: {sorted(fields.keys() ^ expected)}"
    common = dict(zip(COMMON, (_SCHEMA, correlation_id), strict=True))
    _LOG.info(name, extra={"microsoft.custom_event.name": name, **common, **fields})


def availability(tenant: Tenant, correlation_id: str, *, duration_ms: int) -> None:
    """Write one availability record: each tenant's mail flow is watched like a web site of its own."""
    is_well = tenant.verdict is Verdict.HEALTHY
    record = {
        "microsoft.availability.id": correlation_id,
        "microsoft.availability.name": AVAILABILITY,
        "microsoft.availability.duration": f"00:{duration_ms // 60_000 % 60:02}:{duration_ms / 1000 % 60:06.3f}",
        "microsoft.availability.success": "true" if is_well else "false",
        "microsoft.availability.runLocation": tenant.region.value,
        "microsoft.availability.message": tenant.verdict.value,
    }
    _LOG.info("tenant.availability", extra={**record, "tenant_id": tenant.tenant_id})


class AzureMonitor:
    """The telemetry of the use cases, as events of the log; Azure Monitor collects them where it listens.

    Args:
        clock: The time, in UTC.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def looked(self, message: Message, report: Report, tenant: Tenant, begun: datetime) -> None:
        """Write the events and the availability record of one look or piece of work."""
        took, correlation_id = (begun, self._clock()), str(message.correlation_id)
        for name, fields in of_work(worked_on(), message, report, tenant, took):
            emit(name, fields, correlation_id)
        availability(tenant, correlation_id, duration_ms=_milliseconds(took))

    def braked(self, reason: str) -> None:
        """Write that the fleet's brake has engaged."""
        emit("brake.engaged", {"reason": reason})

    def unnoted(self, tenant: Tenant, error: KeeperError) -> None:
        """Write that what a look means to people could not be kept."""
        _LOG.warning("not noted", extra={"tenant_id": tenant.tenant_id, "code": error.code, "reason": str(error)})

    def ending(self, whose: str, reason: str) -> None:
        """Write that a person's decision ends soon, or is over."""
        emit("decision.ending", {"tenant_id": whose, "reason": reason})


def of_work(
    queue: Queue | None, message: Message, report: Report, tenant: Tenant, took: tuple[datetime, datetime]
) -> list[Told]:
    """List the events of one look or piece of work.

    Args:
        queue: Where the work came from; ``None`` where no message asked for it.
        message: The work.
        report: What was seen and done.
        tenant: The record afterwards.
        took: When it began and ended.
    """
    common = {
        "tenant_id": str(tenant.tenant_id),
        "region": tenant.region.value,
        "stage": _stage(report, tenant),
        "verdict": report.verdict.value,
        "cause": message.cause.value,
        "code": report.failure.code if report.failure is not None else "",
        "writes": len(report.steps),
        "duration_ms": _milliseconds(took),
    }
    told: list[Told] = [("tenant.verified", {**common, **_seen(report, tenant)})]
    if queue is Queue.PROVISION:
        lead = (took[1] - message.first_enqueued_at).total_seconds()
        told.append(("tenant.provisioned", {**common, "lead_s": round(lead, 1)}))
    if queue is Queue.REMEDIATE:
        told.append(("tenant.remediated", common))
    if queue is Queue.OFFBOARD and report.verdict is Verdict.HEALTHY:
        told.append(("tenant.offboarded", common))
    if isinstance(report.failure, Throttled):
        wait = report.failure.retry_after
        seconds = wait.total_seconds() if wait is not None else 0.0
        told.append(("api.throttled", {"tenant_id": common["tenant_id"], "retry_after_s": seconds}))
    return [*told, *_drifts(report, tenant, message)]


def _stage(report: Report, tenant: Tenant) -> str:
    """What counts now: a pause of the fleet, or the middle of a move, is in no record."""
    return (Stage.PAUSED if report.tenant.stage is Stage.PAUSED else tenant.stage).value


def _milliseconds(took: tuple[datetime, datetime]) -> int:
    begun, ended = took
    return round((ended - begun).total_seconds() * 1000)


def _seen(report: Report, tenant: Tenant) -> dict[str, object]:
    effects = [drift.effect for drift in report.drifts if drift.fault not in _NO_EFFECT]
    worst = min(effects, key=tuple(Effect).index, default="")
    unwell = sorted({drift.item.value for drift in report.drifts if drift.effect is not Effect.COSMETIC})
    return {
        "drifts": len(report.drifts),
        "effect": str(worst),
        "items": "; ".join(unwell),
        "unwell_since": tenant.unwell_since.isoformat() if tenant.unwell_since is not None else "",
    }


def _drifts(report: Report, tenant: Tenant, message: Message) -> Iterator[Told]:
    for drift in report.drifts:
        fields = {
            "tenant_id": str(tenant.tenant_id),
            "region": tenant.region.value,
            "stage": _stage(report, tenant),
            "cause": message.cause.value,
            "item": drift.item.value,
            "fault": drift.fault.value,
            "setting": drift.setting.name if drift.setting is not None else "",
            "effect": drift.effect.value,
        }
        yield "drift.detected", fields
