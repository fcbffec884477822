"""A tenant as a row of a table, and back. The only place where the loop-check value is written down."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from uuid import UUID

from shared.adapters.columns import (
    NEVER,
    check_schema,
    count_in,
    cut,
    instant,
    instant_from,
    maybe_instant,
    stamp,
    text_in,
    texts,
    write_json,
)
from shared.adapters.decision_texts import (
    read_approval,
    read_deviations,
    read_lease,
    read_moments,
    read_suspension,
    write_approval,
    write_deviations,
    write_lease,
    write_moments,
    write_suspension,
)
from shared.domain.errors import NeedsHuman
from shared.domain.regions import Region
from shared.domain.report import is_as_wanted
from shared.domain.resources import Item
from shared.domain.tenants import FailPolicy, Stage, Tenant, Verdict
from shared.domain.values import Secret

SCHEMA = 1
_LONGEST_REASON = 4096
_NOT_YET = {
    "failure": "",
    "failures": 0,
    "foreign": 0,
    "repairs": "{}",
    "not_before": NEVER,
    "unwell_since": NEVER,
    "lease": NEVER,
    "findings": "{}",
    "pause": NEVER,
    "hold": NEVER,
    "deviations": "{}",
    "moving_from": NEVER,
    "quiet_since": NEVER,
    "approval": NEVER,
    "spec": NEVER,
}
"""Columns that the first edition did not write, and what they hold where nothing was decided."""


def partition_of(tenant_id: UUID) -> str:
    """The partition that holds a tenant: one of sixteen, in the order of the ids."""
    return str(tenant_id)[0]


def to_row(tenant: Tenant) -> dict[str, object]:
    """Write a tenant as columns, none left out. A reason longer than 4096 characters is cut.

    What people said is cut where ``decision_texts`` says.
    """
    return {
        "PartitionKey": partition_of(tenant.tenant_id),
        "RowKey": str(tenant.tenant_id),
        "schema": SCHEMA,
        "account_id": tenant.account_id,
        "region": tenant.region.value,
        "initial_domain": tenant.initial_domain,
        "loop_check": tenant.loop_check.reveal,
        "stage": tenant.stage.value,
        "generation": tenant.generation,
        "created_at": tenant.created_at.astimezone(UTC),
        "next_check_at": tenant.next_check_at.astimezone(UTC),
        "fail_policy": tenant.fail_policy.value,
        "company_name": tenant.company_name,
        "contact": tenant.contact,
        "verdict": tenant.verdict.value,
        "reason": cut(tenant.reason, _LONGEST_REASON),
        "items": write_json(dict(tenant.items)),
        "owned": write_json({name: str(guid) for name, guid in tenant.owned.items()}),
        "written": write_json({name: stamp(when) for name, when in tenant.written.items()}),
        "refused": write_json(dict(tenant.refused)),
        "checked_at": stamp(tenant.checked_at),
        "spec": tenant.spec,
        **{column_of(item): not is_as_wanted(tenant.items, item) for item in Item},
        **_decisions(tenant),
    }


def changed_row(before: Tenant, after: Tenant) -> dict[str, object]:
    """The columns to write over a stored edition: of what changes most often, the lease and the turn, those alone.

    Anything else is written whole, so that a row of an older edition of this product gets the columns that it lacks.
    """
    if after != replace(before, lease=after.lease, next_check_at=after.next_check_at):
        return to_row(after)
    return {
        "PartitionKey": partition_of(after.tenant_id),
        "RowKey": str(after.tenant_id),
        "next_check_at": after.next_check_at.astimezone(UTC),
        "lease": write_lease(after.lease),
    }


def column_of(item: Item) -> str:
    """The column that says whether an item differs from what is wanted: only by columns can a table be searched."""
    return f"differs_{item.slug}"


def _decisions(tenant: Tenant) -> dict[str, object]:
    return {
        "failure": tenant.failure,
        "failures": tenant.failures,
        "foreign": tenant.foreign,
        "repairs": write_moments(tenant.repairs),
        "not_before": stamp(tenant.not_before),
        "unwell_since": stamp(tenant.unwell_since),
        "lease": write_lease(tenant.lease),
        "findings": write_json(dict(tenant.findings)),
        "pause": write_suspension(tenant.pause),
        "hold": write_suspension(tenant.hold),
        "deviations": write_deviations(tenant.deviations),
        "moving_from": tenant.moving_from.value if tenant.moving_from else NEVER,
        "quiet_since": stamp(tenant.quiet_since),
        "approval": write_approval(tenant.approval),
    }


def from_row(row: Mapping[str, object]) -> Tenant:
    """Read a tenant; total: any columns end in a tenant or in one error. Columns that are not known are left alone.

    Raises:
        NeedsHuman: No edition of this product wrote it so: somebody edited the table, or an older edition reads what a
            newer one wrote. Time mends neither. No value is in the message.
    """
    try:
        return _read({**_NOT_YET, **row})
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        key = str(row.get("RowKey"))[:36]
        raise NeedsHuman(f"the stored record {key!r} cannot be read; see its row in the table") from None


def _read(row: Mapping[str, object]) -> Tenant:
    tenant_id = UUID(text_in(row, "RowKey"))
    if (row["PartitionKey"], row["RowKey"]) != (partition_of(tenant_id), str(tenant_id)):
        raise ValueError("keys that no tenant has")
    check_schema(row, SCHEMA)
    moving_from = text_in(row, "moving_from")
    return Tenant(
        tenant_id=tenant_id,
        account_id=text_in(row, "account_id"),
        region=Region(text_in(row, "region")),
        initial_domain=text_in(row, "initial_domain"),
        loop_check=Secret(text_in(row, "loop_check")),
        stage=Stage(text_in(row, "stage")),
        generation=count_in(row, "generation"),
        created_at=instant(row["created_at"]),
        next_check_at=instant(row["next_check_at"]),
        fail_policy=FailPolicy(text_in(row, "fail_policy")),
        company_name=text_in(row, "company_name"),
        contact=text_in(row, "contact"),
        verdict=Verdict(text_in(row, "verdict")),
        reason=text_in(row, "reason"),
        failure=text_in(row, "failure"),
        failures=count_in(row, "failures", least=0),
        foreign=count_in(row, "foreign", least=0),
        repairs=read_moments(text_in(row, "repairs")),
        not_before=maybe_instant(text_in(row, "not_before")),
        unwell_since=maybe_instant(text_in(row, "unwell_since")),
        lease=read_lease(text_in(row, "lease")),
        items=_by_name(row, "items"),
        owned={name: UUID(guid) for name, guid in _by_name(row, "owned").items()},
        written={name: instant_from(when) for name, when in _by_name(row, "written").items()},
        refused=_by_name(row, "refused"),
        findings=_by_name(row, "findings"),
        pause=read_suspension(text_in(row, "pause")),
        hold=read_suspension(text_in(row, "hold")),
        deviations=read_deviations(text_in(row, "deviations")),
        moving_from=None if moving_from == NEVER else Region(moving_from),
        quiet_since=maybe_instant(text_in(row, "quiet_since")),
        approval=read_approval(text_in(row, "approval")),
        checked_at=maybe_instant(text_in(row, "checked_at")),
        spec=text_in(row, "spec"),
    )


def _by_name(row: Mapping[str, object], column: str) -> dict[str, str]:
    return texts(json.loads(text_in(row, column)))
