"""What each failure means to a queue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.application.failures import MOST_ATTEMPTS, code_of, enclose, enclose_again, open_parked, put_off
from shared.domain import errors
from shared.domain.messages import LARGEST, Queue, encode
from tests.fakes import NOW, TENANT_ID, new_message

CAUSES = {
    errors.Throttled: 30,
    errors.Unavailable: 15,
    errors.Ambiguous: 15,
    errors.Conflict: 5,
    errors.RecordChanged: 2,
    errors.RolePropagating: 300,
    errors.VendorCredential: 900,
    errors.InvalidSettings: 900,
}
"""The longest first wait of each cause, in seconds."""
NOTHING_TRIED = (errors.Busy, errors.NotYet)
TRANSIENT = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and errors.TransientError in kind.__mro__ and kind not in NOTHING_TRIED
]


@pytest.mark.parametrize("kind", TRANSIENT, ids=lambda kind: str(kind.code))
@settings(max_examples=20)
@given(attempt=st.integers(1, MOST_ATTEMPTS - 1), chance=st.floats(0, 1))
def test_every_transient_error_is_put_off_with_one_attempt_more(
    kind: type[errors.TransientError], attempt: int, chance: float
) -> None:
    later = put_off(kind("…"), Queue.VERIFY, new_message(attempt=attempt), chance)
    assert later is not None
    assert (later.queue, later.message.attempt) == (Queue.VERIFY, attempt + 1)
    assert timedelta(seconds=1) <= later.delay <= timedelta(hours=1)


@pytest.mark.parametrize("kind", NOTHING_TRIED, ids=lambda kind: str(kind.code))
@given(attempt=st.integers(1, MOST_ATTEMPTS * 3), chance=st.floats(0, 1), rest=st.integers(0, 3600))
def test_who_tried_nothing_comes_again_with_no_attempt_less_and_not_before_the_moment(
    kind: type[errors.TransientError], attempt: int, chance: float, rest: int
) -> None:
    wait = timedelta(seconds=rest)
    later = put_off(kind("…", wait), Queue.VERIFY, new_message(attempt=attempt), chance)
    assert later is not None
    assert later.message == new_message(attempt=attempt)
    assert wait + timedelta(seconds=1) <= later.delay <= wait + timedelta(seconds=10)


@pytest.mark.parametrize(("kind", "first"), CAUSES.items(), ids=lambda value: getattr(value, "code", ""))
def test_each_cause_has_its_own_wait_which_doubles_up_to_an_hour_and_is_chance_in_its_whole_length(
    kind: type[errors.KeeperError], first: int
) -> None:
    for attempt in range(1, MOST_ATTEMPTS):
        longest = min(3600, first * 2 ** (attempt - 1))
        for chance in (0.0, 0.5, 1.0):
            later = put_off(kind("…"), Queue.VERIFY, new_message(attempt=attempt), chance)
            assert later is not None
            assert later.delay == timedelta(seconds=max(1, chance * longest))


PERMANENT = [kind for kind in vars(errors).values() if isinstance(kind, type) and errors.PermanentError in kind.__mro__]


@pytest.mark.parametrize("kind", PERMANENT, ids=lambda kind: str(kind.code))
def test_only_what_is_our_own_to_mend_is_waited_for_among_what_a_person_must_mend(
    kind: type[errors.PermanentError],
) -> None:
    later = put_off(kind("…"), Queue.VERIFY, new_message(), 0.5)
    assert (later is not None) == (kind in (errors.VendorCredential, errors.InvalidSettings))


def test_the_other_sides_own_time_is_kept_to() -> None:
    error = errors.Throttled("…", retry_after=timedelta(seconds=120))
    delays = [put_off(error, Queue.VERIFY, new_message(), chance) for chance in (0.0, 0.5, 1.0)]
    assert all(later and timedelta(seconds=120) <= later.delay <= timedelta(seconds=121) for later in delays)


def test_work_is_not_put_off_for_ever() -> None:
    assert put_off(errors.Unavailable("…"), Queue.VERIFY, new_message(attempt=MOST_ATTEMPTS), 0.5) is None


@given(body=st.binary(max_size=200))
def test_whatever_is_set_aside_comes_back_with_its_reason(body: bytes) -> None:
    parked = open_parked(Queue.VERIFY, "id-1", enclose(body, errors.InvalidMessage("not UTF-8 JSON")), NOW)
    assert parked.reason == "invalid_message: not UTF-8 JSON"
    assert parked.body == body.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("byte", [b"a", b"\x01", b"\xff", "…".encode()])
def test_what_is_set_aside_always_fits_into_a_message_and_a_long_one_is_marked_where_it_is_cut(byte: bytes) -> None:
    body = (byte * LARGEST)[:LARGEST]
    envelope = enclose(body, errors.InvalidMessage("…"))
    assert len(envelope.encode()) <= LARGEST
    assert open_parked(Queue.VERIFY, "id-1", envelope, NOW).body.endswith("(cut)")
    whole = body[: LARGEST // 8]
    kept = open_parked(Queue.VERIFY, "id-1", enclose(whole, errors.InvalidMessage("…")), NOW).body
    assert kept == whole.decode("utf-8", "backslashreplace")


@given(text=st.text(max_size=200))
def test_whatever_the_host_gave_up_is_kept(text: str) -> None:
    parked = open_parked(Queue.REMEDIATE, "id-1", text, NOW)
    assert parked.queue == "remediate"
    assert parked.reason
    assert parked.parked_id == open_parked(Queue.REMEDIATE, "id-1", text, NOW).parked_id


def test_two_messages_that_say_the_same_are_counted_as_two() -> None:
    one, other = (open_parked(Queue.VERIFY, message_id, "{", NOW) for message_id in ("id-1", "id-2"))
    assert one.parked_id != other.parked_id


@pytest.mark.parametrize(
    ("reason", "code"),
    [("unavailable: away", "unavailable"), ("", "invalid_message"), ("No code: at all", "invalid_message")],
)
def test_whatever_is_parked_has_a_stable_code(reason: str, code: str) -> None:
    assert code_of(replace(open_parked(Queue.VERIFY, "id-1", "{", NOW), reason=reason)) == code


def test_a_message_that_can_be_read_says_whom_it_is_about() -> None:
    body = encode(new_message())
    for text in (body.decode(), enclose(body, errors.Unavailable("away"))):
        assert open_parked(Queue.VERIFY, "id-1", text, NOW).tenant_id == str(TENANT_ID)
    for text in ("no base64!", "{}", enclose(body[:-1], errors.Unavailable("away"))):
        assert open_parked(Queue.VERIFY, "id-1", text, NOW).tenant_id == ""


@given(text=st.text(max_size=200), message_id=st.text(max_size=20))
def test_what_is_put_back_is_the_same_one_when_it_comes_again_by_another_id(text: str, message_id: str) -> None:
    parked = open_parked(Queue.VERIFY, message_id, text, NOW)
    envelope = enclose_again(parked, message_id)
    assert open_parked(Queue.VERIFY, "another id", envelope, NOW) == parked


def test_what_is_put_back_always_fits() -> None:
    parked = open_parked(Queue.VERIFY, "id-1", "\x01" * 65_536, NOW)
    assert len(enclose_again(parked, "id-1").encode()) <= LARGEST
