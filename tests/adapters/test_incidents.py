"""What is wrong and who has been told, in a real table."""

import logging
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.incident_rows import from_row, to_row
from shared.adapters.incidents import Incidents
from shared.adapters.queues import Queues
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import TableRows
from shared.application import stores
from shared.domain.errors import NeedsHuman, RecordChanged, Unavailable
from shared.domain.incident_turns import over
from shared.domain.incidents import Delivered, Incident, IncidentCause, Mark, News, Phase, Severity, Subject
from shared.domain.letters import Letter, Posting, encode_letter
from tests.adapters.storage import account_away, at_once
from tests.adapters.told import OPEN
from tests.fakes import NOW, TENANT_ID, MemoryIncidents

FLEET = replace(OPEN, subject=Subject(), item="", cause=IncidentCause.BRAKE_ENGAGED)
OTHER = replace(OPEN, subject=Subject(UUID(int=7), "Fabrikam", "us"))
MARK = Mark(Delivered.SENT, NOW)

MOMENTS = st.integers(0, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=50)
INCIDENTS = st.builds(
    Incident,
    subject=st.builds(Subject, st.none() | st.uuids(version=4), TEXTS, st.sampled_from(["au", "eu", "us", ""])),
    item=TEXTS,
    cause=st.sampled_from(IncidentCause),
    severity=st.sampled_from(Severity),
    sentence=TEXTS,
    since=MOMENTS,
    seen_at=MOMENTS,
    phase=st.sampled_from(Phase),
    is_group=st.booleans(),
    tenants=st.integers(1, 5000),
    opened_at=st.none() | MOMENTS,
    ended_at=st.none() | MOMENTS,
    ending=TEXTS,
    told=st.dictionaries(TEXTS, st.builds(Mark, st.sampled_from(Delivered), MOMENTS, st.booleans()), max_size=4),
)


@given(INCIDENTS)
def test_an_incident_comes_out_of_its_row_as_it_went_in(incident: Incident) -> None:
    assert from_row(to_row(incident)) == incident


SPOILT = st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.just(NOW) | st.just("[[1]]")


@given(st.sampled_from(sorted(to_row(OPEN))), SPOILT)
def test_any_other_columns_are_one_error(column: str, value: object) -> None:
    row = {**to_row(OPEN), column: value}
    try:
        from_row(row)
    except NeedsHuman as error:
        assert "evil.example" not in str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize("column", sorted(to_row(OPEN)))
def test_a_missing_column_is_one_error(column: str) -> None:
    with pytest.raises(NeedsHuman):
        from_row({name: value for name, value in to_row(OPEN).items() if name != column})


def test_a_row_under_another_key_is_refused() -> None:
    with pytest.raises(NeedsHuman):
        from_row({**to_row(OPEN), "RowKey": "0" * 32})


@pytest.fixture(params=["memory", pytest.param("tables", marks=pytest.mark.host)])
def incidents(request: pytest.FixtureRequest) -> stores.Incidents:
    return Incidents(request.getfixturevalue("account")) if request.param == "tables" else MemoryIncidents()


def test_nothing_is_wrong_at_first(incidents: stores.Incidents) -> None:
    assert list(incidents.all()) == []
    assert list(incidents.about(TENANT_ID)) == []
    assert incidents.find(None, "0" * 32) is None
    assert incidents.gone_sinks() == {}


def test_each_is_found_where_it_belongs(incidents: stores.Incidents) -> None:
    for each in (OPEN, FLEET, OTHER):
        assert incidents.add(each) is not None
    assert [kept.incident for kept in incidents.about(TENANT_ID)] == [OPEN]
    assert {kept.incident.incident_id for kept in incidents.all()} == {e.incident_id for e in (OPEN, FLEET, OTHER)}
    found = incidents.find(None, FLEET.incident_id)
    assert found is not None
    assert found.incident == FLEET
    assert incidents.find(TENANT_ID, FLEET.incident_id) is None


def test_one_that_is_there_stays_as_it_is(incidents: stores.Incidents) -> None:
    assert incidents.add(OPEN) is not None
    assert incidents.add(replace(OPEN, sentence="another")) is None
    assert [kept.incident for kept in incidents.about(TENANT_ID)] == [OPEN]


def test_a_write_on_top_of_another_edition_is_refused(incidents: stores.Incidents) -> None:
    kept = incidents.add(OPEN)
    assert kept is not None
    newer = incidents.put(kept, OPEN.marked("ops", News.OPENED, MARK))
    with pytest.raises(RecordChanged):
        incidents.put(kept, over(OPEN, "well", NOW))
    incidents.put(newer, over(newer.incident, "well", NOW))
    (found,) = incidents.about(TENANT_ID)
    assert (found.incident.phase, found.incident.mark("ops", News.OPENED)) == (Phase.RESOLVED, MARK)


def test_what_is_forgotten_is_gone_and_comes_not_back(incidents: stores.Incidents) -> None:
    kept = incidents.add(OPEN)
    assert kept is not None
    incidents.forget(kept)
    incidents.forget(kept)
    assert list(incidents.all()) == []
    with pytest.raises(RecordChanged):
        incidents.put(kept, OPEN)


def test_a_sink_that_is_gone_is_no_incident(incidents: stores.Incidents) -> None:
    incidents.sink_gone("ops", "0123", NOW)
    incidents.sink_gone("ops", "4567", NOW)
    assert incidents.gone_sinks() == {"ops": "4567"}
    assert list(incidents.all()) == []


@pytest.mark.host
def test_of_many_who_add_the_same_one_does(account: StorageAccount) -> None:
    incidents = Incidents(account)
    assert [each is not None for each in at_once(lambda _: incidents.add(OPEN))].count(True) == 1


@pytest.mark.host
def test_one_that_cannot_be_read_is_said_and_the_others_are_found(
    account: StorageAccount, caplog: pytest.LogCaptureFixture
) -> None:
    incidents = Incidents(account)
    incidents.add(OPEN)
    TableRows(account, "incidents").put({**to_row(OTHER), "phase": "other"})
    assert [kept.incident for kept in incidents.all()] == [OPEN]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.host
def test_a_letter_comes_out_as_it_went_in(account: StorageAccount) -> None:
    letter = Letter(TENANT_ID, OPEN.incident_id, "ops", News.OPENED)
    Queues(account).post(Posting(letter))
    (message,) = account.queue("notify").receive_messages()
    assert b64decode(message.content) == encode_letter(letter)


def test_an_account_that_is_away_is_one_error() -> None:
    with account_away() as account, pytest.raises(Unavailable):
        Incidents(account).about(TENANT_ID)
