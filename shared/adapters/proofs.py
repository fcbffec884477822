"""What off-boardings proved, in the table ``proofs``: a partition for each tenant, the newest first; kept for ever."""

import json
from collections.abc import Mapping
from uuid import UUID

from shared.adapters.chunks import read_chunks, write_chunks
from shared.adapters.columns import (
    check_schema,
    count_in,
    flag_in,
    instant_from,
    mapping,
    maybe_instant,
    stamp,
    text_in,
    texts,
    write_json,
)
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import TableRows
from shared.domain.errors import NeedsHuman
from shared.domain.proof import Proof

_SCHEMA = 1
_LAST = 10**12 - 1


class Proofs:
    """The proofs.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, "proofs")

    def get(self, tenant_id: UUID) -> Proof | None:
        """Read the newest one of a tenant.

        Raises:
            NeedsHuman: It cannot be read; an older one would prove something else.
        """
        found = self._rows.find("PartitionKey eq @tenant", {"tenant": str(tenant_id)}, 1)
        return next((from_row(row) for row, _ in found), None)

    def put(self, tenant_id: UUID, proof: Proof) -> None:
        """Keep it in place of what there was of the same off-boarding."""
        self._rows.put(to_row(tenant_id, proof))


def to_row(tenant_id: UUID, proof: Proof) -> dict[str, object]:
    """Write a proof as columns; nothing is cut."""
    document = {
        "begun_at": stamp(proof.begun_at),
        "before": [dict(properties) for properties in proof.before],
        "had_sealer": proof.had_sealer,
        "removed": list(proof.removed),
        "left": dict(proof.left),
        "read_back": list(proof.read_back),
        "finished_at": stamp(proof.finished_at),
    }
    return {
        "PartitionKey": str(tenant_id),
        "RowKey": f"{_LAST - proof.generation:012d}",
        "schema": _SCHEMA,
        "generation": proof.generation,
        **write_chunks("proof", write_json(document)),
    }


def from_row(row: Mapping[str, object]) -> Proof:
    """Read a proof; total: any columns end in a proof or in one error.

    Raises:
        NeedsHuman: No edition of this product wrote it so.
    """
    try:
        check_schema(row, _SCHEMA)
        return _read(count_in(row, "generation"), mapping(json.loads(read_chunks(row, "proof"))))
    except (KeyError, ValueError, TypeError, RecursionError, OverflowError):
        tenant = str(row.get("PartitionKey"))[:36]
        raise NeedsHuman(f"the stored proof of {tenant!r} cannot be read; see its row in the table proofs") from None


def _read(generation: int, document: Mapping[str, object]) -> Proof:
    return Proof(
        generation=generation,
        begun_at=instant_from(text_in(document, "begun_at")),
        before=tuple(mapping(properties) for properties in _listed(document["before"])),
        had_sealer=flag_in(document, "had_sealer"),
        removed=_sentences(document["removed"]),
        left=texts(document["left"]),
        read_back=_sentences(document["read_back"]),
        finished_at=maybe_instant(text_in(document, "finished_at")),
    )


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list expected")
    return value


def _sentences(value: object) -> tuple[str, ...]:
    found = _listed(value)
    if not all(isinstance(sentence, str) for sentence in found):
        raise TypeError("texts expected")
    return tuple(map(str, found))
