"""One deployment that tells people: a tenant on the twin, the timer, the queue of letters, receivers on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from functions import keeping, telling
from shared.adapters.notify_settings import parse_sinks
from shared.adapters.notify_sinks import open_sink
from shared.adapters.sessions import Sessions
from shared.application.sinks import Notices
from shared.domain.errors import Unavailable
from shared.domain.incidents import Patience
from shared.domain.letters import Letter, Outbox, Posting, encode_letter
from shared.domain.quiet_hours import QuietHours
from tests.adapters.receivers import Receiver, receiving
from tests.adapters.told import PLACES, ROUTING_KEY, SECRETS
from tests.application import life as lives
from tests.application.life import Life
from tests.functions.site import whsec

PATIENCE = Patience(timedelta(minutes=10), timedelta(hours=2), timedelta(hours=6), many=10, is_told_changes=True)


@dataclass
class Letters:
    """The queue of letters and its poison twin, until they are away."""

    clock: Any
    waiting: list[tuple[datetime, Letter]] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    is_away: bool = False

    def post(self, posting: Posting) -> None:
        self._check()
        self.waiting.append((self.clock() + posting.delay, posting.letter))

    def park(self, queue: Outbox, text: str) -> None:
        self._check()
        assert queue is Outbox.NOTIFY
        self.parked.append(text)

    def _check(self) -> None:
        if self.is_away:
            raise Unavailable("storage: send: no answer; try again later")


@dataclass
class Desk:
    """Everything, and who is told."""

    life: Life
    receiver: Receiver
    app: Any
    queues: Letters

    def turn(self, **duration: float) -> "Desk":
        """Let time pass and the timer look at what is wrong; no tenant is looked at."""
        self.life.clock.advance(**duration)
        telling.announce(self.app)
        return self

    def deliver(self, until: timedelta = timedelta(0)) -> "Desk":
        """Let every letter arrive that is due by then; those that are put off come when it is time."""
        end = self.life.clock() + until
        while due := [each for each in self.queues.waiting if each[0] <= end]:
            due.sort(key=lambda each: each[0])
            self.queues.waiting.remove(due[0])
            self.life.clock.now = max(self.life.clock.now, due[0][0])
            telling.tell(encode_letter(due[0][1]))
        return self

    def told(self, **duration: float) -> "Desk":
        """One turn, and everything that follows at once."""
        return self.turn(**duration).deliver()

    def causes(self) -> list[str]:
        """What the webhook believes open, by cause and in order."""
        opened = [each["data"] for form, each in self.receiver.told if form == "webhook"]
        return [each["cause"] for each in opened if ("webhook", each["incident_id"]) in self.receiver.open]

    def use(self, *entries: dict[str, Any], quiet: QuietHours | None = None) -> "Desk":
        """Tell these."""
        settings = parse_sinks(json.dumps(list(entries)))
        sinks = tuple(open_sink(setting, Sessions(requests.Session)) for setting in settings)
        self.app.notices = Notices(sinks, quiet, PLACES)
        return self


def entries(url: str) -> dict[str, dict[str, Any]]:
    return {
        "teams": {"sink": "teams", "url": f"{url}/teams"},
        "pagerduty": {"sink": "pagerduty", "url": url, "routing_key": ROUTING_KEY},
        "webhook": {"sink": "webhook", "url": f"{url}/hook", "secrets": [whsec(secret) for secret in SECRETS]},
    }


@contextmanager
def desk(patch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A deployment whose active tenant is well, and whose three receivers are there."""
    patch.setattr(lives, "POLICY", replace(lives.POLICY, patience=PATIENCE))
    life = Life().active()
    with receiving() as receiver:
        receiver.clock = life.clock
        queues = Letters(life.clock)
        app = SimpleNamespace(world=life.world, policy=lives.POLICY, queues=queues, chance=lambda: 0.5)
        for module in (telling, keeping):
            patch.setattr(module, "foundation", lambda: app)
        one = Desk(life, receiver, app, queues).use(*entries(receiver.url).values())
        # What was written on the way there is told, and is no part of any story.
        one.told()
        receiver.told.clear()
        receiver.tries = 0
        yield one
        assert receiver.wrong == []
