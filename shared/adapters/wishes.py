"""What is wanted of the whole fleet: one row of the table ``fleet``; every write names the edition that it replaces."""

import json
from collections.abc import Mapping

from shared.adapters.columns import (
    NEVER,
    check_schema,
    flag_in,
    instant_from,
    mapping,
    stamp,
    text_in,
    write_json,
)
from shared.adapters.decision_texts import suspension_document, suspension_from, who, why
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import TableRows
from shared.domain.errors import NeedsHuman, RecordChanged
from shared.domain.fleet import Fleet, FleetPause, FleetRecord, Freeze

_SCHEMA = 1
_PARTITION, _ROW = "fleet", "wishes"
_NOBODY_YET = ""


class Wishes:
    """The fleet's wishes.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, "fleet")

    def get(self) -> FleetRecord:
        """Read them; nothing is wanted where nothing was ever stored.

        Raises:
            NeedsHuman: They cannot be read. Whoever went on without them might repair what is frozen.
        """
        found = self._rows.get(_PARTITION, _ROW)
        return FleetRecord(Fleet(), _NOBODY_YET) if found is None else FleetRecord(from_row(found[0]), found[1])

    def put(self, record: FleetRecord, fleet: Fleet) -> FleetRecord:
        """Replace them by a newer edition; columns that are not ours stay.

        Raises:
            RecordChanged: Somebody else did so first.
        """
        row = to_row(fleet)
        etag = self._rows.insert(row) if record.etag == _NOBODY_YET else self._rows.merge(row, record.etag)
        if etag is None:
            raise RecordChanged("somebody else changed what is wanted of the fleet first")
        return FleetRecord(fleet, etag)


def to_row(fleet: Fleet) -> dict[str, object]:
    """Write the wishes as columns, none left out. What people said is cut where ``decision_texts`` says."""
    pauses = {
        scope: {"suspension": suspension_document(pause.suspension), "is_asked": pause.is_asked}
        for scope, pause in fleet.pauses.items()
    }
    return {
        "PartitionKey": _PARTITION,
        "RowKey": _ROW,
        "schema": _SCHEMA,
        "freeze": _write_freeze(fleet.freeze),
        "pauses": write_json(pauses),
    }


def from_row(row: Mapping[str, object]) -> Fleet:
    """Read the wishes; total: any columns end in wishes or in one error. A scope that is not known covers nobody.

    Raises:
        NeedsHuman: No edition of this product wrote it so.
    """
    try:
        check_schema(row, _SCHEMA)
        pauses = mapping(json.loads(text_in(row, "pauses")))
        return Fleet(_read_freeze(text_in(row, "freeze")), {scope: _pause(mapping(it)) for scope, it in pauses.items()})
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        raise NeedsHuman("what is wanted of the fleet cannot be read; see the row of the table fleet") from None


def _write_freeze(freeze: Freeze | None) -> str:
    if freeze is None:
        return NEVER
    return write_json({"by": who(freeze.by), "reason": why(freeze.reason), "since": stamp(freeze.since)})


def _read_freeze(text: str) -> Freeze | None:
    if text == NEVER:
        return None
    fields = mapping(json.loads(text))
    return Freeze(text_in(fields, "by"), text_in(fields, "reason"), instant_from(text_in(fields, "since")))


def _pause(fields: Mapping[str, object]) -> FleetPause:
    return FleetPause(suspension_from(fields["suspension"]), flag_in(fields, "is_asked"))
