"""A tenant as a row of a table, and back. The only place where the loop-check value is written down."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from shared.domain.errors import NeedsHuman
from shared.domain.regions import Region
from shared.domain.tenants import FailPolicy, Stage, Tenant, Verdict
from shared.domain.values import Secret

SCHEMA = 1
_LONGEST_REASON = 4096
_NEVER = ""
"""No column is ever left out: a merge would keep the old value."""


def partition_of(tenant_id: UUID) -> str:
    """The partition that holds a tenant: one of sixteen, in the order of the ids."""
    return str(tenant_id)[0]


def to_row(tenant: Tenant) -> dict[str, object]:
    """Write a tenant as columns. A reason longer than 4096 characters is cut."""
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
        "reason": tenant.reason.encode("utf-8", "backslashreplace").decode()[:_LONGEST_REASON],
        "items": _json(tenant.items),
        "owned": _json({name: str(guid) for name, guid in tenant.owned.items()}),
        "written": _json({name: _stamp(when) for name, when in tenant.written.items()}),
        "refused": _json(tenant.refused),
        "checked_at": _stamp(tenant.checked_at) if tenant.checked_at else _NEVER,
    }


def from_row(row: Mapping[str, object]) -> Tenant:
    """Read a tenant; total: any columns end in a tenant or in one error. Columns that are not known are left alone.

    Raises:
        NeedsHuman: No edition of this product wrote it so: somebody edited the table, or an older edition reads what a
            newer one wrote. Time mends neither. No value is in the message.
    """
    try:
        return _read(row)
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        key = str(row.get("RowKey"))[:36]
        raise NeedsHuman(f"the stored record {key!r} cannot be read; see its row in the table") from None


def _read(row: Mapping[str, object]) -> Tenant:
    tenant_id = UUID(_text(row, "RowKey"))
    if (row["PartitionKey"], row["RowKey"]) != (partition_of(tenant_id), str(tenant_id)):
        raise ValueError("keys that no tenant has")
    if _count(row, "schema") != SCHEMA:
        raise ValueError("another schema")
    checked_at = _text(row, "checked_at")
    return Tenant(
        tenant_id=tenant_id,
        account_id=_text(row, "account_id"),
        region=Region(_text(row, "region")),
        initial_domain=_text(row, "initial_domain"),
        loop_check=Secret(_text(row, "loop_check")),
        stage=Stage(_text(row, "stage")),
        generation=_count(row, "generation"),
        created_at=_instant(row["created_at"]),
        next_check_at=_instant(row["next_check_at"]),
        fail_policy=FailPolicy(_text(row, "fail_policy")),
        company_name=_text(row, "company_name"),
        contact=_text(row, "contact"),
        verdict=Verdict(_text(row, "verdict")),
        reason=_text(row, "reason"),
        items=_texts(row, "items"),
        owned={name: UUID(guid) for name, guid in _texts(row, "owned").items()},
        written={name: _instant(datetime.fromisoformat(when)) for name, when in _texts(row, "written").items()},
        refused=_texts(row, "refused"),
        checked_at=None if checked_at == _NEVER else _instant(datetime.fromisoformat(checked_at)),
    )


def _json(texts: Mapping[str, str]) -> str:
    return json.dumps(dict(texts), separators=(",", ":"))


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _text(row: Mapping[str, object], column: str) -> str:
    value = row[column]
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _count(row: Mapping[str, object], column: str) -> int:
    value = row[column]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise TypeError("a count expected")
    return value


def _texts(row: Mapping[str, object], column: str) -> dict[str, str]:
    texts = json.loads(_text(row, column))
    if not isinstance(texts, dict) or not all(isinstance(value, str) for value in texts.values()):
        raise TypeError("texts by name expected")
    return texts


def _instant(value: object) -> datetime:
    """Read an instant as a plain datetime: the SDK's own kind would write its old text back."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("an instant expected")
    return datetime.fromisoformat(_stamp(value))
