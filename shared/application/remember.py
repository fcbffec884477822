"""Write down what was learned of a tenant: on its record, and in its history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.application.ports import Policy, World
from shared.application.stores import MOST_EDITIONS
from shared.application.wishing import freeze
from shared.application.witness import KEEPER
from shared.domain.brake import WINDOW, has_broken, is_over
from shared.domain.errors import Busy, Conflict, NotYet, RecordChanged, TransientError
from shared.domain.history import Event, Thread, changes
from shared.domain.leases import is_held, released
from shared.domain.moments import next_moment, region_now, wanted_now
from shared.domain.proof import masked
from shared.domain.regions import Region
from shared.domain.report import Report
from shared.domain.schedule import next_turn
from shared.domain.tenants import Record, Stage, Tenant, Verdict

_PATIENT = 5
"""Failures in a row after which a tenant is left alone for a while: it may hang, and others wait."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=30)

_WELL = frozenset({Verdict.HEALTHY, Verdict.SETTLING})

_DONE = ("owned", "written", "refused", "quiet_since", "repairs")
"""What is learned by writing."""


def changed(
    whose: UUID | Record, change: Callable[[Tenant], Tenant], thread: Thread, world: World, *more: Event
) -> tuple[Tenant, Tenant]:
    """Change a record on top of its newest edition, and tell the history.

    Args:
        whose: The tenant's id; or its record as we know it, which is read anew only where it is not the newest.
        change: What the record becomes; asked again where somebody else wrote meanwhile.
        thread: What led to it.
        world: The outside.
        more: What the record does not show.

    Returns:
        The record before and after.

    Raises:
        UnknownTenant: There is no such tenant.
        RecordChanged: Others changed the record at every attempt.
    """
    record = whose if isinstance(whose, Record) else world.tenants.get(whose)
    tenant_id = record.tenant.tenant_id
    for _ in range(MOST_EDITIONS):
        tenant = change(record.tenant)
        if tenant != record.tenant:
            try:
                world.tenants.put(record, tenant)
            except RecordChanged:
                record = world.tenants.get(tenant_id)
                continue
        if events := (*more, *changes(record.tenant, tenant, thread)):
            world.history.append(tenant_id, events)
        return record.tenant, tenant
    raise RecordChanged("others changed the tenant at every attempt; ask again")


def remember(report: Report, taken: Record, correlation_id: UUID, world: World, policy: Policy) -> Tenant:
    """Write down what a look or a piece of work came to, and give the tenant back.

    Args:
        report: What it came to.
        taken: The record with our lease on it.
        correlation_id: The thread of the work.
        world: The outside.
        policy: What the operator decides.

    Returns:
        The record as it is now.
    """
    now = world.clock()
    thread = Thread(now, KEEPER, correlation_id)
    lease = taken.tenant.lease
    assert lease is not None
    # Only a look finds anything broken: work that is not done yet, or whose last read lagged, is no bad news.
    fleet = world.wishes.get().fleet if report.pending else None

    def learn(tenant: Tenant) -> Tenant:
        if not is_held(tenant, lease):
            # Another worker took the tenant meanwhile, and knows better; nothing was written since.
            return tenant
        learned = released(_learned(tenant, report, now, policy), lease, now)
        is_current = tenant.generation == report.tenant.generation
        return _advanced(learned, region_now(learned, now, policy.draining), report) if is_current else learned

    before, after = changed(taken, learn, thread, world)
    if fleet is not None and has_broken(before, after, wanted_now(after, fleet, now, policy.draining)):
        _brake(after, world)
    return after


def _brake(tenant: Tenant, world: World) -> None:
    """Count one more broken tenant; too many at once stop the repairs of all until a person releases them."""
    now = world.clock()
    world.journal.broke(tenant.tenant_id, now)
    broken, found = world.journal.broken_since(now - WINDOW), world.journal.headcount()
    fleet = found.watched if found is not None else 0
    if is_over(broken, fleet) and world.wishes.get().fleet.freeze is None:
        reason = f"{broken} of {fleet} tenants were found broken within an hour"
        freeze(KEEPER, reason, world)
        world.telemetry.braked(reason)


def _learned(tenant: Tenant, report: Report, now: datetime, policy: Policy) -> Tenant:
    learned = report.tenant
    if isinstance(report.failure, Busy | NotYet):
        # It went no further than others let it: what was done counts, and nothing was judged.
        done = {name: getattr(learned, name) for name in _DONE}
        return replace(tenant, **done)
    return replace(
        tenant,
        verdict=report.verdict,
        reason=_safe(report.reason, tenant),
        failure=report.failure.code if report.failure is not None else "",
        items=report.items,
        spec=policy.spec.version if report.verdict is Verdict.HEALTHY else tenant.spec,
        owned=learned.owned,
        written=learned.written,
        refused=learned.refused,
        findings={finding.code: _safe(str(finding), tenant) for finding in report.findings},
        quiet_since=learned.quiet_since,
        foreign=learned.foreign,
        repairs=learned.repairs,
        **_patience(tenant, report, now),
        unwell_since=None if report.verdict is Verdict.HEALTHY else tenant.unwell_since or now,
        checked_at=now,
        next_check_at=next_moment(tenant, next_turn(tenant.tenant_id, now, policy.period)),
    )


def _safe(text: str, tenant: Tenant) -> str:
    """What the customer's own objects are called may be anything, the loop-check GUID too."""
    return str(masked(text, tenant.loop_check))


def _patience(tenant: Tenant, report: Report, now: datetime) -> dict[str, Any]:
    """Count what fails for reasons that pass, and say before when nobody is to ask again."""
    error = report.failure
    if not isinstance(error, TransientError) or isinstance(error, Conflict | RecordChanged):
        return {"failures": 0, "not_before": None}
    failures = tenant.failures + 1
    wait = error.retry_after
    if wait is None and failures >= _PATIENT:
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - _PATIENT, 10))
    return {"failures": failures, "not_before": now + wait if wait is not None else None}


def _advanced(tenant: Tenant, wanted: Region, report: Report) -> Tenant:
    """Take the step of a tenant's life that what was seen allows; only where it is in the region that is wanted."""
    if report.failure is not None or report.verdict not in _WELL:
        return tenant
    if tenant.stage is Stage.AWAITING_CONSENT:
        # Found configured and running, it stays so; otherwise the rules are off.
        return replace(tenant, stage=Stage.ACTIVE if report.tenant.stage is Stage.ACTIVE else Stage.STAGED)
    is_there = wanted is tenant.region and report.tenant.region is tenant.region
    if tenant.moving_from is not None and is_there and report.verdict is Verdict.HEALTHY:
        return replace(tenant, moving_from=None)
    return tenant
