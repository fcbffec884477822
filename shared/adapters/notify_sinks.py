"""The receivers of notifications, each with its way there. Opening one does no I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ssl import SSLContext, create_default_context

from shared.adapters.notify_http import post
from shared.adapters.notify_kinds import MailSink, PagerDutySink, SinkSetting, TeamsSink, Told, WebhookSink
from shared.adapters.notify_mail import mail_of
from shared.adapters.notify_pagerduty import event_of, path_of
from shared.adapters.notify_smtp import MailServer
from shared.adapters.notify_teams import card_of
from shared.adapters.notify_webhook import signed, webhook_of
from shared.adapters.sessions import Sessions
from shared.domain.incidents import Severity
from shared.domain.notification import Notification
from shared.domain.values import Secret

_JSON = {"Content-Type": "application/json"}

Send = Callable[[Notification, datetime], None]


@dataclass(frozen=True, slots=True)
class Sink:
    """One receiver.

    Attributes:
        told: What every receiver has.
        kind: What it speaks.
        mark: What tells its place from another one, without saying where that is.
        deliver: The way there.
    """

    told: Told
    kind: str
    mark: str
    deliver: Send

    @property
    def name(self) -> str:
        """What it is called."""
        return self.told.name

    @property
    def least(self) -> Severity:
        """What it is told at least."""
        return self.told.least

    @property
    def is_told_changes(self) -> bool:
        """Whether it is told what we write."""
        return self.told.is_told_changes

    def send(self, notification: Notification, now: datetime) -> None:
        """Deliver a notification; once more, it is the same one.

        Raises:
            Throttled: It asks for fewer.
            Unavailable: It did not take it; try again later.
            Rejected: It will never take it.
            SinkGone: It wants none any more.
        """
        self.deliver(notification, now)


def open_sink(
    setting: SinkSetting, sessions: Sessions, context: Callable[[], SSLContext] = create_default_context
) -> Sink:
    """Open a receiver.

    Args:
        setting: As the operator lists it.
        sessions: The connections.
        context: Makes what a mail server's certificate is checked with.
    """
    if isinstance(setting, TeamsSink):
        return Sink(setting.told, "teams", _mark(setting.url.reveal), _to_teams(setting, sessions))
    if isinstance(setting, PagerDutySink):
        place = setting.url + setting.routing_key.reveal
        return Sink(setting.told, "pagerduty", _mark(place), _to_pagerduty(setting, sessions))
    if isinstance(setting, WebhookSink):
        return Sink(setting.told, "webhook", _mark(setting.url.reveal), _to_webhook(setting, sessions))
    return Sink(setting.told, "mail", _mark(f"{setting.host}:{setting.port}"), _to_mailboxes(setting, context))


def _mark(place: str) -> str:
    return sha256(place.encode()).hexdigest()[:16]


def _to_teams(setting: TeamsSink, sessions: Sessions) -> Send:
    return lambda notification, now: post(sessions, setting.url, _JSON, card_of(notification), now)


def _to_pagerduty(setting: PagerDutySink, sessions: Sessions) -> Send:
    def send(notification: Notification, now: datetime) -> None:
        url = Secret(setting.url + path_of(notification))
        post(sessions, url, _JSON, event_of(notification, setting.routing_key.reveal), now)

    return send


def _to_webhook(setting: WebhookSink, sessions: Sessions) -> Send:
    def send(notification: Notification, now: datetime) -> None:
        body = webhook_of(notification)
        post(sessions, setting.url, signed(notification, body, setting.secrets, now), body, now)

    return send


def _to_mailboxes(setting: MailSink, context: Callable[[], SSLContext]) -> Send:
    server = MailServer(setting, context)
    return lambda notification, _: server.hand(mail_of(notification, setting.sender, setting.recipients))
