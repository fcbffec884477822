"""A tenant as a row of a table, and back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.adapters.tenant_rows import changed_row, column_of, from_row, to_row
from shared.domain.decisions import Deviation, Lease, Suspension
from shared.domain.errors import NeedsHuman
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.tenants import Approval, FailPolicy, Stage, Tenant, Verdict
from shared.domain.values import Secret
from tests.fakes import CANARY, NOW, TENANT_ID, new_tenant

GUID = UUID("0a0b0c0d-0000-4000-8000-000000000001")
PAUSE = Suspension("ada", "their firewall is replaced", NOW, NOW + timedelta(hours=4), is_warned=True)
FULL = new_tenant(
    Stage.ACTIVE,
    generation=7,
    next_check_at=NOW + timedelta(hours=1, microseconds=3),
    fail_policy=FailPolicy.CLOSED,
    company_name="Contoso Łódź 😀",
    contact="it@contoso.example",
    verdict=Verdict.DRIFTED,
    spec="2026-11",
    reason="the rule is off",
    items={"Redirect": "disabled"},
    owned={"MailMarshal Redirect": GUID},
    written={"MailMarshal Redirect": NOW},
    refused={"From MailMarshal": "open a support case"},
    findings={"mx_elsewhere": "mail does not arrive where it should"},
    pause=PAUSE,
    hold=Suspension("grace", "a migration", NOW, NOW + timedelta(days=1)),
    deviations={"From MailMarshal/TlsDomain": Deviation('"x"', "ada", "agreed", NOW + timedelta(days=9))},
    moving_from=Region.US,
    quiet_since=NOW - timedelta(minutes=20),
    approval=Approval(GUID, "5f" * 32, Stage.STAGED),
    failure="throttled",
    failures=3,
    foreign=47,
    repairs={"MailMarshal Redirect/disabled": (NOW - timedelta(hours=2), NOW)},
    not_before=NOW + timedelta(minutes=2),
    unwell_since=NOW - timedelta(hours=3),
    lease=Lease(GUID, 4, NOW + timedelta(minutes=3)),
    checked_at=NOW - timedelta(minutes=1),
)
SMALL = settings(max_examples=30)
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
NAMES = st.text(max_size=8)
SUSPENSIONS = st.builds(Suspension, NAMES, NAMES, INSTANTS, INSTANTS, st.booleans())
TENANTS = st.builds(
    Tenant,
    tenant_id=st.uuids(),
    account_id=NAMES,
    region=st.sampled_from(Region),
    initial_domain=NAMES,
    loop_check=st.builds(Secret, NAMES),
    stage=st.sampled_from(Stage),
    generation=st.integers(1, 10**6),
    created_at=INSTANTS,
    next_check_at=INSTANTS,
    fail_policy=st.sampled_from(FailPolicy),
    company_name=NAMES,
    contact=NAMES,
    verdict=st.sampled_from(Verdict),
    reason=NAMES,
    items=st.dictionaries(NAMES, NAMES, max_size=3),
    owned=st.dictionaries(NAMES, st.uuids(), max_size=3),
    written=st.dictionaries(NAMES, INSTANTS, max_size=3),
    refused=st.dictionaries(NAMES, NAMES, max_size=3),
    findings=st.dictionaries(NAMES, NAMES, max_size=3),
    pause=st.none() | SUSPENSIONS,
    hold=st.none() | SUSPENSIONS,
    deviations=st.dictionaries(NAMES, st.builds(Deviation, NAMES, NAMES, NAMES, INSTANTS), max_size=3),
    moving_from=st.none() | st.sampled_from(Region),
    quiet_since=st.none() | INSTANTS,
    approval=st.none() | st.builds(Approval, st.uuids(), NAMES, st.none() | st.sampled_from(Stage)),
    failure=NAMES,
    failures=st.integers(0, 10**6),
    foreign=st.integers(0, 10**6),
    repairs=st.dictionaries(NAMES, st.lists(INSTANTS, max_size=3).map(tuple), max_size=3),
    not_before=st.none() | INSTANTS,
    unwell_since=st.none() | INSTANTS,
    lease=st.none() | st.builds(Lease, st.uuids(), st.integers(1, 10**9), INSTANTS),
    checked_at=st.none() | INSTANTS,
)


def test_a_tenant_with_every_field_set_comes_back() -> None:
    defaults = new_tenant()
    same = {field.name for field in fields(Tenant) if getattr(FULL, field.name) == getattr(defaults, field.name)}
    assert same <= {"tenant_id", "account_id", "region", "initial_domain", "loop_check", "created_at"}
    assert from_row(to_row(FULL)) == FULL


@SMALL
@given(TENANTS)
def test_every_tenant_comes_back(tenant: Tenant) -> None:
    assert from_row(to_row(tenant)) == tenant


@SMALL
@given(TENANTS)
def test_every_field_is_written_every_time_because_a_merge_keeps_what_is_left_out(tenant: Tenant) -> None:
    row = to_row(tenant)
    assert {field.name for field in fields(Tenant)} - {"tenant_id"} <= row.keys()
    assert None not in row.values()


def test_the_lease_and_the_turn_are_written_alone_and_anything_else_with_the_whole_row() -> None:
    taken = replace(FULL, lease=None, next_check_at=NOW)
    assert changed_row(FULL, taken).keys() == {"PartitionKey", "RowKey", "lease", "next_check_at"}
    assert changed_row(FULL, replace(taken, quiet_since=None)).keys() == to_row(FULL).keys()


@SMALL
@given(TENANTS, TENANTS, st.sets(st.sampled_from(sorted(field.name for field in fields(Tenant))), max_size=3))
def test_what_is_written_over_a_stored_edition_makes_it_the_new_one(
    before: Tenant, other: Tenant, names: set[str]
) -> None:
    changes = {name: getattr(other, name) for name in names - {"tenant_id"}}
    after = replace(before, **changes)
    assert from_row({**to_row(before), **changed_row(before, after)}) == after


@SMALL
@given(TENANTS, TENANTS)
def test_a_row_that_lacks_columns_gets_them_with_whatever_is_not_the_lease_or_the_turn(
    before: Tenant, other: Tenant
) -> None:
    after = replace(before, checked_at=other.checked_at, lease=other.lease)
    assume(before.checked_at != after.checked_at)
    assert changed_row(before, after) == to_row(after)


def test_columns_of_a_newer_edition_are_passed_over() -> None:
    assert from_row({**to_row(FULL), "mood": '{"who": "x"}', "weather": 3}) == FULL


def test_what_is_filtered_by_stands_in_columns_of_its_own() -> None:
    row = to_row(FULL)
    assert (row["PartitionKey"], row["RowKey"]) == ("6", str(TENANT_ID))
    assert (row["region"], row["stage"], row["verdict"], row["schema"]) == ("eu", "active", "drifted", 1)
    assert row["next_check_at"] == FULL.next_check_at


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.datetimes()
    | st.binary(max_size=4)
    | st.sampled_from(["[]", "{}", '{"a": 1}', '{"a": "b"}', "null", "[" * 5000])
)


def refusal(row: Mapping[str, object]) -> str:
    try:
        return repr(from_row(row))
    except NeedsHuman as error:
        return f"{error}{error.__cause__ or ''}"


@settings(max_examples=100)
@given(st.sampled_from([{}, to_row(FULL)]), st.dictionaries(st.sampled_from(sorted(to_row(FULL))), JUNK, min_size=1))
def test_any_columns_end_in_a_tenant_or_in_one_error_and_the_secret_shows_in_neither(
    base: Mapping[str, object], changed: Mapping[str, object]
) -> None:
    assert CANARY not in refusal({**base, **changed})


DECISIONS = {
    "findings",
    "pause",
    "hold",
    "deviations",
    "moving_from",
    "quiet_since",
    "approval",
    "repairs",
    "lease",
    "not_before",
    "unwell_since",
}
FOR_SEARCHES = {column_of(item) for item in Item}
"""Written beside what they say, and read by nobody but the service."""
SINCE_THE_SECOND = DECISIONS | {"failure", "failures", "foreign", "spec"}


def test_what_the_first_edition_wrote_is_read_with_nothing_decided() -> None:
    row = {name: value for name, value in to_row(FULL).items() if name not in SINCE_THE_SECOND}
    nothing = {name: getattr(new_tenant(), name) for name in SINCE_THE_SECOND}
    assert from_row(row) == replace(FULL, **nothing)


@pytest.mark.parametrize("column", sorted(DECISIONS))
@pytest.mark.parametrize("value", [None, 3, "null", "[]", '{"a": 1}', '{"a": {"value": "x"}}'])
def test_a_decision_that_cannot_be_read_is_not_taken_for_none(column: str, value: object) -> None:
    with pytest.raises(NeedsHuman, match="cannot be read"):
        from_row({**to_row(FULL), column: value})


def test_a_decision_without_a_zone_or_with_a_wrong_flag_is_not_taken_for_none() -> None:
    pause = str(to_row(FULL)["pause"])
    for wrong in (pause.replace("+00:00", ""), pause.replace("true", '"yes"'), pause.replace("true", "1")):
        assert wrong != pause
        with pytest.raises(NeedsHuman):
            from_row({**to_row(FULL), "pause": wrong})


def test_what_people_say_without_end_is_cut_and_fits_into_a_column() -> None:
    said = "\U0001f600" * 100_000
    tenant = new_tenant(pause=replace(PAUSE, by=said, reason="\x00" * 100_000))
    pause = from_row(to_row(tenant)).pause
    assert pause is not None
    assert (len(pause.by), len(pause.reason)) == (256, 1024)
    assert len(str(to_row(tenant)["pause"]).encode("utf-16-le")) < 64 * 1024


@pytest.mark.parametrize("column", sorted(to_row(FULL).keys() - SINCE_THE_SECOND - FOR_SEARCHES))
def test_a_row_without_one_of_its_columns_is_for_a_person(column: str) -> None:
    with pytest.raises(NeedsHuman, match="cannot be read"):
        from_row({name: value for name, value in to_row(FULL).items() if name != column})


def test_a_row_in_another_tenants_place_is_for_a_person() -> None:
    with pytest.raises(NeedsHuman):
        from_row({**to_row(FULL), "RowKey": str(TENANT_ID).upper()})
    with pytest.raises(NeedsHuman):
        from_row({**to_row(FULL), "PartitionKey": "7"})


def test_the_loop_check_value_is_in_its_column_and_nowhere_else() -> None:
    row = to_row(FULL)
    assert row.pop("loop_check") == CANARY
    assert CANARY not in repr(row)
    assert CANARY not in repr(from_row({**row, "loop_check": CANARY}))


def test_a_reason_without_end_is_cut_and_broken_text_is_spelt_out() -> None:
    row = to_row(new_tenant(reason="\ud800" + "x" * 100_000))
    reason = row["reason"]
    assert isinstance(reason, str)
    assert reason.startswith("\\ud800xxx")
    assert len(reason) == 4096
