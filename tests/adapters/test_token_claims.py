"""What a token says of itself is looked at before it is used, and any text at all is a token or a reason."""

import base64
import json
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.token_claims import fault_of
from shared.domain.errors import KeeperError, NeedsHuman, NeedsPermission, VendorCredential
from tests.fakes import TENANT_ID

EXCHANGE = "https://outlook.office365.com"
GOOD: dict[str, object] = {"tid": str(TENANT_ID), "aud": EXCHANGE, "roles": ["Other", "Exchange.ManageAsApp"]}


def token(**changes: object) -> str:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return jwt.encode(claims, "k" * 32, algorithm="HS256")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": f"{EXCHANGE}/"},
        {"aud": "00000002-0000-0ff1-ce00-000000000000"},
        {"tid": str(TENANT_ID).upper()},
        {"wids": ["29232cdf-9323-42fd-ade2-1d097af3e4de"]},
    ],
)
def test_a_token_for_this_tenants_exchange_is_used(changes: dict[str, object]) -> None:
    assert fault_of(token(**changes), TENANT_ID, EXCHANGE) is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"tid": str(UUID(int=7))}, NeedsHuman),
        ({"aud": "https://graph.microsoft.com"}, VendorCredential),
        ({"roles": None}, NeedsPermission),
        ({"roles": []}, NeedsPermission),
        ({"roles": ["Exchange.ManageAsAppV2"]}, NeedsPermission),
        ({"roles": "Exchange.ManageAsApp"}, NeedsPermission),
    ],
)
def test_a_token_for_something_else_is_not_used(changes: dict[str, object], error: type[KeeperError]) -> None:
    fault = fault_of(token(**changes), TENANT_ID, EXCHANGE)
    assert type(fault) is error
    assert str(UUID(int=7)) not in str(fault)


@pytest.mark.parametrize("opaque", ["", "token-1", "a.b.c", "a.e30.c", token(tid=None), "a.b.c.d"])
def test_a_token_that_cannot_be_read_is_left_to_exchange(opaque: str) -> None:
    assert fault_of(opaque, TENANT_ID, EXCHANGE) is None


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4)


@given(st.text() | st.dictionaries(st.sampled_from(["tid", "aud", "roles", "x"]), JSON))
def test_any_text_is_a_token_or_a_reason(content: object) -> None:
    body = content if isinstance(content, str) else base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    assert isinstance(fault_of(f"a.{body}.c", TENANT_ID, EXCHANGE), KeeperError | None)
