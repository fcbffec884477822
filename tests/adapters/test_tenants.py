"""Tenant records in a real table, and the stand-in that the other tests use: both keep the port's promises."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from local.azurite import ACCOUNT_KEY, Azurite
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tenant_pages import read_cursor, write_cursor
from shared.adapters.tenants import Tenants
from shared.application import stores
from shared.domain.decisions import Lease
from shared.domain.errors import (
    InvalidRequest,
    InvalidSettings,
    KeeperError,
    NeedsHuman,
    RecordChanged,
    Unavailable,
    UnknownTenant,
    VendorCredential,
)
from shared.domain.headcount import headcount
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.tenants import Stage, Tenant, Verdict
from tests.adapters.storage import account_away, at_once
from tests.fakes import CANARY, NOW, TENANT_ID, MemoryTenants, new_tenant


@pytest.fixture(params=["stand-in", pytest.param("table", marks=pytest.mark.host)])
def tenants(request: pytest.FixtureRequest) -> stores.Tenants:
    return MemoryTenants() if request.param == "stand-in" else Tenants(request.getfixturevalue("account"))


@pytest.fixture(scope="module")
def fleet() -> list[Tenant]:
    """One tenant in each partition and some more, in no order."""
    ids = [uuid4() for _ in range(12)] + [UUID(f"{digit:x}{str(uuid4())[1:]}") for digit in range(16)]
    stages, regions = list(Stage), list(Region)
    return [
        new_tenant(stages[n % 2], tenant_id, region=regions[n % 3], next_check_at=NOW + timedelta(seconds=n - 14))
        for n, tenant_id in enumerate(ids)
    ]


def everything(tenants: stores.Tenants, limit: int, **filters: str) -> list[list[UUID]]:
    pages: list[list[UUID]] = []
    cursor: str | None = None
    while cursor is not None or not pages:
        page, cursor = tenants.page(filters, cursor, limit)
        pages.append([tenant.tenant_id for tenant in page])
    return pages


def test_a_record_is_read_as_it_was_stored(tenants: stores.Tenants) -> None:
    tenant = new_tenant(items={"Redirect": "healthy"}, written={"x": NOW}, owned={"x": TENANT_ID}, company_name="Łódź")
    added = tenants.add(tenant)
    assert added.tenant == tenant
    assert tenants.get(TENANT_ID) == added


def test_nothing_is_found_before_anything_was_stored(tenants: stores.Tenants) -> None:
    with pytest.raises(UnknownTenant):
        tenants.get(TENANT_ID)
    assert list(tenants.due(NOW)) == []
    assert tenants.page({}, None, 10) == ([], None)


def test_a_record_is_not_added_twice(tenants: stores.Tenants) -> None:
    tenants.add(new_tenant())
    with pytest.raises(RecordChanged):
        tenants.add(new_tenant(account_id="another"))
    assert tenants.get(TENANT_ID).tenant.account_id == "acme"


def test_of_two_writers_with_the_same_edition_one_wins(tenants: stores.Tenants) -> None:
    record = tenants.add(new_tenant())
    second = tenants.put(record, replace(record.tenant, reason="first"))
    with pytest.raises(RecordChanged):
        tenants.put(record, replace(record.tenant, reason="second"))
    assert tenants.get(TENANT_ID) == second
    assert second.tenant.reason == "first"
    assert tenants.put(second, replace(record.tenant, reason="third")).tenant.reason == "third"


def test_a_tenant_that_is_taken_or_claimed_keeps_everything_else(tenants: stores.Tenants) -> None:
    record = tenants.add(new_tenant(items={"Redirect": "healthy"}, reason="the rule is off", company_name="Contoso"))
    taken = replace(record.tenant, lease=Lease(uuid4(), 2, NOW + timedelta(minutes=3)))
    claimed = replace(taken, next_check_at=NOW + timedelta(hours=1))
    assert tenants.put(tenants.put(record, taken), claimed).tenant == claimed
    assert tenants.get(TENANT_ID).tenant == claimed


def test_a_record_that_is_gone_is_not_written(tenants: stores.Tenants) -> None:
    tenants.add(new_tenant(tenant_id=uuid4()))
    stored = tenants.add(new_tenant())
    gone = replace(stored, tenant=new_tenant(tenant_id=uuid4()))
    with pytest.raises(RecordChanged):
        tenants.put(gone, gone.tenant)


def test_what_became_empty_is_empty(tenants: stores.Tenants) -> None:
    record = tenants.add(new_tenant(checked_at=NOW, items={"Redirect": "healthy"}, company_name="Contoso"))
    tenants.put(record, new_tenant())
    assert tenants.get(TENANT_ID).tenant == new_tenant()


def test_due_are_exactly_those_whose_turn_has_come(tenants: stores.Tenants, fleet: list[Tenant]) -> None:
    for tenant in fleet:
        tenants.add(tenant)
    due = list(tenants.due(NOW))
    assert {record.tenant.tenant_id for record in due} == {t.tenant_id for t in fleet if t.next_check_at <= NOW}
    assert len(due) == 15
    for record in due:  # each comes with the edition that a claim needs
        tenants.put(record, replace(record.tenant, next_check_at=NOW + timedelta(seconds=1)))
    assert list(tenants.due(NOW)) == []


def test_pages_go_through_all_tenants_in_the_order_of_their_ids(tenants: stores.Tenants, fleet: list[Tenant]) -> None:
    for tenant in fleet:
        tenants.add(tenant)
    ids = sorted(tenant.tenant_id for tenant in fleet)
    assert everything(tenants, 5) == [ids[n : n + 5] for n in range(0, len(ids), 5)]
    assert everything(tenants, len(ids)) == [ids]
    staged = [tenant for tenant in fleet if (tenant.stage, tenant.region) == (Stage.STAGED, Region.EU)]
    pages = everything(tenants, 2, stage="staged", region="eu", verdict="unknown")
    assert [tenant_id for page in pages for tenant_id in page] == sorted(tenant.tenant_id for tenant in staged)
    assert len(pages) > 1
    assert everything(tenants, 2, verdict=Verdict.HEALTHY) == [[]]


FOUND: list[tuple[dict[str, str], list[int]]] = [
    ({"search": f"{UUID(int=2)}".upper()}, [2]),
    ({"search": "Wattle"}, [1, 2]),
    ({"search": "wattle"}, [2]),
    ({"search": "acme"}, [3]),
    ({"search": "acme-it"}, [3]),
    ({"search": "WATTLE.on"}, [2]),
    ({"search": "attle"}, []),
    ({"search": "' or RowKey ge '"}, []),
    ({"item": "redirect"}, [2, 3]),
    ({"item": "arc_sealer"}, [3]),
    ({"item": "redirect", "region": "us"}, [3]),
    ({"checked_before": (NOW - timedelta(minutes=5)).isoformat()}, [1, 3]),
    ({"checked_before": NOW.isoformat(), "item": "redirect"}, [2, 3]),
]


@pytest.mark.parametrize(("filters", "found"), FOUND)
def test_tenants_are_found_by_how_a_name_begins_by_an_item_and_by_the_age_of_their_last_look(
    tenants: stores.Tenants, filters: dict[str, str], found: list[int]
) -> None:
    first = new_tenant(Stage.ACTIVE, UUID(int=1), company_name="Wattle & Co", account_id="zeta")
    second = new_tenant(Stage.ACTIVE, UUID(int=2), initial_domain="wattle.onmicrosoft.com", account_id="zeta")
    third = new_tenant(Stage.ACTIVE, UUID(int=3), account_id="acme-it", region=Region.US)
    off = {Item.REDIRECT.value: "disabled", Item.ARC_SEALER.value: "on"}
    tenants.add(replace(first, checked_at=None, items=dict.fromkeys(Item, "on")))
    tenants.add(replace(second, checked_at=NOW - timedelta(minutes=1, microseconds=3), items=off))
    tenants.add(replace(third, checked_at=NOW - timedelta(hours=1), items={**off, Item.ARC_SEALER.value: "unknown"}))
    assert everything(tenants, 10, **filters) == [[UUID(int=n) for n in found]]


def test_every_tenant_counts_by_what_it_is_and_its_items(tenants: stores.Tenants, fleet: list[Tenant]) -> None:
    for tenant in fleet:
        tenants.add(replace(tenant, items={Item.REDIRECT.value: "altered (SetSCL)"}, spec="7", checked_at=NOW))
    count = headcount(tenants.counted(), NOW)
    assert (count.tenants, count.watched, count.at) == (28, 28, NOW)
    assert sum(count.kinds["region"].values()) == sum(count.kinds["stage"].values()) == 28
    assert (count.kinds["verdict"], count.kinds["spec"]) == ({"unknown": 28}, {"7": 28})
    assert count.items == {Item.REDIRECT.value: {"altered": 28}}
    assert count.oldest is not None
    assert count.oldest[1] == NOW


@pytest.mark.parametrize(
    ("filters", "cursor", "limit"),
    [
        ({"account_id": "acme"}, None, 10),
        ({"stage": "active' or RowKey ge '"}, None, 10),
        ({"region": "EU"}, None, 10),
        ({"item": "Redirect"}, None, 10),
        ({"search": ""}, None, 10),
        ({"search": "a\0"}, None, 10),
        ({"search": "a" * 129}, None, 10),
        ({}, "nonsense", 10),
        ({}, "é", 10),
        ({}, write_cursor(TENANT_ID)[:-1], 10),
        ({}, write_cursor(TENANT_ID) + "==", 10),
        ({}, None, 0),
        ({}, None, 1001),
    ],
)
def test_a_question_that_is_none_is_refused(filters: dict[str, str], cursor: str | None, limit: int) -> None:
    with account_away() as away, pytest.raises(InvalidRequest):
        Tenants(away).page(filters, cursor, limit)


def test_a_cursor_reads_as_it_was_written() -> None:
    assert read_cursor(write_cursor(TENANT_ID)) == TENANT_ID


@pytest.mark.host
def test_of_many_writers_at_once_one_wins(account: StorageAccount) -> None:
    tenants = Tenants(account)
    record = tenants.add(new_tenant())

    def write(n: int) -> bool:
        try:
            tenants.put(record, replace(record.tenant, generation=n + 2))
        except RecordChanged:
            return False
        return True

    assert sorted(at_once(write)) == [False] * 7 + [True]


@pytest.mark.host
def test_columns_of_a_newer_edition_survive_our_write(account: StorageAccount) -> None:
    tenants = Tenants(account)
    tenants.add(new_tenant())
    account.table("tenants").update_entity({"PartitionKey": "6", "RowKey": str(TENANT_ID), "weather": "theirs"})
    record = tenants.get(TENANT_ID)
    tenants.put(record, replace(record.tenant, generation=2))
    row = account.table("tenants").get_entity("6", str(TENANT_ID))
    assert (row["weather"], row["generation"]) == ("theirs", 2)


@pytest.mark.host
def test_a_record_that_cannot_be_read_stops_nobody_else(
    account: StorageAccount, caplog: pytest.LogCaptureFixture
) -> None:
    tenants = Tenants(account)
    other = tenants.add(new_tenant(tenant_id=UUID(int=TENANT_ID.int + 1)))
    tenants.add(new_tenant())
    account.table("tenants").update_entity({"PartitionKey": "6", "RowKey": str(TENANT_ID), "stage": "no such"})
    with pytest.raises(NeedsHuman, match=str(TENANT_ID)):
        tenants.get(TENANT_ID)
    with caplog.at_level(logging.ERROR, "keeper.tenants"):
        assert list(tenants.due(NOW)) == [other]
        assert tenants.page({}, None, 10) == ([other.tenant], None)
    assert [record.message for record in caplog.records] == ["record passed over"] * 2


CALLS: list[Callable[[Tenants], object]] = [
    lambda tenants: tenants.get(TENANT_ID),
    lambda tenants: tenants.add(new_tenant()),
    lambda tenants: list(tenants.due(NOW)),
    lambda tenants: tenants.page({}, None, 10),
]


@pytest.mark.parametrize("call", CALLS)
def test_an_account_that_is_away_is_unavailable_within_seconds(call: Callable[[Tenants], object]) -> None:
    started = time.monotonic()
    with account_away() as away, pytest.raises(Unavailable) as caught:
        call(Tenants(away))
    assert time.monotonic() - started < 5
    assert_shows_nothing(caught.value)


# On Python 3.12 and later, reading an XML error makes the SDK itself warn.
@pytest.mark.filterwarnings("ignore:Testing an element's truth value:DeprecationWarning")
@pytest.mark.host
def test_a_key_that_is_refused_is_our_own_credential(azurite: Azurite) -> None:
    account = StorageAccount.from_connection_string(azurite.connection_string.replace(ACCOUNT_KEY, "QUFBQQ=="))
    with pytest.raises(VendorCredential, match="403") as caught:
        Tenants(account).get(TENANT_ID)
    assert_shows_nothing(caught.value)


def test_a_signature_shows_in_no_error() -> None:
    address = "http://127.0.0.1:9/x"
    account = StorageAccount.from_connection_string(
        f"TableEndpoint={address};QueueEndpoint={address};SharedAccessSignature=sv=2020&sig={CANARY}"
    )
    with pytest.raises(Unavailable) as caught:
        Tenants(account).add(new_tenant())
    assert_shows_nothing(caught.value)


@pytest.mark.parametrize("text", ["", "nonsense", f"AccountKey={CANARY}", f"AccountName=x;{CANARY}"])
def test_what_is_no_connection_string_is_a_wrong_setting(text: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        StorageAccount.from_connection_string(text)
    assert_shows_nothing(caught.value)


def test_an_identity_is_not_asked_before_it_is_needed() -> None:
    account = StorageAccount.from_identity(
        "https://keeper.queue.core.windows.net", "https://keeper.table.core.windows.net", str(TENANT_ID)
    )
    assert account.table("tenants") is account.table("tenants")
    assert account.queue("verify") is account.queue("verify")


def assert_shows_nothing(error: KeeperError) -> None:
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert ACCOUNT_KEY not in str(error)
    assert CANARY not in str(error)
