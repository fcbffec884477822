"""What happened to each tenant: append-only, newest first, page by page."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.event_rows import KEY, from_row, to_rows
from shared.adapters.history import History
from shared.adapters.newest_first import write_cursor
from shared.adapters.storage_account import StorageAccount
from shared.application import stores
from shared.domain.errors import InvalidRequest, NeedsHuman, Unavailable
from shared.domain.history import Event, EventKind
from tests.adapters.storage import account_away, at_once
from tests.fakes import NOW, TENANT_ID

OTHER = UUID(int=7)
EVENT = Event(NOW, EventKind.STEP, "0", "", "made", "keeper", UUID(int=99))


@pytest.fixture(params=[pytest.param("table", marks=pytest.mark.host)])
def history(request: pytest.FixtureRequest) -> stores.History:
    return History(request.getfixturevalue("account"))


def event(n: int, minutes: float = 0) -> Event:
    return replace(EVENT, subject=f"{n}", at=NOW + timedelta(minutes=minutes))


def numbers(history: stores.History, limit: int = 1000, tenant_id: UUID = TENANT_ID) -> list[int]:
    found: list[int] = []
    cursor: str | None = None
    while cursor is not None or not found:
        page, cursor = history.page(tenant_id, cursor, limit)
        assert len(page) == limit or cursor is None
        found += [int(one.subject) for one in page]
        if not page:
            break
    return found


def test_an_event_is_read_as_it_was_given(history: stores.History) -> None:
    assert history.page(TENANT_ID, None, 10) == ([], None)
    whole = Event(NOW, EventKind.FINDING, "a 'b' /\\#?\x00", "Łódź 😀", "", "ada", OTHER)
    history.append(TENANT_ID, [whole])
    history.append(TENANT_ID, [])
    assert history.page(TENANT_ID, None, 10) == ([whole], None)


def test_the_newest_comes_first_in_whatever_order_it_was_appended(history: stores.History) -> None:
    for n in (2, 0, 1):
        history.append(TENANT_ID, [event(n, minutes=n)])
    assert numbers(history) == [2, 1, 0]


def test_events_of_one_moment_stay_in_the_order_in_which_they_are_given(history: stores.History) -> None:
    history.append(TENANT_ID, [event(n) for n in range(250)])
    assert numbers(history, 100) == list(reversed(range(250)))


def test_what_is_appended_later_is_newer_also_within_one_moment(history: stores.History) -> None:
    for n in range(0, 12, 2):
        history.append(TENANT_ID, [event(n), event(n + 1)])
    assert numbers(history) == list(reversed(range(12)))


def test_the_order_given_counts_also_where_a_clock_was_set_back(history: stores.History) -> None:
    history.append(TENANT_ID, [event(0, minutes=3), event(1, minutes=1), event(2, minutes=2)])
    assert numbers(history) == [2, 1, 0]
    assert history.page(TENANT_ID, None, 1)[0] == [event(2, minutes=2)]


@pytest.mark.parametrize("limit", [1, 3, 7, 8, 1000])
def test_pages_of_any_length_go_through_everything(history: stores.History, limit: int) -> None:
    history.append(TENANT_ID, [event(n) for n in range(7)])
    assert numbers(history, limit) == [6, 5, 4, 3, 2, 1, 0]


def test_a_page_neither_repeats_nor_skips_while_others_append(history: stores.History) -> None:
    history.append(TENANT_ID, [event(n) for n in range(6)])
    read: list[str] = []
    cursor: str | None = None
    for step in range(3):
        page, cursor = history.page(TENANT_ID, cursor, 2)
        read += [one.subject for one in page]
        history.append(TENANT_ID, [event(100 + step), event(200 + step, minutes=1)])
    assert (read, cursor) == (list("543210"), None)


def test_no_tenant_sees_another_ones_events(history: stores.History) -> None:
    history.append(TENANT_ID, [event(n) for n in range(3)])
    history.append(OTHER, [event(n) for n in range(10, 13)])
    assert (numbers(history), numbers(history, tenant_id=OTHER)) == ([2, 1, 0], [12, 11, 10])
    _, cursor = history.page(TENANT_ID, None, 1)
    assert {int(one.subject) for one in history.page(OTHER, cursor, 10)[0]} <= {10, 11, 12}


def test_what_is_older_than_asked_is_forgotten_of_every_tenant_and_nothing_else(history: stores.History) -> None:
    history.forget(NOW)
    for tenant_id in (TENANT_ID, OTHER):
        history.append(tenant_id, [event(n, minutes=n) for n in range(4)])
    for _ in range(2):
        history.forget(NOW + timedelta(minutes=2))
    assert (numbers(history), numbers(history, tenant_id=OTHER)) == ([3, 2], [3, 2])


@pytest.mark.host
def test_many_events_are_forgotten_by_two_at_once(account: StorageAccount) -> None:
    history = History(account)
    history.append(TENANT_ID, [event(n) for n in range(1100)])
    history.append(TENANT_ID, [event(5000, minutes=5)])
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(History(account).forget, NOW + timedelta(minutes=1)) for _ in range(2)]:
            done.result()
    assert numbers(history) == [5000]


def everywhere(history: stores.History, limit: int) -> list[tuple[UUID, str]]:
    found: list[tuple[UUID, str]] = []
    cursor: str | None = None
    while True:
        page, cursor = history.activity(cursor, limit)
        found += [(tenant_id, one.subject) for tenant_id, one in page]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_the_activity_is_what_happened_to_all_tenants_newest_first_over_many_days(
    history: stores.History, limit: int
) -> None:
    assert history.activity(None, limit) == ([], None)
    hours = [0, 11.9, 12.1, 30, 31, 100, 2400, 2401]
    for n, after in enumerate(hours):
        history.append((TENANT_ID, OTHER)[n % 2], [event(n, minutes=60 * after)])
    wanted = [((TENANT_ID, OTHER)[n % 2], f"{n}") for n in reversed(range(len(hours)))]
    assert everywhere(history, limit) == wanted


def test_what_is_forgotten_is_in_no_activity(history: stores.History) -> None:
    history.append(TENANT_ID, [event(0), event(1, minutes=3000)])
    history.forget(NOW + timedelta(hours=1))
    assert everywhere(history, 10) == [(TENANT_ID, "1")]


@pytest.mark.host
def test_of_writers_at_once_none_loses_an_event_and_each_ones_stay_in_order(account: StorageAccount) -> None:
    def write(writer: int) -> None:
        for begin in (0, 5):
            History(account).append(TENANT_ID, [event(100 * writer + begin + n) for n in range(5)])

    at_once(write, 6)
    found = numbers(History(account), 7)
    assert len(found) == 60
    for writer in range(6):
        mine = [n - 100 * writer for n in found if n // 100 == writer]
        assert mine == list(reversed(range(10)))


def test_two_who_write_in_the_same_nanosecond_have_different_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_800_000_000_000_000_000)
    keys = {str(row["RowKey"]) for _ in range(50) for row in to_rows(TENANT_ID, [EVENT, EVENT])}
    assert len(keys) == 100
    assert all(KEY.fullmatch(key) for key in keys)


@pytest.mark.host
def test_an_event_that_cannot_be_read_hides_no_other(account: StorageAccount, caplog: pytest.LogCaptureFixture) -> None:
    history = History(account)
    history.append(TENANT_ID, [event(n) for n in range(4)])
    table = account.table("timeline")
    (broken,) = table.query_entities(f"subject eq '2' and PartitionKey eq '{TENANT_ID}'")
    table.update_entity({"PartitionKey": str(TENANT_ID), "RowKey": broken["RowKey"], "kind": "no such"})
    for key in ("0", "zzz"):
        table.create_entity({**to_rows(TENANT_ID, [event(9)])[0], "RowKey": key})
    with caplog.at_level(logging.ERROR, "keeper.history"):
        assert numbers(history, 1) == [3, 1, 0]
    assert {record.message for record in caplog.records} == {"event passed over"}


@pytest.mark.host
def test_texts_without_end_are_cut_and_a_hundred_of_them_are_stored(account: StorageAccount) -> None:
    endless = replace(EVENT, subject="😀" * 9000, before="\ud800" * 9000, after="x" * 9000, actor="\x00" * 9000)
    History(account).append(TENANT_ID, [endless] * 100)
    page, _ = History(account).page(TENANT_ID, None, 1000)
    assert len(page) == 100
    assert {len(text) for text in (page[0].subject, page[0].before, page[0].after, page[0].actor)} == {4096}


@pytest.mark.parametrize("cursor", ["nonsense", "é", "", write_cursor("0' or RowKey gt '"), write_cursor("1" * 18)])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with account_away() as away, pytest.raises(InvalidRequest, match="cursor"):
        History(away).page(TENANT_ID, cursor, 10)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_that_is_none_is_refused(limit: int) -> None:
    with account_away() as away, pytest.raises(InvalidRequest, match="limit"):
        History(away).page(TENANT_ID, None, limit)


EVENTS = st.builds(
    Event,
    st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.sampled_from(EventKind),
    *[st.text(max_size=8)] * 4,
    st.uuids(),
)


@settings(max_examples=50)
@given(st.lists(EVENTS, max_size=8))
def test_all_events_come_back_from_rows_whose_order_is_theirs_backwards(events: list[Event]) -> None:
    rows = to_rows(TENANT_ID, events)
    for kept in (rows[: len(events)], rows[len(events) :]):
        in_order = sorted(kept, key=lambda row: (str(row["PartitionKey"]), str(row["RowKey"])))
        assert [from_row(row) for row in in_order] == list(reversed(events))


ROW, OF_THE_DAY = to_rows(TENANT_ID, [EVENT])
JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.datetimes()


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(sorted(ROW)), JUNK, min_size=1))
def test_any_columns_end_in_an_event_or_in_one_error(changed: Mapping[str, object]) -> None:
    try:
        assert isinstance(from_row({**ROW, **changed}), Event)
    except NeedsHuman as error:
        shown = error
    else:
        return
    assert shown.__suppress_context__


@pytest.mark.parametrize("column", sorted(ROW.keys() - {"PartitionKey", "tenant_id"}))
def test_a_row_without_one_of_its_columns_is_for_a_person(column: str) -> None:
    with pytest.raises(NeedsHuman):
        from_row({name: value for name, value in ROW.items() if name != column})


def test_an_account_that_is_away_is_unavailable() -> None:
    with account_away() as away:
        history = History(away)
        with pytest.raises(Unavailable):
            history.append(TENANT_ID, [EVENT])
        with pytest.raises(Unavailable):
            history.page(TENANT_ID, None, 10)
        with pytest.raises(Unavailable):
            history.forget(NOW)
