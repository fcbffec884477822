"""What comes from a poison queue: kept, said once, followed by a look, and never raised over what can be foreseen."""

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import keeping
from functions.keeping import keep
from shared.application.failures import enclose
from shared.domain.errors import InvalidMessage, KeeperError, Unavailable, VendorCredential
from shared.domain.messages import Cause, Delivery, Fate, Parked, Queue, encode
from shared.domain.tenants import Stage
from tests.fakes import TENANT_ID, MemoryJournal, new_message, new_tenant, new_world

MESSAGE = new_message(Cause.RECHECK, attempt=12)
BODY = enclose(encode(MESSAGE), Unavailable("away")).encode()


@dataclass
class Account:
    """A journal and queues that may be away."""

    journal: MemoryJournal
    full: list[KeeperError] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)
    back: list[tuple[Queue, str, timedelta]] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        if self.full:
            raise self.full.pop()
        self.sent.append(delivery)

    def park(self, queue: Queue, text: str, delay: timedelta) -> None:
        if self.full:
            raise self.full.pop()
        self.back.append((queue, text, delay))


class Journal(MemoryJournal):
    """A journal that may be away."""

    away: KeeperError | None = None

    def park(self, parked: Parked) -> bool:
        if self.away is not None:
            raise self.away
        return super().park(parked)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    journal = Journal()
    base = SimpleNamespace(
        world=replace(new_world(), journal=journal), queues=Account(journal), journal=journal, chance=lambda: 0.5
    )
    monkeypatch.setattr(keeping, "foundation", lambda: base)
    return base


def errors(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(r.message.partition(" {")[0], vars(r)["code"]) for r in caplog.records if r.levelno >= logging.ERROR]


def test_a_message_is_kept_once_and_said_once_however_often_it_is_delivered(
    base: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        keep(Queue.VERIFY, "id-1", BODY)
    (parked,), _ = base.journal.parked(None, 10)
    assert (parked.reason, parked.tenant_id) == ("unavailable: away", str(TENANT_ID))
    assert errors(caplog) == [("message parked", "unavailable")]


@pytest.mark.parametrize("away", [Unavailable("away"), VendorCredential("refused")], ids=lambda error: str(error.code))
def test_while_the_table_is_away_the_message_goes_back_for_a_while_and_is_the_same_one_later(
    base: SimpleNamespace, caplog: pytest.LogCaptureFixture, away: KeeperError
) -> None:
    base.world.tenants.add(new_tenant(Stage.ACTIVE))
    base.journal.away = away
    keep(Queue.VERIFY, "id-1", BODY)
    ((queue, text, delay),) = base.queues.back
    assert (queue, errors(caplog), base.queues.sent) == (Queue.VERIFY, [], [])
    assert timedelta(minutes=5) <= delay <= timedelta(minutes=10)
    base.journal.away = None
    keep(Queue.VERIFY, "another id", text.encode())
    keep(Queue.VERIFY, "id-1", BODY)
    assert len(base.journal.parked(None, 10)[0]) == 1
    assert errors(caplog) == [("message parked", "unavailable")]
    assert base.queues.sent[0].message.cause is Cause.PARKED


def test_only_when_it_cannot_be_put_back_either_is_there_an_error(base: SimpleNamespace) -> None:
    base.journal.away = Unavailable("away")
    base.queues.full = [Unavailable("away too")]
    with pytest.raises(Unavailable, match="away too"):
        keep(Queue.VERIFY, "id-1", BODY)


def test_a_look_that_cannot_be_asked_for_brings_the_message_again_and_is_asked_for_then(
    base: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    base.world.tenants.add(new_tenant(Stage.ACTIVE))
    base.queues.full = [Unavailable("away")]
    keep(Queue.VERIFY, "id-1", BODY)
    ((_, text, _),) = base.queues.back
    keep(Queue.VERIFY, "id-2", text.encode())
    assert [delivery.message.cause for delivery in base.queues.sent] == [Cause.PARKED]
    assert len(errors(caplog)) == 1


def test_after_it_is_kept_its_tenant_is_looked_at_in_the_same_thread(base: SimpleNamespace) -> None:
    base.world.tenants.add(new_tenant(Stage.ACTIVE, generation=7))
    keep(Queue.REMEDIATE, "id-1", BODY)
    (delivery,) = base.queues.sent
    message = delivery.message
    assert (delivery.queue, message.cause, message.tenant_id) == (Queue.VERIFY, Cause.PARKED, TENANT_ID)
    assert (message.generation, message.attempt, message.correlation_id) == (7, 1, MESSAGE.correlation_id)


@pytest.mark.parametrize("stage", [None, Stage.OFFBOARDING, Stage.OFFBOARDED])
def test_nobody_looks_at_a_tenant_that_is_unknown_or_leaves(base: SimpleNamespace, stage: Stage | None) -> None:
    if stage is not None:
        base.world.tenants.add(new_tenant(stage))
    keep(Queue.VERIFY, "id-1", BODY)
    assert (len(base.journal.kept), base.queues.sent) == (1, [])


def test_a_look_that_was_parked_itself_leads_to_no_other_one(base: SimpleNamespace) -> None:
    base.world.tenants.add(new_tenant(Stage.ACTIVE))
    keep(Queue.VERIFY, "id-1", encode(replace(MESSAGE, cause=Cause.PARKED)))
    assert (len(base.journal.kept), base.queues.sent) == (1, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no base64!", "invalid_message"),
        ("<é&>", "invalid_message"),
        ('{"a":1}', "delivered_too_often"),
        (enclose(b"nonsense", InvalidMessage("not UTF-8 JSON")), "invalid_message"),
    ],
)
def test_what_nobody_can_read_is_kept_counted_and_asks_for_nothing(
    base: SimpleNamespace, caplog: pytest.LogCaptureFixture, text: str, code: str
) -> None:
    keep(Queue.VERIFY, "id-1", text.encode())
    assert errors(caplog) == [("message parked", code)]
    assert len(base.journal.kept) == 1
    assert base.queues.sent == []


def test_what_nobody_can_read_is_kept_without_keys_and_put_back_without_them(base: SimpleNamespace) -> None:
    text = '{"Authorization": "Bearer canary", "k": "whsec_canary", "url": "?sig=canary&x=1", "rest": "stays"}'
    base.journal.away = Unavailable("away")
    keep(Queue.VERIFY, "id-1", text.encode())
    base.journal.away = None
    keep(Queue.VERIFY, "id-1", text.encode())
    ((_, back, _),) = base.queues.back
    (parked,) = base.journal.kept.values()
    for kept in (back, parked.body):
        assert "canary" not in kept
        assert "stays" in kept


def test_a_decision_stands_when_the_message_comes_again(base: SimpleNamespace) -> None:
    keep(Queue.VERIFY, "id-1", BODY)
    (parked,) = base.journal.kept.values()
    base.journal.park(replace(parked, fate=Fate.DROPPED))
    keep(Queue.VERIFY, "id-1", BODY)
    assert base.journal.parked(None, 10)[0] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), message_id=st.none() | st.text(max_size=10), away=st.booleans())
def test_nothing_that_may_come_is_lost_or_raised(
    base: SimpleNamespace, body: bytes, message_id: str | None, *, away: bool
) -> None:
    base.journal.kept, base.queues.back = {}, []
    base.journal.away = Unavailable("away") if away else None
    keep(Queue.OFFBOARD, message_id, body)
    assert len(base.journal.kept) + len(base.queues.back) == 1
