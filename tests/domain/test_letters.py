from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidMessage
from shared.domain.incidents import News
from shared.domain.letters import Letter, Outbox, decode_letter, encode_letter, once_more
from shared.domain.messages import Queue, decode, encode
from tests.fakes import TENANT_ID, new_message

LETTER = Letter(TENANT_ID, "a" * 32, "ops", News.OPENED)

LETTERS = st.builds(
    Letter,
    tenant_id=st.none() | st.uuids(version=4),
    incident_id=st.text("0123456789abcdef", min_size=32, max_size=32),
    sink=st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True),
    news=st.sampled_from(News),
    attempt=st.integers(1, 1000),
)


@given(LETTERS)
def test_a_letter_comes_out_as_it_went_in(letter: Letter) -> None:
    assert decode_letter(encode_letter(letter)) == letter


@given(st.binary(max_size=200) | st.sampled_from([encode(new_message()), b"{}", b"[]", b"null", b"[" * 100_000]))
def test_any_other_bytes_are_one_error(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode_letter(body)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema":1', b'"schema":2'),
        (b'"schema":1', b'"schema":true'),
        (b'"schema":1', b'"schema":1.0'),
        (b'"attempt":1', b'"attempt":0'),
        (b'"attempt":1', b'"attempt":true'),
        (b'"sink":"ops"', b'"sink":"../x"'),
        (b'"news":"opened"', b'"news":"other"'),
        (b'"news":"opened"', b'"news":[]'),
        (str(TENANT_ID).encode(), str(UUID(int=0)).encode()),
        (b"{", b'{"more":1,'),
    ],
)
def test_a_letter_that_is_not_of_its_form_is_refused(old: bytes, new: bytes) -> None:
    body = encode_letter(LETTER).replace(old, new, 1)
    assert body != encode_letter(LETTER)
    with pytest.raises(InvalidMessage):
        decode_letter(body)


def test_no_worker_of_tenants_takes_a_letter_for_work() -> None:
    with pytest.raises(InvalidMessage):
        decode(encode_letter(LETTER))


def test_the_queue_of_letters_is_no_tenants_queue() -> None:
    assert [box.value for box in Outbox] == ["notify"]
    assert Outbox.NOTIFY.poison == "notify-poison"
    assert "notify" not in tuple(Queue)


def test_once_more_is_the_same_request() -> None:
    assert once_more(LETTER) == Letter(TENANT_ID, "a" * 32, "ops", News.OPENED, attempt=2)
