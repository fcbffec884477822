"""Messages in a real queue: how they look there, how long they stay, and when they are seen."""

import json
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.queue import QueueMessage
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.adapters.queues import Queues
from shared.adapters.storage_account import StorageAccount
from shared.application.failures import enclose, open_parked
from shared.domain.errors import InvalidMessage, Unavailable
from shared.domain.messages import LARGEST, Delivery, Queue, decode
from tests.adapters.storage import account_away
from tests.fakes import NOW, new_message

MESSAGE = new_message()


def seen(account: StorageAccount, name: str) -> list[QueueMessage]:
    return list(account.queue(name).receive_messages(visibility_timeout=1))


def hidden(account: StorageAccount, name: str) -> int:
    return account.queue(name).get_queue_properties().approximate_message_count or 0


@pytest.mark.host
@pytest.mark.parametrize("queue", Queue)
def test_a_message_comes_out_as_it_went_in_in_base64(account: StorageAccount, queue: Queue) -> None:
    Queues(account).send(Delivery(queue, MESSAGE))
    (received,) = seen(account, queue)
    assert decode(b64decode(str(received.content), validate=True)) == MESSAGE


@pytest.mark.host
def test_messages_never_expire(account: StorageAccount) -> None:
    queues = Queues(account)
    queues.send(Delivery(Queue.VERIFY, MESSAGE))
    queues.park(Queue.VERIFY, "{}")
    for name in (Queue.VERIFY, Queue.VERIFY.poison):
        (received,) = seen(account, name)
        assert received.expires_on is not None
        assert received.expires_on > datetime.now(UTC) + timedelta(days=10_000)


@pytest.mark.host
def test_a_message_is_not_seen_before_its_delay_is_over(account: StorageAccount) -> None:
    started = time.monotonic()
    Queues(account).send(Delivery(Queue.VERIFY, MESSAGE, timedelta(seconds=0.2)))
    assert seen(account, Queue.VERIFY) == []
    while not (received := seen(account, Queue.VERIFY)):
        assert time.monotonic() - started < 10
        time.sleep(0.05)
    assert len(received) == 1
    assert time.monotonic() - started >= 0.2


@pytest.mark.host
@pytest.mark.parametrize("delay", [timedelta(days=7), timedelta(days=400), timedelta(seconds=1e-6)])
def test_a_delay_of_any_length_is_taken(account: StorageAccount, delay: timedelta) -> None:
    Queues(account).send(Delivery(Queue.VERIFY, MESSAGE, delay))
    assert seen(account, Queue.VERIFY) == []
    assert hidden(account, Queue.VERIFY) == 1


@pytest.mark.host
def test_a_delay_that_is_over_already_is_none(account: StorageAccount) -> None:
    Queues(account).send(Delivery(Queue.VERIFY, MESSAGE, timedelta(seconds=-5)))
    assert len(seen(account, Queue.VERIFY)) == 1


@pytest.mark.host
def test_what_is_set_aside_reaches_the_poison_queue_and_can_be_opened(account: StorageAccount) -> None:
    Queues(account).park(Queue.REMEDIATE, enclose(b"\xff\x00{", InvalidMessage("not UTF-8 JSON")))
    (received,) = seen(account, "remediate-poison")
    text = b64decode(str(received.content), validate=True).decode()
    parked = open_parked(Queue.REMEDIATE, received.id, text, NOW)
    assert (parked.body, parked.reason) == ("\\xff\x00{", "invalid_message: not UTF-8 JSON")


@pytest.mark.host
def test_what_is_put_back_on_a_poison_queue_is_not_seen_for_a_while(account: StorageAccount) -> None:
    Queues(account).park(Queue.VERIFY, "{}", timedelta(minutes=5))
    assert seen(account, Queue.VERIFY.poison) == []
    assert hidden(account, Queue.VERIFY.poison) == 1


@pytest.mark.host
def test_the_longest_envelope_is_taken(account: StorageAccount) -> None:
    Queues(account).park(Queue.VERIFY, "x" * LARGEST)
    assert len(seen(account, Queue.VERIFY.poison)) == 1


@settings(max_examples=10)
@given(head=st.binary(min_size=1, max_size=4), reason=st.text(max_size=5))
@example(head=b"\x01", reason="😀")
@example(head=b"\xff", reason="\x01")
@example(head="😀".encode(), reason='"')
@example(head=b"{", reason="\ud800")
def test_an_envelope_always_fits_into_a_queue_message(head: bytes, reason: str) -> None:
    text = enclose(head * LARGEST, InvalidMessage(reason * 1000))
    assert len(b64encode(text.encode())) <= 64 * 1024
    assert json.loads(text)["parked"] == 1


@pytest.mark.host
def test_every_queue_and_its_poison_queue_are_made_once(account: StorageAccount) -> None:
    for _ in range(2):
        Queues(account).make_all()
    for queue in Queue:
        assert (hidden(account, queue), hidden(account, queue.poison)) == (0, 0)


def test_an_account_that_is_away_is_unavailable_within_seconds() -> None:
    started = time.monotonic()
    with account_away() as away, pytest.raises(Unavailable) as caught:
        Queues(away).send(Delivery(Queue.VERIFY, MESSAGE))
    assert time.monotonic() - started < 5
    assert caught.value.__suppress_context__
