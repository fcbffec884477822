"""What off-boardings proved: one document for each off-boarding, kept whole and for ever."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.chunks import read_chunks, write_chunks
from shared.adapters.proofs import Proofs, from_row, to_row
from shared.adapters.storage_account import StorageAccount
from shared.application import stores
from shared.domain.errors import NeedsHuman, Unavailable
from shared.domain.proof import Proof
from tests.adapters.storage import account_away
from tests.fakes import NOW, TENANT_ID

OTHER = UUID(int=7)
FULL = Proof(
    generation=7,
    begun_at=NOW,
    before=({"kind": "rule", "Name": "Redirect", "Conditions": ["a", None, {"b": 1.5}], "Enabled": True},),
    had_sealer=True,
    removed=("the rule, at noon",),
    left={"From MailMarshal": "somebody else's, by its Guid"},
    read_back=("the connector is there still 😀 \ud800",),
    finished_at=NOW + timedelta(hours=2),
)


@pytest.fixture(params=[pytest.param("table", marks=pytest.mark.host)])
def proofs(request: pytest.FixtureRequest) -> stores.Proofs:
    return Proofs(request.getfixturevalue("account"))


def test_a_proof_is_read_as_it_was_kept(proofs: stores.Proofs) -> None:
    assert proofs.get(TENANT_ID) is None
    proofs.put(TENANT_ID, FULL)
    assert proofs.get(TENANT_ID) == FULL
    assert all(getattr(FULL, field.name) for field in fields(Proof))


def test_a_proof_takes_the_place_of_what_there_was_of_the_same_off_boarding(proofs: stores.Proofs) -> None:
    proofs.put(TENANT_ID, replace(FULL, removed=("x" * 100_000,)))
    proofs.put(TENANT_ID, FULL)
    assert proofs.get(TENANT_ID) == FULL


@pytest.mark.parametrize("generations", [(9, 10), (10, 9), (1, 1_000_000)])
def test_the_newest_off_boarding_is_read_in_whatever_order_they_were_kept(
    proofs: stores.Proofs, generations: tuple[int, ...]
) -> None:
    for generation in generations:
        proofs.put(TENANT_ID, replace(FULL, generation=generation))
    assert proofs.get(TENANT_ID) == replace(FULL, generation=max(generations))


@pytest.mark.host
def test_the_proof_of_an_older_off_boarding_is_kept_beside_the_newer_one(account: StorageAccount) -> None:
    for generation in (3, 8):
        Proofs(account).put(TENANT_ID, replace(FULL, generation=generation))
    assert [from_row(row).generation for row in account.table("proofs").list_entities()] == [8, 3]


def test_no_tenant_has_another_ones_proof(proofs: stores.Proofs) -> None:
    proofs.put(TENANT_ID, FULL)
    assert proofs.get(OTHER) is None
    proofs.put(OTHER, replace(FULL, generation=1))
    assert proofs.get(TENANT_ID) == FULL


def test_nothing_of_a_long_proof_is_lost(proofs: stores.Proofs) -> None:
    long = replace(FULL, removed=tuple(f"{n} 😀é'\x00" * 50 for n in range(300)))
    proofs.put(TENANT_ID, long)
    assert proofs.get(TENANT_ID) == long


@pytest.mark.host
def test_a_proof_that_cannot_be_read_is_not_taken_for_none_or_for_an_older_one(account: StorageAccount) -> None:
    proofs = Proofs(account)
    proofs.put(TENANT_ID, replace(FULL, generation=1))
    proofs.put(TENANT_ID, FULL)
    key = to_row(TENANT_ID, FULL)["RowKey"]
    account.table("proofs").update_entity({"PartitionKey": str(TENANT_ID), "RowKey": key, "proof_0": "{"})
    with pytest.raises(NeedsHuman, match=str(TENANT_ID)):
        proofs.get(TENANT_ID)


INSTANTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
PROOFS = st.builds(
    Proof,
    st.integers(1, 10**6),
    INSTANTS,
    st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=3).map(tuple),
    st.booleans(),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.dictionaries(TEXTS, TEXTS, max_size=3),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.none() | INSTANTS,
)


@settings(max_examples=50)
@given(PROOFS)
def test_every_proof_comes_back(proof: Proof) -> None:
    assert from_row(to_row(TENANT_ID, proof)) == proof


ROW = to_row(TENANT_ID, FULL)
JUNK = st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(["null", "[]", "{}", "[" * 5000])


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["schema", "generation", "proof_0", "proof_1"]), JUNK, min_size=1))
def test_any_columns_end_in_a_proof_or_in_one_error(changed: Mapping[str, object]) -> None:
    try:
        assert isinstance(from_row({**ROW, **changed}), Proof)
    except NeedsHuman as error:
        shown = error
    else:
        return
    assert shown.__suppress_context__


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('"had_sealer":true', '"had_sealer":1'),
        ('"removed":["the rule, at noon"]', '"removed":"the rule"'),
        ('"removed":["the rule, at noon"]', '"removed":[null]'),
        ('"read_back":[', '"read_back":[[],'),
        ('"left":{', '"left":{"x":1,'),
        ('"before":[', '"before":[3,'),
        ("+00:00", ""),
    ],
)
def test_a_part_that_is_not_of_its_form_is_for_a_person(part: str, instead: str) -> None:
    document = str(ROW["proof_0"])
    assert part in document
    with pytest.raises(NeedsHuman):
        from_row({**ROW, "proof_0": document.replace(part, instead)})


@given(st.text(max_size=40), st.integers(0, 3))
def test_any_text_comes_back_from_its_columns_each_of_which_fits(text: str, copies: int) -> None:
    long = text * (copies * 1000)
    columns = write_chunks("body", long)
    assert read_chunks(columns, "body") == long
    assert all(len(chunk.encode("utf-16-le")) < 64 * 1024 for chunk in columns.values())


def test_an_account_that_is_away_is_unavailable() -> None:
    with account_away() as away:
        with pytest.raises(Unavailable):
            Proofs(away).get(TENANT_ID)
        with pytest.raises(Unavailable):
            Proofs(away).put(TENANT_ID, FULL)
