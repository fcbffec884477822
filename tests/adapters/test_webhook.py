"""Signatures of webhooks, beside the independent ``standardwebhooks`` library."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.webhook import Webhook, WebhookKey, parse_webhook_keys, verify_webhook
from shared.domain.errors import InvalidSettings, Unauthentic

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
OLD, NEW, STRANGE = (bytes([number]) * 32 for number in (1, 2, 3))
BODY = b'{"account_id":"contoso"}'
HOUR = timedelta(hours=1)
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


def whsec(secret: bytes) -> str:
    return "whsec_" + b64encode(secret).decode()


def signature(secret: bytes, body: bytes = BODY, webhook_id: str = "msg_1", at: datetime = NOW) -> str:
    return standardwebhooks.Webhook(whsec(secret)).sign(webhook_id, at, body.decode())


def signed(*secrets: bytes, body: bytes = BODY, webhook_id: str = "msg_1", at: datetime = NOW) -> dict[str, str]:
    signatures = " ".join(signature(secret, body, webhook_id, at) for secret in secrets)
    return dict(zip(NAMES, (webhook_id, str(int(at.timestamp())), signatures), strict=True))


def key(secret: bytes, *accounts: str, not_after: datetime | None = None) -> WebhookKey:
    return WebhookKey(secret.hex(), secret, frozenset(accounts) or None, not_after)


def refused(headers: dict[str, str], body: bytes = BODY, *keys: WebhookKey, now: datetime = NOW) -> str:
    with pytest.raises(Unauthentic) as caught:
        verify_webhook(headers, body, keys or (key(OLD),), now)
    return str(caught.value)


@given(
    webhook_id=st.from_regex(r"[A-Za-z0-9_:-]{1,128}", fullmatch=True),
    body=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200).map(str.encode),
    secret=st.binary(min_size=24, max_size=64),
    lag=st.integers(-300, 300),
)
def test_what_the_library_signs_is_authentic(webhook_id: str, body: bytes, secret: bytes, lag: int) -> None:
    headers = signed(secret, body=body, webhook_id=webhook_id, at=NOW + timedelta(seconds=lag))
    (parsed,) = parse_webhook_keys(json.dumps([{"id": "one", "secret": whsec(secret)}]))
    assert verify_webhook(headers, body, [parsed], NOW).webhook_id == webhook_id


def test_the_library_accepts_what_we_accept() -> None:
    now = datetime.now(UTC)
    headers = signed(OLD, at=now)
    assert verify_webhook(headers, BODY, [key(OLD)], now)
    assert standardwebhooks.Webhook(whsec(OLD)).verify(BODY, headers) == {"account_id": "contoso"}


HEADER_TEXT = st.text(max_size=80) | st.sampled_from(list(signed(OLD).values()))
HEADERS = st.dictionaries(st.sampled_from([*NAMES, "Webhook-Id", "WEBHOOK-SIGNATURE"]) | st.text(), HEADER_TEXT)


@settings(max_examples=1_000, deadline=None)
@given(headers=HEADERS, body=st.binary(max_size=100) | st.just(BODY), keys=st.lists(st.just(key(OLD)), max_size=1))
def test_anything_ends_in_a_webhook_or_in_a_refusal(
    headers: dict[str, str], body: bytes, keys: list[WebhookKey]
) -> None:
    try:
        outcome = verify_webhook(headers, body, keys, NOW)
    except Unauthentic:
        return
    assert body == BODY
    assert outcome.webhook_id == "msg_1"


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_one_flipped_bit_anywhere_in_the_body_is_refused() -> None:
    for bit in range(len(BODY) * 8):
        refused(signed(OLD), flipped(BODY, bit))


@pytest.mark.parametrize("name", NAMES)
def test_one_flipped_bit_anywhere_in_a_header_is_refused(name: str) -> None:
    headers = signed(OLD)
    value = headers[name].encode()
    for bit in range(len(value) * 8):
        refused({**headers, name: flipped(value, bit).decode("latin-1")})


def test_one_flipped_bit_anywhere_in_the_secret_is_refused() -> None:
    for bit in range(len(OLD) * 8):
        refused(signed(OLD), BODY, key(flipped(OLD, bit)))


def test_headers_may_come_in_any_case() -> None:
    headers = {name.title(): value for name, value in signed(OLD).items()}
    assert verify_webhook(headers, BODY, [key(OLD)], NOW).webhook_id == "msg_1"


@pytest.mark.parametrize("seconds", [-301, 301, 86_400, -86_400])
def test_a_webhook_of_another_time_is_refused(seconds: int) -> None:
    refused(signed(OLD), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    assert verify_webhook(signed(OLD), BODY, [key(OLD)], NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("secrets", [(OLD,), (NEW,), (OLD, NEW), (STRANGE, NEW)])
def test_while_keys_change_each_signature_is_tried_with_each_key(secrets: tuple[bytes, ...]) -> None:
    assert verify_webhook(signed(*secrets), BODY, [key(OLD), key(NEW)], NOW)


def test_a_signature_of_another_version_beside_ours_does_no_harm() -> None:
    headers = signed(OLD)
    headers["webhook-signature"] = "v1a,AAAA " + headers["webhook-signature"]
    assert verify_webhook(headers, BODY, [key(OLD)], NOW)
    refused({**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")})


def test_a_key_counts_until_its_time_is_over() -> None:
    assert verify_webhook(signed(OLD), BODY, [key(OLD, not_after=NOW + timedelta(seconds=1))], NOW)
    refused(signed(OLD), BODY, key(OLD, not_after=NOW))
    refused(signed(OLD), BODY, key(OLD, not_after=NOW - HOUR), key(NEW))


def test_a_key_speaks_for_its_accounts_only() -> None:
    bound = verify_webhook(signed(OLD), BODY, [key(OLD, "contoso"), key(NEW, "fabrikam")], NOW)
    assert [bound.may_speak_for(account) for account in ("contoso", "fabrikam", "")] == [True, False, False]
    both = verify_webhook(signed(OLD, NEW), BODY, [key(OLD, "contoso"), key(NEW, "fabrikam")], NOW)
    assert both.may_speak_for("fabrikam")
    assert Webhook("msg_1", (key(OLD),)).may_speak_for("anybody")


def test_every_cause_has_the_same_message() -> None:
    good = signed(OLD)
    messages = {refused({k: v for k, v in good.items() if k != name}) for name in NAMES}
    messages |= {
        refused(good, BODY, key(STRANGE)),
        refused(good, BODY + b" "),
        refused(good, now=NOW + HOUR),
        refused({**good, "Webhook-Id": "msg_1"}),
        refused({**good, "webhook-timestamp": good["webhook-timestamp"] + ".0"}),
        refused({**good, "webhook-signature": " ".join([good["webhook-signature"]] * 9)}),
        refused(signed(OLD, body=b"a" * 65_537), b"a" * 65_537),
        refused(signed(OLD, webhook_id="msg.1")),
    }
    assert messages == {"the webhook did not prove to be authentic"}
    with pytest.raises(Unauthentic):
        verify_webhook(good, BODY, [], NOW)


def test_keys_are_read() -> None:
    text = json.dumps(
        [
            {"id": "one", "secret": whsec(OLD)},
            {"id": "two", "secret": whsec(NEW), "accounts": ["a", "b"], "not_after": "2027-01-01T00:00:00Z"},
            {"id": "three", "secret": whsec(STRANGE), "not_after": None},
        ]
    )
    assert parse_webhook_keys(text) == (
        WebhookKey("one", OLD),
        WebhookKey("two", NEW, frozenset({"a", "b"}), datetime(2027, 1, 1, tzinfo=UTC)),
        WebhookKey("three", STRANGE),
    )
    assert OLD.hex() not in repr(parse_webhook_keys(text))
    assert repr(OLD) not in repr(parse_webhook_keys(text))


GOOD = {"id": "one", "secret": whsec(OLD)}
WRONG = [
    ("", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ("{}", "at least one key"),
    ("[]", "at least one key"),
    ("[1]", "key 1: an object"),
    ('[{"id":"one","secret":"whsec_canary","secret":"x"}]', "twice"),
    (json.dumps([{**GOOD, "account": ["a"]}]), "only id, secret"),
    (json.dumps([{**GOOD, "id": ""}]), "id:"),
    (json.dumps([{**GOOD, "id": 3}]), "id:"),
    (json.dumps([{"id": "one"}]), "secret:"),
    (json.dumps([{**GOOD, "secret": b64encode(OLD).decode()}]), "secret:"),
    (json.dumps([{**GOOD, "secret": "whsec_canary!"}]), "secret:"),
    (json.dumps([{**GOOD, "secret": "whsec_canäry"}]), "secret:"),
    (json.dumps([{**GOOD, "secret": whsec(b"x" * 23)}]), "24 to 64"),
    (json.dumps([{**GOOD, "secret": whsec(b"x" * 65)}]), "24 to 64"),
    (json.dumps([{**GOOD, "accounts": None}]), "accounts:"),
    (json.dumps([{**GOOD, "accounts": []}]), "accounts:"),
    (json.dumps([{**GOOD, "accounts": ["a", 1]}]), "accounts:"),
    (json.dumps([{**GOOD, "accounts": ["a", "a"]}]), "accounts:"),
    (json.dumps([{**GOOD, "not_after": "2027-01-01"}]), "not_after:"),
    (json.dumps([{**GOOD, "not_after": "soon"}]), "not_after:"),
    (json.dumps([{**GOOD, "not_after": 5}]), "not_after:"),
    (json.dumps([GOOD, {**GOOD, "id": "two"}]), "key 2: its id or its secret"),
    (json.dumps([GOOD, {"id": "one", "secret": whsec(NEW)}]), "key 2: its id or its secret"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_keys_that_are_wrong_are_named_without_their_secret(text: str, problem: str) -> None:
    with pytest.raises(InvalidSettings, match=problem) as caught:
        parse_webhook_keys(text)
    assert "canary" not in str(caught.value)
    assert b64encode(OLD).decode() not in str(caught.value)


def listed(*accounts: list[str] | None) -> str:
    secrets = (whsec(bytes([number]) * 32) for number in range(1, 100))
    entries = [{"id": f"key-{n}", "secret": next(secrets), "accounts": names} for n, names in enumerate(accounts)]
    return json.dumps([{k: v for k, v in entry.items() if v is not None} for entry in entries])


def test_an_account_has_three_keys_at_most() -> None:
    assert len(parse_webhook_keys(listed(None, None, None))) == 3
    assert len(parse_webhook_keys(listed(*([name] for name in "abcdefgh")))) == 8
    assert len(parse_webhook_keys(listed(None, ["a"], ["a"], ["b"], ["b"]))) == 5
    for too_many in (listed(None, None, None, None), listed(None, None, ["a"], ["a", "b"])):
        with pytest.raises(InvalidSettings, match="at most 3 keys for one account"):
            parse_webhook_keys(too_many)


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(InvalidSettings, match=r"key 1: secret.*key 3: id"):
        parse_webhook_keys(json.dumps([{"id": "one"}, {"id": "two", "secret": whsec(NEW)}, {"id": " "}]))


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_any_text_ends_in_keys_or_in_problems(text: str) -> None:
    with pytest.raises(InvalidSettings):
        parse_webhook_keys(text)
