"""The pages of a list of tenants: what is asked for as a filter of the table, and where the next page begins."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from uuid import UUID

from shared.adapters.tenant_rows import column_of, partition_of
from shared.domain.errors import InvalidRequest
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.tenants import Stage, Verdict

_FILTERS: Mapping[str, type[StrEnum]] = {"region": Region, "stage": Stage, "verdict": Verdict}
_ANY = "PartitionKey ge @partition"
_ITEMS: Mapping[str, Item] = {item.slug: item for item in Item}
_LONGEST_SEARCH = 128
_LAST = "\uffff"


def query_of(filters: Mapping[str, str], after: UUID | None) -> tuple[str, dict[str, object]]:
    """Write a filter of the table, with ``@name`` where a value belongs, and the values.

    The table is in the order of its keys, and a tenant's partition is how its id begins: the order of the ids. Columns
    are compared character by character, so that a search finds how a word begins and minds its case.

    Args:
        filters: Any of ``region``, ``stage`` and ``verdict`` with one of its values; ``item``, by its slug, for those
            in which it is not as it should be; ``checked_before``, a moment as it is stored; ``search``, a tenant's id
            or how its domain, account or company begins.
        after: The last tenant of the page before.

    Raises:
        InvalidRequest: There is no such filter, or it has no such value.
    """
    clauses = [_ANY]
    values: dict[str, object] = {"partition": "0"}
    if after is not None:
        clauses.append("RowKey gt @after")
        values = {"partition": partition_of(after), "after": str(after)}
    for name, value in filters.items():
        clause, more = _clause(name, value)
        clauses.append(clause)
        values |= more
    return " and ".join(clauses), values


def _clause(name: str, value: str) -> tuple[str, dict[str, object]]:
    match name:
        case "search":
            return _search(value)
        case "item":
            if value not in _ITEMS:
                raise InvalidRequest(f"item: one of {', '.join(_ITEMS)} is expected")
            return f"{column_of(_ITEMS[value])} eq @differs", {"differs": True}
        case "checked_before":
            return "checked_at lt @checked_before", {"checked_before": value}
    if name not in _FILTERS:
        known = (*_FILTERS, "item", "checked_before", "search")
        raise InvalidRequest(f"{name[:32]!r}: no such filter; there are {', '.join(known)}")
    if value not in frozenset(_FILTERS[name]):
        raise InvalidRequest(f"{name}: one of {', '.join(_FILTERS[name])} is expected")
    return f"{name} eq @{name}", {name: value}


def _search(value: str) -> tuple[str, dict[str, object]]:
    if not 1 <= len(value) <= _LONGEST_SEARCH or not value.isprintable():
        raise InvalidRequest(f"search: from 1 to {_LONGEST_SEARCH} printable characters are expected")
    with suppress(ValueError):
        return "RowKey eq @search", {"search": str(UUID(value))}
    words = {"initial_domain": value.lower(), "account_id": value, "company_name": value}
    ranges = (f"( {column} ge @{column} and {column} lt @{column}_end )" for column in words)
    # What begins with a word lies between it and the word with the last of all characters behind it.
    ends: dict[str, object] = {f"{column}_end": f"{word}{_LAST}" for column, word in words.items()}
    return f"( {' or '.join(ranges)} )", {**words, **ends}


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
