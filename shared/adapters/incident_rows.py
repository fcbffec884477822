"""An incident as a row of a table, and back."""

import json
from collections.abc import Mapping
from datetime import UTC
from uuid import UUID

from shared.adapters.columns import (
    check_schema,
    count_in,
    cut,
    flag_in,
    instant,
    instant_from,
    mapping,
    maybe_instant,
    stamp,
    text_in,
    write_json,
)
from shared.domain.errors import NeedsHuman
from shared.domain.incidents import Delivered, Incident, IncidentCause, Mark, Phase, Severity, Subject

FLEET = "fleet"
"""The partition of what is wrong with the whole deployment, or with many tenants."""
_SCHEMA = 1
_LONGEST = 2048
_TRIED = "tried"


def partition_of(tenant_id: UUID | None) -> str:
    """The partition of a tenant's incidents."""
    return str(tenant_id) if tenant_id is not None else FLEET


def to_row(incident: Incident) -> dict[str, object]:
    """Write an incident as columns, none left out. Sentences are cut at 2048 characters."""
    return {
        "PartitionKey": partition_of(incident.subject.tenant_id),
        "RowKey": incident.incident_id,
        "schema": _SCHEMA,
        "who": cut(incident.subject.who, _LONGEST),
        "region": incident.subject.region,
        "item": incident.item,
        "cause": incident.cause.value,
        "severity": incident.severity.value,
        "sentence": cut(incident.sentence, _LONGEST),
        "since": stamp(incident.since),
        "seen_at": incident.seen_at.astimezone(UTC),
        "phase": incident.phase.value,
        "is_group": incident.is_group,
        "tenants": incident.tenants,
        "opened_at": stamp(incident.opened_at),
        "ended_at": stamp(incident.ended_at),
        "ending": cut(incident.ending, _LONGEST),
        "told": write_json({name: _mark_of(mark) for name, mark in incident.told.items()}),
    }


def from_row(row: Mapping[str, object]) -> Incident:
    """Read an incident; total: any columns end in an incident or in one error.

    Raises:
        NeedsHuman: No edition of this product wrote it so.
    """
    try:
        return _read(row)
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        key = str(row.get("RowKey"))[:36]
        raise NeedsHuman(f"the stored incident {key!r} cannot be read; see its row in the table incidents") from None


def _read(row: Mapping[str, object]) -> Incident:
    check_schema(row, _SCHEMA)
    incident = _columns(row)
    if incident.incident_id != text_in(row, "RowKey"):
        raise ValueError("a key that the incident does not have")
    return incident


def _columns(row: Mapping[str, object]) -> Incident:
    partition = text_in(row, "PartitionKey")
    tenant_id = None if partition == FLEET else UUID(partition)
    return Incident(
        subject=Subject(tenant_id, text_in(row, "who"), text_in(row, "region")),
        item=text_in(row, "item"),
        cause=IncidentCause(text_in(row, "cause")),
        severity=Severity(text_in(row, "severity")),
        sentence=text_in(row, "sentence"),
        since=instant_from(text_in(row, "since")),
        seen_at=instant(row["seen_at"]),
        phase=Phase(text_in(row, "phase")),
        is_group=flag_in(row, "is_group"),
        tenants=count_in(row, "tenants"),
        opened_at=maybe_instant(text_in(row, "opened_at")),
        ended_at=maybe_instant(text_in(row, "ended_at")),
        ending=text_in(row, "ending"),
        told={name: _mark(value) for name, value in mapping(json.loads(text_in(row, "told"))).items()},
    )


def _mark_of(mark: Mark) -> list[str]:
    return [mark.state.value, stamp(mark.at), *([_TRIED] if mark.is_tried else [])]


def _mark(value: object) -> Mark:
    if not isinstance(value, list):
        raise TypeError("a mark expected")
    state, at, *tried = value
    if tried not in ([], [_TRIED]):
        raise ValueError("a mark expected")
    return Mark(Delivered(state), instant_from(at), bool(tried))
