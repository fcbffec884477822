"""Several rows at once: whole or not at all, and never more than the service takes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_batches import TableBatches, creating, deleting, putting
from shared.domain.errors import Unavailable
from tests.adapters.storage import account_away

pytestmark = pytest.mark.host


def row(key: str, **columns: object) -> dict[str, object]:
    return {"PartitionKey": "p", "RowKey": key, **columns}


def keys(account: StorageAccount) -> list[str]:
    return [str(found["RowKey"]) for found in account.table("x").list_entities()]


def test_a_transaction_is_carried_out_whole_or_not_at_all(account: StorageAccount) -> None:
    batches = TableBatches(account, "x")
    assert batches.write(creating(row("a")), creating(row("b")))
    assert not batches.write(creating(row("c")), creating(row("b")))
    assert not batches.write(putting(row("c")), deleting(row("none")))
    assert keys(account) == ["a", "b"]
    assert batches.write(putting(row("c")), deleting(row("a", more="columns")))
    assert keys(account) == ["b", "c"]


def test_rows_that_are_put_again_are_there_once(account: StorageAccount) -> None:
    batches = TableBatches(account, "x")
    for _ in range(2):
        batches.put_all(row(f"{n:04d}") for n in range(201))
    assert keys(account) == [f"{n:04d}" for n in range(201)]
    batches.put_all([])


def test_rows_are_put_in_as_many_transactions_as_their_size_asks_for(account: StorageAccount) -> None:
    wide = dict.fromkeys(("a", "b", "c", "d"), "😀" * 4096)
    TableBatches(account, "x").put_all(row(f"{n:03d}", **wide) for n in range(30))
    assert len(keys(account)) == 30


def test_the_table_is_created_by_whoever_comes_first(account: StorageAccount) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: TableBatches(account, "x").put_all([row(f"{n}")]), range(4)))
    assert keys(account) == list("0123")


def test_what_matches_is_deleted_partition_by_partition(account: StorageAccount) -> None:
    batches = TableBatches(account, "x")
    batches.delete_all("old eq @old", {"old": True})
    for partition in ("p", "q"):
        batches.put_all({**row(f"{n:03d}", old=n != 7), "PartitionKey": partition} for n in range(150))
    batches.delete_all("old eq @old", {"old": True})
    assert keys(account) == ["007", "007"]


def test_an_account_that_is_away_is_unavailable() -> None:
    with account_away() as away:
        with pytest.raises(Unavailable):
            TableBatches(away, "x").put_all([row("a")])
        with pytest.raises(Unavailable):
            TableBatches(away, "x").delete_all("RowKey gt @a", {"a": ""})


def test_a_row_that_somebody_else_deletes_meanwhile_keeps_no_other(account: StorageAccount) -> None:
    batches = TableBatches(account, "x")
    batches.put_all(map(row, "abc"))
    batches._delete([row("a"), row("gone"), row("b")])
    assert keys(account) == ["c"]


def test_a_row_that_the_service_does_not_take_is_an_error_and_not_lost_silently(account: StorageAccount) -> None:
    batches = TableBatches(account, "x")
    batches.put_all([row("a")])
    with pytest.raises(Unavailable):
        batches.put_all([row("b"), row("c", text="x" * 40_000)])
    assert keys(account) == ["a"]


def test_a_refused_put_is_an_error_and_not_lost_silently(
    account: StorageAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = TableBatches(account, "x")
    monkeypatch.setattr(batches, "write", lambda *_: False)
    with pytest.raises(Unavailable):
        batches.put_all([row("a")])
