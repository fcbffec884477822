"""The receivers of notifications, as the operator lists them: values."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.incidents import Severity
from shared.domain.values import Secret


class Tls(StrEnum):
    """How the way to a mail server is made private."""

    STARTTLS = "starttls"
    FROM_THE_START = "tls"
    NONE = "none"
    """For a server on the machine itself alone."""


@dataclass(frozen=True, slots=True)
class Told:
    """What every receiver has.

    Attributes:
        name: The operator's name for it.
        least: What it is told at least.
        is_told_changes: Whether it is told what we write.
    """

    name: str
    least: Severity
    is_told_changes: bool


@dataclass(frozen=True, slots=True)
class TeamsSink:
    """A workflow of Microsoft Teams.

    Attributes:
        told: What every receiver has.
        url: Its address, which is a secret.
    """

    told: Told
    url: Secret


@dataclass(frozen=True, slots=True)
class PagerDutySink:
    """A service of PagerDuty.

    Attributes:
        told: What every receiver has.
        url: Where PagerDuty is, without a final slash.
        routing_key: The integration's key.
    """

    told: Told
    url: str
    routing_key: Secret


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """Somebody's own receiver.

    Attributes:
        told: What every receiver has.
        url: Its address, which may be a secret.
        secrets: What is signed with: the newest first, and those before it while they change.
    """

    told: Told
    url: Secret
    secrets: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailSink:
    """Mailboxes, behind one server.

    Attributes:
        told: What every receiver has.
        host: The server.
        port: Its port.
        tls: How the way there is made private.
        sender: Whom mails are from.
        recipients: Whom they are to.
        user: Who we are there; empty where nobody asks.
        password: What proves it.
    """

    told: Told
    host: str
    port: int
    tls: Tls
    sender: str
    recipients: tuple[str, ...]
    user: str
    password: Secret


SinkSetting = TeamsSink | PagerDutySink | WebhookSink | MailSink
