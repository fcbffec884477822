"""The pages of a list of tenants: what is asked for as a filter of the table, and where the next page begins."""

import base64
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from shared.adapters.tenant_rows import partition_of
from shared.domain.errors import InvalidRequest
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict

_FILTERS: Mapping[str, type[StrEnum]] = {"region": Region, "stage": Stage, "verdict": Verdict}
_ANY = "PartitionKey ge @partition"


def query_of(filters: Mapping[str, str], after: UUID | None) -> tuple[str, dict[str, str]]:
    """Write a filter of the table, with ``@name`` where a value belongs, and the values.

    The table is in the order of its keys, and a tenant's partition is how its id begins: the order of the ids.

    Raises:
        InvalidRequest: There is no such filter, or it has no such value.
    """
    clauses = [_ANY]
    values = {"partition": "0"}
    if after is not None:
        clauses.append("RowKey gt @after")
        values = {"partition": partition_of(after), "after": str(after)}
    for name, value in filters.items():
        if name not in _FILTERS:
            raise InvalidRequest(f"{name[:32]!r}: no such filter; there are {', '.join(_FILTERS)}")
        if value not in frozenset(_FILTERS[name]):
            raise InvalidRequest(f"{name}: one of {', '.join(_FILTERS[name])} is expected")
        clauses.append(f"{name} eq @{name}")
        values[name] = value
    return " and ".join(clauses), values


def write_cursor(last: UUID) -> str:
    """Name the place behind a tenant; opaque to whoever carries it."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def read_cursor(cursor: str) -> UUID:
    """Read what ``write_cursor`` wrote, and nothing else.

    Raises:
        InvalidRequest: It is something else.
    """
    try:
        last = UUID(bytes=base64.b64decode(f"{cursor}==".encode("ascii"), altchars=b"-_", validate=True))
    except ValueError:
        last = None
    if last is None or write_cursor(last) != cursor:
        raise InvalidRequest("cursor: what the page before gave is expected")
    return last
