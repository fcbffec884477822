import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidMessage
from shared.domain.messages import LARGEST, Cause, Fate, Message, Parked, Queue, again, decode, encode
from tests.domain.test_tenants import HOSTILE
from tests.domain.world import NOW, modest

TENANT_ID = UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10")
MESSAGE = Message(TENANT_ID, Cause.DRIFT, UUID(int=99), 3, NOW, 2, "00-" + "a" * 32 + "-" + "b" * 16 + "-01")
ZONES = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MESSAGES = st.builds(
    Message,
    tenant_id=st.uuids(version=4),
    cause=st.sampled_from(Cause),
    correlation_id=st.uuids(),
    generation=st.integers(1, 10**6),
    first_enqueued_at=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=ZONES),  # noqa: DTZ001 - zoned by the next
    attempt=st.integers(1, 10**6),
    traceparent=st.text(max_size=55),
)


def document(**changes: object) -> bytes:
    return json.dumps({**json.loads(encode(MESSAGE)), **changes}).encode()


@given(MESSAGES)
@modest
def test_a_message_survives_the_queue(message: Message) -> None:
    assert decode(encode(message)) == message


def test_the_form_on_the_wire_is_the_agreed_one() -> None:
    assert json.loads(encode(MESSAGE)) == {
        "schema": 1,
        "tenant_id": "6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10",
        "cause": "drift",
        "correlation_id": "00000000-0000-0000-0000-000000000063",
        "traceparent": MESSAGE.traceparent,
        "generation": 3,
        "attempt": 2,
        "first_enqueued_at": "2026-11-23T12:00:00+00:00",
    }


@given(st.binary(max_size=200))
@modest
def test_any_bytes_are_a_message_or_one_error(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode(body)


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@given(st.sampled_from(sorted(json.loads(encode(MESSAGE)))), JSON)
@modest
def test_any_value_in_any_field_is_a_message_or_one_error(field: str, value: object) -> None:
    said = ""
    try:
        assert isinstance(decode(document(**{field: value})), Message)
    except InvalidMessage as error:
        said = str(error)
    assert len(said) < 60  # never what was sent


@given(MESSAGES, st.data())
@modest
def test_a_message_cut_short_or_damaged_is_a_message_or_one_error(message: Message, data: st.DataObject) -> None:
    body = encode(message)
    place = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(InvalidMessage):
        decode(body[:place])
    damaged = body[:place] + data.draw(st.binary(min_size=1, max_size=3)) + body[place + 1 :]
    try:
        assert isinstance(decode(damaged), Message)
    except InvalidMessage:
        return


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"[1]",
        b"7",
        b"null",
        b"{}",
        b"[" * 40_000,
        b'{"schema":' + b"1" * 5000 + b"}",
        b" " * (LARGEST + 1),
        encode(MESSAGE) + b" " * LARGEST,
    ],
    ids=range(11),
)
def test_garbage_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode(body)


def test_the_largest_message_is_still_read() -> None:
    body = encode(MESSAGE)
    assert decode(body + b" " * (LARGEST - len(body))) == MESSAGE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", 2),
        ("schema", "1"),
        ("schema", None),
        ("cause", "delete"),
        ("cause", "DRIFT"),
        ("cause", 1),
        ("cause", ["drift"]),
        ("correlation_id", "x"),
        ("correlation_id", 7),
        ("generation", 0),
        ("generation", "3"),
        ("generation", True),
        ("generation", 1.0),
        ("generation", 10**6 + 1),
        ("attempt", 0),
        ("attempt", -1),
        ("attempt", None),
        ("first_enqueued_at", "2026-11-23T12:00:00"),
        ("first_enqueued_at", "yesterday"),
        ("first_enqueued_at", 1_700_000_000),
        ("traceparent", None),
        ("traceparent", {}),
        ("extra", 1),
    ],
)
def test_a_field_that_is_not_of_its_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidMessage):
        decode(document(**{field: value}))


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_tenant_is_refused(value: object) -> None:
    with pytest.raises(InvalidMessage):
        decode(document(tenant_id=value))


@pytest.mark.parametrize("field", sorted(json.loads(encode(MESSAGE))))
def test_every_field_is_needed(field: str) -> None:
    fields = json.loads(encode(MESSAGE))
    del fields[field]
    with pytest.raises(InvalidMessage):
        decode(json.dumps(fields).encode())


@pytest.mark.parametrize("schema", [True, 1.0])
def test_a_schema_that_is_no_whole_number_is_unknown(schema: object) -> None:
    with pytest.raises(InvalidMessage):
        decode(document(schema=schema))


def test_the_next_attempt_is_the_same_request() -> None:
    assert again(MESSAGE) == replace(MESSAGE, attempt=3)


def test_each_queue_has_its_poison_twin() -> None:
    poison = ["provision-poison", "verify-poison", "remediate-poison", "offboard-poison"]
    assert [queue.poison for queue in Queue] == poison


def test_the_words_on_the_wire_are_the_agreed_ones() -> None:
    assert {cause.value for cause in Cause} == {
        *("signup", "settled", "recheck", "drift", "operator", "activate", "deactivate", "consent"),
        *("pause", "resume", "move", "offboard", "parked"),
    }
    assert [fate.value for fate in Fate] == ["open", "replayed", "dropped", "resolved"]


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_survives_the_queue(cause: Cause) -> None:
    assert decode(encode(replace(MESSAGE, cause=cause))).cause is cause


def test_nobody_has_decided_on_what_is_parked_anew() -> None:
    parked = Parked("1", Queue.OFFBOARD, "rejected: no", "{}", NOW)
    assert (parked.fate, parked.decided_by, parked.decided_at) == (Fate.OPEN, "", None)


def test_an_instant_keeps_its_moment_in_any_zone() -> None:
    at = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    assert decode(encode(replace(MESSAGE, first_enqueued_at=at))).first_enqueued_at == at.astimezone(UTC)
