"""The body of a signup: strict, flat, and every fault named without its value."""

import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.signup_body import parse_signup
from shared.domain.errors import InvalidSignup
from shared.domain.regions import Region
from shared.domain.signup import Signup

CANARY = "5ec7e700-5a11-4c1a-9a11-c0ffee000000"
LEAST = {
    "account_id": "acme-7",
    "tenant_id": "6F1C2E9A-5b7d-4c3e-8a1f-0d2b4c6e8a10",
    "region": "eu",
    "initial_domain": "Contoso.onmicrosoft.com",
}
MORE = {**LEAST, "loop_check_guid": CANARY.upper(), "company_name": "Contoso Ltd", "contact": "it@contoso.example"}


def body(**changes: object) -> bytes:
    return json.dumps({**MORE, **changes}).encode()


def test_the_least_that_the_vendor_must_say_is_enough() -> None:
    tenant_id = UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10")
    signup = parse_signup(json.dumps(LEAST).encode())
    assert signup == Signup("acme-7", tenant_id, Region.EU, "contoso.onmicrosoft.com")


def test_everything_that_the_vendor_may_say_is_taken_and_the_guid_stays_hidden() -> None:
    signup = parse_signup(body())
    assert signup.loop_check is not None
    assert signup.loop_check.reveal == CANARY
    assert (signup.company_name, signup.contact) == ("Contoso Ltd", "it@contoso.example")
    assert CANARY not in repr(signup)


WRONG = [
    ("account_id", ""),
    ("account_id", "a b"),
    ("account_id", 7),
    ("tenant_id", "contoso.onmicrosoft.com"),
    ("tenant_id", "{6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10}"),
    ("tenant_id", "00000000-0000-0000-0000-000000000000"),
    ("tenant_id", "9188040d-6c67-4c5b-b112-36a304b66dad"),
    ("tenant_id", None),
    ("region", "EU"),
    ("region", "uk"),
    ("initial_domain", "contoso.com"),
    ("initial_domain", "contoso.onmicrosoft.com.evil.example"),
    ("initial_domain", "contoso.onmicrosoft.com\n"),
    ("loop_check_guid", "canary"),
    ("company_name", "x" * 257),
    ("company_name", "two\nlines"),
    ("company_name", "\x9b31m red"),
    ("company_name", "two\u2028lines"),
    ("company_name", "two\u2029lines"),
    ("company_name", "exe.\u202egpj"),
    ("contact", "\u2066hidden\u2069"),
    ("contact", ["it@contoso.example"]),
    ("stage", "active"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_that_is_not_of_its_form_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidSignup, match=f"^{field}"):
        parse_signup(body(**{field: value}))


def test_all_faults_are_named_at_once_and_no_value_is() -> None:
    with pytest.raises(InvalidSignup) as caught:
        parse_signup(body(region="canary-7f3a", account_id="canary 7f3a", loop_check_guid="canary-7f3a"))
    assert all(field in str(caught.value) for field in ("region", "account_id", "loop_check_guid"))
    assert "7f3a" not in str(caught.value)


UNREADABLE = [
    *(b"", b"null", b"[]", b"7", b'"text"', b"{", b"\xff", b" ", b"{}", b"[" * 100_000, b'{"a":' * 5_000),
    body() + b"x",
    body() + body(),
    b"\xef\xbb\xbf" + body(),
    body().decode().encode("utf-16"),
    b'{"region":"us",' + body()[1:],
    b'{"\\u0072egion":"us",' + body()[1:],
    body(contact="\ud800"),
    body(company_name=1e999),
    body(company_name=float("nan")),
    body(contact=1.0),
    body(contact=0).replace(b": 0", b": -0"),
    body(contact=0).replace(b": 0", b": 00"),
    body(contact=[[[[[[[[[[]]]]]]]]]]),
    body(contact=0).replace(b": 0", b": " + b"9" * 5_000),
]


@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda raw: ascii(raw[:24]))
def test_what_is_no_signup_at_all_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidSignup):
        parse_signup(raw)


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.lists(st.text(), max_size=2)


@settings(max_examples=80)
@given(st.sampled_from([*MORE, "other"]), JSON)
def test_any_value_in_any_field_ends_in_a_signup_or_in_one_error(field: str, value: object) -> None:
    try:
        assert isinstance(parse_signup(body(**{field: value})), Signup)
    except InvalidSignup:
        return


@settings(max_examples=80)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_error(raw: bytes) -> None:
    with pytest.raises(InvalidSignup):
        parse_signup(raw)
