"""A notification as an e-mail, plain and HTML. No I/O.

Source: RFC 5322 §3.6.4 (``Message-ID``, ``In-Reply-To``), RFC 3834 §5 (``Auto-Submitted``), RFC 2046 §5.1.4.
"""

from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from shared.domain.incidents import News
from shared.domain.notification import Notification, severity_word

_STYLE = "font:16px/1.5 system-ui,sans-serif;color:#1b1b1b"


def mail_of(notification: Notification, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """Write a notification as a mail.

    Args:
        notification: What is told.
        sender: Whom it is from.
        recipients: Whom it is to.
    """
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(recipients)
    mail["Subject"] = f"[{severity_word(notification)}] {notification.title}"
    mail["Date"] = format_datetime(notification.at.astimezone(UTC))
    mail["Message-ID"] = _message_id(notification, notification.news, sender)
    if notification.news is News.RESOLVED:
        # What ends an incident belongs under what began it.
        begun = _message_id(notification, News.OPENED, sender)
        mail["In-Reply-To"], mail["References"] = begun, begun
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(plain_of(notification), cte="quoted-printable")
    mail.add_alternative(html_of(notification), subtype="html", cte="quoted-printable")
    return mail


def plain_of(notification: Notification) -> str:
    """Write a notification as text."""
    lines = [f"{name + ':':<10} {value}" for name, value in _facts(notification).items() if value]
    return "\n".join([notification.title, "", notification.sentence, "", *lines, ""])


def html_of(notification: Notification) -> str:
    """Write a notification as HTML: no script, no image, nothing from elsewhere, everything escaped."""
    rows = "".join(
        f'<tr><th align="left" style="padding-right:1em">{escape(name)}</th><td>{_cell(value)}</td></tr>'
        for name, value in _facts(notification).items()
        if value
    )
    return (
        f'<!doctype html><html lang="en"><body style="{_STYLE}">'
        f'<p><strong>{escape(severity_word(notification).upper())}</strong></p><h1 style="font-size:1.3em">'
        f"{escape(notification.title)}</h1><p>{escape(notification.sentence)}</p><table>{rows}</table></body></html>"
    )


def _facts(notification: Notification) -> dict[str, str]:
    return {
        "Tenant": notification.tenant_id,
        "Region": notification.region,
        "Since": notification.since.astimezone(UTC).isoformat(timespec="seconds"),
        "Run first": notification.command,
        "Runbook": notification.runbook,
        "Console": notification.console,
    }


def _cell(value: str) -> str:
    text = escape(value)
    # Ours alone begin so: what came from outside holds no "://".
    return f'<a href="{text}">{text}</a>' if value.startswith("https://") else text


def _message_id(notification: Notification, news: News, sender: str) -> str:
    return f"<{notification.incident_id}.{news}@{sender.rpartition('@')[2]}>"
