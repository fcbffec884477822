"""Messages that nobody can work on: kept once, listed until somebody has decided, newest first."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.newest_first import write_cursor
from shared.adapters.parked_messages import ParkedMessages
from shared.adapters.parked_rows import from_row, to_open_row, to_row
from shared.adapters.storage_account import StorageAccount
from shared.domain.errors import InvalidRequest
from shared.domain.messages import Fate, Parked
from tests.adapters.storage import account_away
from tests.fakes import NOW, TENANT_ID

PARKED = Parked("5f", "verify", "invalid_message: not UTF-8 JSON", '{"a": "é"}', NOW)
DROPPED = replace(PARKED, fate=Fate.DROPPED, decided_by="ada", decided_at=NOW + timedelta(hours=1))
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))])).filter(
    lambda when: 1 < when.year < 9999
)


@pytest.fixture
def messages(account: StorageAccount) -> ParkedMessages:
    return ParkedMessages(account)


@pytest.mark.host
def test_only_the_first_of_one_message_is_new_and_no_decision_is(messages: ParkedMessages) -> None:
    assert [messages.park(each) for each in (PARKED, PARKED, DROPPED, PARKED)] == [True, False, False, False]


@pytest.mark.host
def test_those_about_a_tenant_are_found_until_somebody_has_decided_newest_first(messages: ParkedMessages) -> None:
    for n in range(4):
        messages.park(replace(minutes_later(n), tenant_id=str(TENANT_ID)))
    messages.park(replace(PARKED, tenant_id=str(UUID(int=1))))
    messages.park(replace(PARKED, parked_id="of nobody"))
    messages.park(replace(minutes_later(2), fate=Fate.RESOLVED, tenant_id=str(TENANT_ID)))
    assert [parked.parked_id for parked in messages.about(TENANT_ID)] == ["3", "1", "0"]
    assert messages.about(UUID(int=2)) == []


def minutes_later(n: int) -> Parked:
    return replace(PARKED, parked_id=f"{n}", parked_at=NOW + timedelta(minutes=n))


def pages(messages: ParkedMessages, limit: int) -> Iterator[list[str]]:
    cursor: str | None = None
    while True:
        page, cursor = messages.page(cursor, limit)
        yield [parked.parked_id for parked in page]
        if cursor is None:
            return


@pytest.mark.host
def test_a_message_that_comes_again_is_kept_once_and_as_it_first_came(messages: ParkedMessages) -> None:
    for parked in (PARKED, replace(PARKED, parked_at=NOW + timedelta(minutes=1), body="longer " * 9000), PARKED):
        messages.park(parked)
    assert messages.page(None, 10) == ([PARKED], None)
    assert messages.find("5f") == PARKED


@pytest.mark.host
def test_a_message_that_comes_many_times_at_once_is_kept_once(account: StorageAccount) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ParkedMessages(account).park(replace(PARKED, body=f"{n}")), range(8)))
    (listed,), _ = ParkedMessages(account).page(None, 10)
    assert listed == ParkedMessages(account).find("5f")


@pytest.mark.host
def test_what_is_decided_is_listed_no_more_and_stays_found(messages: ParkedMessages) -> None:
    messages.park(PARKED)
    messages.park(DROPPED)
    assert messages.page(None, 10) == ([], None)
    assert messages.find("5f") == DROPPED


@pytest.mark.host
def test_a_message_that_comes_again_reopens_no_decision(messages: ParkedMessages) -> None:
    messages.park(PARKED)
    messages.park(DROPPED)
    messages.park(replace(PARKED, parked_at=NOW + timedelta(days=1)))
    assert messages.page(None, 10) == ([], None)
    assert messages.find("5f") == DROPPED


@pytest.mark.host
def test_a_decision_takes_the_message_from_the_list_whenever_it_says_that_it_was_parked(
    messages: ParkedMessages,
) -> None:
    messages.park(PARKED)
    messages.park(replace(DROPPED, parked_at=NOW + timedelta(days=1)))
    assert messages.page(None, 10) == ([], None)


@pytest.mark.host
def test_the_last_decision_counts(messages: ParkedMessages) -> None:
    replayed = replace(DROPPED, fate=Fate.REPLAYED, decided_by="grace", body="short")
    for parked in (replace(PARKED, body="x" * 40_000), replace(DROPPED, body="x" * 40_000), replayed):
        messages.park(parked)
    assert messages.find("5f") == replayed


@pytest.mark.host
def test_a_decision_on_what_was_never_parked_is_kept(messages: ParkedMessages) -> None:
    messages.park(DROPPED)
    messages.park(PARKED)
    assert (messages.find("5f"), messages.page(None, 10)) == (DROPPED, ([], None))


@pytest.mark.host
def test_pages_go_through_all_open_ones_newest_first(messages: ParkedMessages) -> None:
    for n in (2, 5, 3, 1, 4, 0):
        messages.park(minutes_later(n))
    messages.park(replace(minutes_later(3), fate=Fate.REPLAYED))
    assert list(pages(messages, 2)) == [["5", "4"], ["2", "1"], ["0"]]
    assert list(pages(messages, 5)) == [["5", "4", "2", "1", "0"]]
    assert list(pages(messages, 1000)) == [["5", "4", "2", "1", "0"]]


@pytest.mark.host
def test_those_of_one_moment_are_each_on_one_page(messages: ParkedMessages) -> None:
    for n in range(7):
        messages.park(replace(PARKED, parked_id=f"{n}"))
    assert sorted(parked_id for page in pages(messages, 2) for parked_id in page) == list("0123456")


@pytest.mark.host
def test_a_page_neither_repeats_nor_skips_while_messages_come_and_are_decided(messages: ParkedMessages) -> None:
    for n in range(6):
        messages.park(minutes_later(n))
    read: list[str] = []
    for step, page in enumerate(pages(messages, 2)):
        read += page
        messages.park(minutes_later(100 + step))
        messages.park(replace(minutes_later(int(page[-1])), fate=Fate.DROPPED))  # where the next page begins
    assert read == list("543210")


@pytest.mark.host
def test_rows_that_are_none_of_ours_break_no_page(
    account: StorageAccount, messages: ParkedMessages, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(3):
        messages.park(minutes_later(n))
    table = account.table("parked")
    for key in ("open-", "open-0", "open-zzz", "zzz"):
        table.create_entity({"PartitionKey": "parked", "RowKey": key})
    table.upsert_entity({"PartitionKey": "parked", "RowKey": to_open_row(minutes_later(1))["RowKey"], "fate": 3})
    with caplog.at_level(logging.ERROR, "keeper.parked"):
        assert list(pages(messages, 1)) == [["2"], ["1"], ["0"]]
    assert {record.message for record in caplog.records} == {"row passed over"}


@pytest.mark.parametrize("cursor", ["nonsense", "é", "", write_cursor("id-5f"), write_cursor("open-'"), "===="])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with account_away() as away, pytest.raises(InvalidRequest, match="cursor"):
        ParkedMessages(away).page(cursor, 10)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_that_is_none_is_refused(limit: int) -> None:
    with account_away() as away, pytest.raises(InvalidRequest, match="limit"):
        ParkedMessages(away).page(None, limit)


@pytest.mark.host
@pytest.mark.parametrize("body", ["", "x" * 66_000, "😀" * 17_000, "\x00\x01\ufffe'\r\n" * 50], ids=repr)
def test_nothing_of_a_body_is_lost(messages: ParkedMessages, body: str) -> None:
    messages.park(replace(PARKED, body=body))
    assert [parked.body for parked in messages.page(None, 10)[0]] == [body]
    messages.park(replace(DROPPED, body=body))
    assert messages.find("5f") == replace(DROPPED, body=body)


@settings(max_examples=50)
@given(
    st.builds(
        Parked,
        st.text(),
        st.text(),
        st.text(),
        st.text(),
        MOMENTS,
        st.sampled_from(Fate),
        st.text(),
        MOMENTS,
        st.text(),
    )
)
def test_every_parked_message_comes_back(parked: Parked) -> None:
    assert from_row(to_row(parked)) == from_row(to_open_row(parked)) == parked


def test_half_a_surrogate_pair_is_spelt_out() -> None:
    assert from_row(to_row(replace(PARKED, body="\ud800!"))).body == "\\ud800!"


JUNK = st.none() | st.integers() | st.datetimes() | st.text(max_size=8)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(to_row(PARKED))), JUNK))
def test_any_row_of_the_table_can_be_shown_to_a_person(row: dict[str, object]) -> None:
    shown = from_row(row)
    assert shown.parked_at.tzinfo is not None
    assert shown.decided_at is None or shown.decided_at.tzinfo is not None
