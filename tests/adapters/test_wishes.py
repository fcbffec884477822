"""What is wanted of the whole fleet: one row, and every write names the edition that it replaces."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.storage_account import StorageAccount
from shared.adapters.wishes import Wishes, from_row, to_row
from shared.application import stores
from shared.domain.decisions import Suspension
from shared.domain.errors import NeedsHuman, RecordChanged, Unavailable
from shared.domain.fleet import EVERYWHERE, SCOPES, Fleet, FleetPause, FleetRecord, Freeze
from tests.adapters.storage import account_away, at_once
from tests.fakes import NOW

PAUSE = FleetPause(Suspension("ada", "an incident in the EU ☂", NOW, NOW + timedelta(hours=4)), is_asked=True)
FULL = Fleet(Freeze("grace", "a bad edition", NOW), {"eu": PAUSE, EVERYWHERE: replace(PAUSE, is_asked=False)})
INSTANTS = st.datetimes(timezones=st.just(UTC))
NAMES = st.text(max_size=8)
PAUSES = st.builds(FleetPause, st.builds(Suspension, NAMES, NAMES, INSTANTS, INSTANTS, st.booleans()), st.booleans())
FLEETS = st.builds(
    Fleet,
    st.none() | st.builds(Freeze, NAMES, NAMES, INSTANTS),
    st.dictionaries(st.sampled_from(sorted(SCOPES)), PAUSES),
)


@pytest.fixture(params=[pytest.param("table", marks=pytest.mark.host)])
def wishes(request: pytest.FixtureRequest) -> stores.Wishes:
    return Wishes(request.getfixturevalue("account"))


def test_nothing_is_wanted_before_anything_was_stored(wishes: stores.Wishes) -> None:
    assert wishes.get() == FleetRecord(Fleet(), "")


def test_wishes_are_read_as_they_were_stored_and_end_as_they_began(wishes: stores.Wishes) -> None:
    record = wishes.put(wishes.get(), FULL)
    assert wishes.get() == record == FleetRecord(FULL, record.etag)
    wishes.put(record, Fleet())
    assert wishes.get().fleet == Fleet()


def test_of_two_writers_with_the_same_edition_one_wins(wishes: stores.Wishes) -> None:
    nothing = wishes.get()
    first = wishes.put(nothing, FULL)
    with pytest.raises(RecordChanged):
        wishes.put(nothing, Fleet())
    wishes.put(first, Fleet(FULL.freeze))
    with pytest.raises(RecordChanged):
        wishes.put(first, Fleet())
    assert wishes.get().fleet == Fleet(FULL.freeze)


@pytest.mark.host
@pytest.mark.parametrize("is_there", [False, True], ids=["first row", "next edition"])
def test_of_many_writers_at_once_one_wins(account: StorageAccount, *, is_there: bool) -> None:
    wishes = Wishes(account)
    record = wishes.put(wishes.get(), Fleet()) if is_there else wishes.get()

    def write(n: int) -> bool:
        try:
            wishes.put(record, Fleet(Freeze(f"{n}", "x", NOW)))
        except RecordChanged:
            return False
        return True

    assert sorted(at_once(write)) == [False] * 7 + [True]


@pytest.mark.host
def test_columns_of_a_newer_edition_survive_our_write(account: StorageAccount) -> None:
    wishes = Wishes(account)
    wishes.put(wishes.get(), FULL)
    account.table("fleet").update_entity({"PartitionKey": "fleet", "RowKey": "wishes", "mood": "theirs"})
    wishes.put(wishes.get(), Fleet())
    assert account.table("fleet").get_entity("fleet", "wishes")["mood"] == "theirs"


@pytest.mark.host
def test_wishes_that_cannot_be_read_are_not_taken_for_none(account: StorageAccount) -> None:
    wishes = Wishes(account)
    wishes.put(wishes.get(), FULL)
    account.table("fleet").update_entity({"PartitionKey": "fleet", "RowKey": "wishes", "freeze": "garbage"})
    with pytest.raises(NeedsHuman, match="fleet"):
        wishes.get()


@settings(max_examples=50)
@given(FLEETS)
def test_all_wishes_come_back(fleet: Fleet) -> None:
    assert from_row(to_row(fleet)) == fleet
    assert to_row(fleet).keys() == to_row(FULL).keys()


def test_what_people_say_without_end_still_fits_into_a_column() -> None:
    endless = replace(PAUSE, suspension=replace(PAUSE.suspension, by="\x00" * 9000, reason="\x00" * 9000))
    row = to_row(Fleet(pauses=dict.fromkeys(SCOPES, endless)))
    assert len(str(row["pauses"]).encode("utf-16-le")) < 64 * 1024
    assert from_row(row).pauses.keys() == SCOPES


JUNK = (
    st.none()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["null", "[]", '{"eu": 1}', '{"eu": {"suspension": {}, "is_asked": 1}}', "[" * 5000])
)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["schema", "freeze", "pauses"]), JUNK, min_size=1))
def test_any_columns_end_in_wishes_or_in_one_error(changed: Mapping[str, object]) -> None:
    try:
        assert isinstance(from_row({**to_row(FULL), **changed}), Fleet)
    except NeedsHuman as error:
        shown = error
    else:
        return
    assert shown.__suppress_context__


@pytest.mark.parametrize("column", ["schema", "freeze", "pauses"])
def test_a_row_without_one_of_its_columns_is_for_a_person(column: str) -> None:
    with pytest.raises(NeedsHuman):
        from_row({name: value for name, value in to_row(FULL).items() if name != column})


def test_an_account_that_is_away_is_unavailable() -> None:
    with account_away() as away:
        with pytest.raises(Unavailable):
            Wishes(away).get()
        with pytest.raises(Unavailable):
            Wishes(away).put(FleetRecord(Fleet(), ""), FULL)
