"""What is kept beside the tenants, in real tables."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shared.adapters.journal import Journal
from shared.adapters.storage_account import StorageAccount
from shared.application import stores
from shared.domain.errors import Unavailable
from shared.domain.messages import Fate, Parked
from shared.domain.values import Secret
from tests.adapters.storage import account_away, at_once
from tests.fakes import CANARY, NOW, TENANT_ID, MemoryJournal

OTHER = UUID(int=7)
GUID = Secret("0C4A9A7E-1111-4222-8333-944455556666")
PARKED = Parked("5f", "verify", "invalid_message: not UTF-8 JSON", '{"a": "é"}', NOW)
AWKWARD = "/\\#?\x00 'é😀\ud800" * 50
LATER = NOW + timedelta(days=9)


@pytest.fixture(params=["memory", pytest.param("tables", marks=pytest.mark.host)])
def journal(request: pytest.FixtureRequest) -> stores.Journal:
    return Journal(request.getfixturevalue("account")) if request.param == "tables" else MemoryJournal()


def test_a_key_is_new_once_in_each_scope(journal: stores.Journal) -> None:
    assert journal.first_time("webhook", "msg_1", NOW)
    assert not journal.first_time("webhook", "msg_1", LATER)
    assert journal.first_time("webhook", "msg_2", NOW)
    assert journal.first_time("consent", "msg_1", NOW)


def test_any_text_is_a_key(journal: stores.Journal) -> None:
    assert [journal.first_time(AWKWARD, AWKWARD, NOW) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("one", "other"), [(("a\nb", "c"), ("a", "b\nc")), (("a", "\ud800"), ("a", "\\ud800")), (("ab", "c"), ("a", "bc"))]
)
def test_what_looks_alike_when_joined_is_not_the_same_key(
    journal: stores.Journal, one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert journal.first_time(*one, NOW)
    assert journal.first_time(*other, NOW)


def test_a_key_is_forgotten_when_it_is_older_than_asked_and_not_before(journal: stores.Journal) -> None:
    for n in range(3):
        journal.first_time("webhook", f"msg_{n}", NOW + timedelta(days=n))
    for _ in range(2):
        journal.forget(NOW + timedelta(days=1))
    assert [journal.first_time("webhook", f"msg_{n}", LATER) for n in range(3)] == [True, False, False]


def test_forgetting_leaves_everything_else(journal: stores.Journal) -> None:
    journal.claim(GUID, TENANT_ID)
    journal.park(PARKED)
    journal.swept(NOW)
    journal.forget(LATER)
    assert not journal.claim(GUID, OTHER)
    assert journal.find_parked("5f") == PARKED
    assert journal.last_sweep() == NOW


def test_nothing_is_forgotten_before_anything_was_seen(journal: stores.Journal) -> None:
    journal.forget(NOW)
    assert journal.first_time("webhook", "msg_1", NOW)


@pytest.mark.host
def test_many_keys_are_forgotten_by_two_at_once(account: StorageAccount) -> None:
    journal = Journal(account)
    journal.first_time("webhook", "of today", LATER)
    table = account.table("webhooks")
    for start in range(0, 1200, 100):  # one partition, and more than one answer of the service
        rows = [{"PartitionKey": "00", "RowKey": f"{n}", "first_seen_at": NOW} for n in range(start, start + 100)]
        table.submit_transaction([("create", row) for row in rows])
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(Journal(account).forget, LATER) for _ in range(2)]:
            done.result()
    assert [row["scope"] for row in table.list_entities()] == ["webhook"]


def test_a_loop_check_guid_belongs_to_its_first_tenant_for_ever(journal: stores.Journal) -> None:
    assert [journal.claim(GUID, tenant_id) for tenant_id in (TENANT_ID, OTHER, TENANT_ID)] == [True, False, True]


def test_a_loop_check_guid_is_the_same_in_any_case(journal: stores.Journal) -> None:
    assert journal.claim(GUID, TENANT_ID)
    assert not journal.claim(Secret(GUID.reveal.lower()), OTHER)
    assert journal.claim(Secret(GUID.reveal[:-1] + "7"), OTHER)


@pytest.mark.host
def test_of_tenants_that_claim_one_guid_at_once_one_has_it(account: StorageAccount) -> None:
    journal = Journal(account)
    assert sorted(at_once(lambda n: journal.claim(GUID, UUID(int=n)))) == [False] * 7 + [True]


@pytest.mark.host
def test_a_guid_that_nobody_can_tell_whose_it_is_is_nobodys(account: StorageAccount) -> None:
    journal = Journal(account)
    journal.claim(GUID, TENANT_ID)
    table = account.table("loopchecks")
    (row,) = table.list_entities()
    table.upsert_entity({**row, "tenant_id": 3})
    assert not journal.claim(GUID, TENANT_ID)


@pytest.mark.host
def test_the_journal_shows_no_loop_check_guid(account: StorageAccount, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Journal(account).claim(Secret(CANARY), TENANT_ID)
    assert CANARY not in repr(list(account.table("loopchecks").list_entities()))
    assert CANARY not in caplog.text


def test_the_last_sweep_and_the_last_cleaning_are_remembered(journal: stores.Journal) -> None:
    assert (journal.last_sweep(), journal.last_cleaning()) == (None, None)
    for now in (NOW, NOW + timedelta(minutes=5, microseconds=1)):
        journal.swept(now)
        assert journal.last_sweep() == now
    journal.cleaned(LATER)
    assert (journal.last_sweep(), journal.last_cleaning()) == (now, LATER)


@pytest.mark.host
def test_a_watermark_that_cannot_be_read_is_none(account: StorageAccount) -> None:
    journal = Journal(account)
    journal.cleaned(NOW)
    account.table("watermarks").upsert_entity({"PartitionKey": "timer", "RowKey": "last-cleaning", "at": "soon"})
    assert journal.last_cleaning() is None


def test_parked_messages_are_kept_and_found(journal: stores.Journal) -> None:
    assert (journal.find_parked("5f"), journal.parked(None, 10)) == (None, ([], None))
    journal.park(PARKED)
    assert journal.find_parked("5f") == PARKED
    assert journal.parked(None, 10) == ([PARKED], None)
    assert journal.find_parked(AWKWARD) is None


def test_a_parked_message_is_new_once_and_is_found_by_its_tenant_until_it_is_closed(journal: stores.Journal) -> None:
    about = replace(PARKED, tenant_id=str(TENANT_ID))
    assert [journal.park(about) for _ in range(2)] == [True, False]
    assert (journal.parked_about(TENANT_ID), journal.parked_about(OTHER)) == ([about], [])
    closed = replace(about, fate=Fate.RESOLVED, decided_by="keeper", decided_at=LATER)
    assert not journal.park(closed)
    assert not journal.park(about)
    assert (journal.parked_about(TENANT_ID), journal.find_parked("5f")) == ([], closed)


@pytest.mark.host
def test_of_many_that_bring_the_same_key_at_once_one_is_first(account: StorageAccount) -> None:
    journal = Journal(account)
    assert sorted(at_once(lambda _: journal.first_time("webhook", "msg_1", NOW))) == [False] * 7 + [True]


CALLS: list[Callable[[Journal], object]] = [
    lambda journal: journal.first_time("webhook", "msg_1", NOW),
    lambda journal: journal.claim(GUID, TENANT_ID),
    lambda journal: journal.forget(NOW),
    lambda journal: journal.park(PARKED),
    lambda journal: journal.park(replace(PARKED, fate=Fate.DROPPED)),
    lambda journal: journal.parked(None, 10),
    lambda journal: journal.find_parked("5f"),
    lambda journal: journal.parked_about(TENANT_ID),
    lambda journal: journal.last_sweep(),
    lambda journal: journal.cleaned(NOW),
]


@pytest.mark.parametrize("call", CALLS)
def test_an_account_that_is_away_is_unavailable_within_seconds(call: Callable[[Journal], object]) -> None:
    started = time.monotonic()
    with account_away() as away, pytest.raises(Unavailable) as caught:
        call(Journal(away))
    assert time.monotonic() - started < 5
    assert GUID.reveal.lower() not in str(caught.value).lower()
