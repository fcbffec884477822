"""What counts of a tenant's row, and the one row that a headcount is kept in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.headcount_rows import COLUMNS, counted, from_columns, to_columns
from shared.adapters.tenant_rows import to_row
from shared.domain.headcount import Counted, Headcount, headcount
from tests.domain.test_headcount import FLEETS
from tests.fakes import NOW, TENANT_ID, new_tenant

JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("[1]") | st.just('{"a":{"b":-1}}')
EMPTY = to_columns(Headcount(NOW, oldest=(TENANT_ID, NOW)))


@given(FLEETS)
def test_a_headcount_comes_back_as_it_was_kept(fleet: list[Counted]) -> None:
    count = headcount(fleet, NOW)
    assert from_columns(to_columns(count)) == count


@given(st.dictionaries(st.sampled_from(sorted(EMPTY)), JUNK, min_size=1))
def test_any_columns_end_in_a_headcount_or_in_none(changed: dict[str, object]) -> None:
    assert isinstance(from_columns({**EMPTY, **changed}), Headcount | None)


@pytest.mark.parametrize("column", sorted(EMPTY.keys() - {"schema"}))
def test_what_another_edition_wrote_is_none(column: str) -> None:
    assert from_columns({name: value for name, value in EMPTY.items() if name != column}) is None


@given(st.dictionaries(st.sampled_from(COLUMNS), JUNK))
def test_whatever_a_tenants_row_says_it_counts_as_one(changed: dict[str, object]) -> None:
    row = {name: value for name, value in to_row(new_tenant()).items() if name in COLUMNS}
    assert headcount([counted({**row, **changed})], NOW).tenants == 1
    assert headcount([counted({})], NOW).tenants == 1
