from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidSignup, NotAllowed
from shared.domain.lifecycle import activated, deactivated
from shared.domain.tenants import Stage, Tenant, parse_tenant_id, unseen
from tests.domain.world import CANARY, modest, tenant_of

Move = Callable[[Tenant], Tenant]
HOSTILE: list[object] = [
    "common",
    "organizations",
    "consumers",
    "",
    "x" * 10_000,
    "../../common",
    "%2e%2e%2fcommon",
    "x?y=1",
    "x#y",
    "contoso.onmicrosoft.com",
    None,
    7,
    [],
    "00000000-0000-0000-0000-000000000000",
    "9188040d-6c67-4c5b-b112-36a304b66dad",
    "9188040D-6C67-4C5B-B112-36A304B66DAD",
    "{6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10}",
    "urn:uuid:6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10",
    "6f1c2e9a5b7d4c3e8a1f0d2b4c6e8a10",
    "6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10\n",
    " 6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a1",
    "6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a1_",
    "6f1c-2e9a5b7d-4c3e-8a1f-0d2b4c6e8a10",
    "٦f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_customers_directory_is_refused(value: object) -> None:
    with pytest.raises(InvalidSignup):
        parse_tenant_id(value)


@given(st.uuids(version=4))
@modest
def test_a_guid_is_read_in_either_case(tenant_id: UUID) -> None:
    assert parse_tenant_id(str(tenant_id)) == parse_tenant_id(str(tenant_id).upper()) == tenant_id


@given(st.text() | st.text("0123456789abcdefABCDEF-{}_ ", min_size=36, max_size=36) | st.integers() | st.none())
@modest
def test_anything_else_is_a_guid_or_refused(value: object) -> None:
    try:
        tenant_id = parse_tenant_id(value)
    except InvalidSignup:
        return
    assert str(tenant_id) == str(value).lower()


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(InvalidSignup) as refusal:
        parse_tenant_id("evil-value")
    assert "evil" not in str(refusal.value)


@pytest.mark.parametrize(
    ("move", "before", "after", "grows"),
    [
        (activated, Stage.STAGED, Stage.ACTIVE, 1),
        (activated, Stage.ACTIVE, Stage.ACTIVE, 0),
        (deactivated, Stage.ACTIVE, Stage.STAGED, 1),
        (deactivated, Stage.STAGED, Stage.STAGED, 0),
    ],
)
def test_a_move_changes_the_stage_and_the_generation_grows_with_it(
    move: Move, before: Stage, after: Stage, grows: int
) -> None:
    tenant = replace(tenant_of(before), generation=5)
    moved = move(tenant)
    changed = replace(tenant, stage=after, generation=5 + grows)
    assert moved == (unseen(changed, after) if grows else tenant)


@pytest.mark.parametrize("move", [activated, deactivated])
def test_a_tenant_that_was_never_provisioned_cannot_be_moved(move: Move) -> None:
    with pytest.raises(NotAllowed):
        move(tenant_of(Stage.AWAITING_CONSENT))


def test_a_tenant_never_shows_its_secret() -> None:
    tenant = tenant_of()
    assert CANARY not in f"{tenant!r} {tenant} {tenant.loop_check}"
    assert tenant.loop_check.reveal == CANARY
