"""The work queues as Azure has them: at least once, in no order, hidden while worked on, poison after five times."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from shared.adapters.queues import Depth
from shared.domain.letters import Outbox, Posting, encode_letter
from shared.domain.messages import Delivery, Queue, encode
from tests.fakes import CANARY, Clock

INVISIBLE = timedelta(seconds=600)
"""How long a message is hidden while its worker has it; one that died lets go of it by this alone."""
RETRY_DELAY = timedelta(seconds=30)
"""How long one is hidden whose worker failed."""
MOST_DELIVERIES = 5


@dataclass
class Letter:
    """A message in a queue.

    Attributes:
        number: In the order of sending.
        queue: Which.
        body: Its bytes.
        visible_at: Nobody sees it before.
        deliveries: How often somebody got it.
        lost: How often its deletion was lost: it may go to the poison queue though its work was done.
    """

    number: int
    queue: Queue | Outbox
    body: bytes
    visible_at: datetime
    deliveries: int = 0
    lost: int = 0


@dataclass
class QueueModel:
    """All work queues and their poison queues.

    Attributes:
        clock: The time.
        dice: Chance.
        lost_deletes: How many of a hundred finished messages come again.
        sent: How many messages there ever were.
        leaks: Bodies that gave the secret away.
        most_deliveries: How often the one that came most often was delivered.
        waits: Whose message waited for how long until somebody had time for it, in seconds, and when that was.
    """

    clock: Clock
    dice: Random
    lost_deletes: int = 0
    letters: list[Letter] = field(default_factory=list)
    poison: list[Letter] = field(default_factory=list)
    sent: int = 0
    leaks: list[bytes] = field(default_factory=list)
    most_deliveries: int = 0
    waits: list[tuple[bytes, float, datetime]] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        """Send a message, to be seen when its delay is over."""
        self.put(delivery.queue, encode(delivery.message), delivery.delay)

    def post(self, posting: Posting) -> None:
        """Send a letter, to be seen when its delay is over."""
        self.put(Outbox.NOTIFY, encode_letter(posting.letter), posting.delay)

    def depths(self, now: datetime) -> Iterator[Depth]:
        """Every queue is empty, as far as anybody asks."""
        assert now.tzinfo is not None
        return iter([Depth(queue, 0, 0.0) for queue in Queue])

    def park(self, queue: Queue | Outbox, text: str, delay: timedelta = timedelta(0)) -> None:
        """Put an envelope on a poison queue."""
        self.poison.append(self._letter(queue, text.encode(), delay))

    def put(self, queue: Queue | Outbox, body: bytes, delay: timedelta = timedelta(0)) -> Letter:
        """Put any bytes on a work queue."""
        letter = self._letter(queue, body, delay)
        self.letters.append(letter)
        return letter

    def visible(self) -> list[Letter]:
        """What a worker may get now."""
        return [letter for letter in self.letters if letter.visible_at <= self.clock.now]

    def next_moment(self) -> datetime | None:
        """When the next message is to be seen."""
        return min((letter.visible_at for letter in self.letters), default=None)

    def take(self) -> Letter | None:
        """Give any visible message to a worker; one that failed too often goes to the poison queue unread."""
        letter = self.dice.choice(self.visible())
        if letter.deliveries >= MOST_DELIVERIES:
            self._give_up(letter)
            return None
        letter.deliveries += 1
        self.waits.append((letter.body, (self.clock.now - letter.visible_at).total_seconds(), self.clock.now))
        self.most_deliveries = max(self.most_deliveries, letter.deliveries)
        letter.visible_at = self.clock.now + INVISIBLE
        return letter

    def done(self, letter: Letter) -> None:
        """Delete what was worked on; sometimes the deletion is lost, and the message comes again."""
        if self.dice.randrange(100) >= self.lost_deletes:
            self.letters.remove(letter)
        else:
            letter.lost += 1

    def failed(self, letter: Letter) -> None:
        """Let go of what a worker failed with, or give it up."""
        if letter.deliveries >= MOST_DELIVERIES:
            self._give_up(letter)
        else:
            letter.visible_at = self.clock.now + RETRY_DELAY

    def _give_up(self, letter: Letter) -> None:
        self.letters.remove(letter)
        self.poison.append(letter)

    def _letter(self, queue: Queue | Outbox, body: bytes, delay: timedelta) -> Letter:
        self.sent += 1
        if CANARY.encode() in body:
            self.leaks.append(body)
        return Letter(self.sent, queue, body, self.clock.now + delay)
