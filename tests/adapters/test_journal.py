"""What is kept beside the tenants, in real tables and in the stand-in that the other tests use."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.azurite import Azurite
from shared.adapters.journal import Journal
from shared.adapters.parked_rows import from_row, to_row
from shared.application import ports
from shared.domain.errors import Unavailable
from shared.domain.messages import Parked
from tests.adapters.storage import account_away, own_account
from tests.fakes import NOW, TENANT_ID, MemoryJournal

OTHER = UUID(int=7)
PARKED = Parked("5f", "verify", "invalid_message: not UTF-8 JSON", '{"a": "é"}', NOW)
AWKWARD = "/\\#?\x00 'é😀" * 50


@pytest.fixture(params=["stand-in", pytest.param("tables", marks=pytest.mark.host)])
def journal(request: pytest.FixtureRequest) -> ports.Journal:
    if request.param == "stand-in":
        return MemoryJournal()
    account: Azurite = request.getfixturevalue("azurite")
    return Journal(own_account(account.connection_string))


def test_a_webhook_is_new_once(journal: ports.Journal) -> None:
    assert journal.first_time("msg_1", TENANT_ID, NOW)
    assert not journal.first_time("msg_1", TENANT_ID, NOW + timedelta(days=9))
    assert journal.first_time("msg_2", TENANT_ID, NOW)
    assert journal.first_time("msg_1", OTHER, NOW)


def test_any_text_names_a_webhook(journal: ports.Journal) -> None:
    assert [journal.first_time(AWKWARD, OTHER, NOW) for _ in range(2)] == [True, False]


def test_a_message_that_is_parked_twice_is_kept_once(journal: ports.Journal) -> None:
    assert journal.parked() == []
    for parked in (PARKED, replace(PARKED, body="longer " * 9000), PARKED):
        journal.park(parked)
    assert journal.parked() == [PARKED]


def test_parked_messages_are_listed_newest_first(journal: ports.Journal) -> None:
    all_parked = [replace(PARKED, parked_id=f"{n}", parked_at=NOW + timedelta(minutes=n)) for n in (2, 3, 1)]
    for parked in all_parked:
        journal.park(parked)
    assert [parked.parked_id for parked in journal.parked()] == ["3", "2", "1"]


@pytest.mark.parametrize("body", ["", "x" * 66_000, "😀" * 17_000, "\x00\x01\ufffe'\r\n" * 50], ids=repr)
def test_nothing_of_a_body_is_lost(journal: ports.Journal, body: str) -> None:
    journal.park(replace(PARKED, body=body))
    assert [parked.body for parked in journal.parked()] == [body]


def test_the_last_sweep_is_remembered(journal: ports.Journal) -> None:
    assert journal.last_sweep() is None
    for now in (NOW, NOW + timedelta(minutes=5, microseconds=1)):
        journal.swept(now)
        assert journal.last_sweep() == now


@settings(max_examples=50)
@given(st.builds(Parked, st.text(), st.text(), st.text(), st.text(), st.just(NOW)))
def test_every_parked_message_comes_back(parked: Parked) -> None:
    assert from_row(to_row(parked)) == parked


def test_half_a_surrogate_pair_is_spelt_out() -> None:
    assert from_row(to_row(replace(PARKED, body="\ud800!"))).body == "\\ud800!"


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(to_row(PARKED))), st.none() | st.integers() | st.datetimes()))
def test_any_row_of_the_table_can_be_shown_to_a_person(row: dict[str, object]) -> None:
    assert isinstance(from_row(row), Parked)


@pytest.mark.host
def test_of_many_that_bring_the_same_webhook_at_once_one_is_first(azurite: Azurite) -> None:
    journal = Journal(own_account(azurite.connection_string))
    start = threading.Barrier(8)

    def bring(_: int) -> bool:
        start.wait()
        return journal.first_time("msg_1", TENANT_ID, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(bring, range(8))) == [False] * 7 + [True]


CALLS: list[Callable[[Journal], object]] = [
    lambda journal: journal.first_time("msg_1", TENANT_ID, NOW),
    lambda journal: journal.park(PARKED),
    lambda journal: journal.last_sweep(),
]


@pytest.mark.parametrize("call", CALLS)
def test_an_account_that_is_away_is_unavailable_within_seconds(call: Callable[[Journal], object]) -> None:
    started = time.monotonic()
    with account_away() as away, pytest.raises(Unavailable):
        call(Journal(away))
    assert time.monotonic() - started < 5
