"""A notification as an Adaptive Card 1.4 for Microsoft Teams, posted to the address of a workflow. No I/O.

Source: https://adaptivecards.io/schemas/adaptive-card.json (microsoft/AdaptiveCards, schemas/1.4.0/adaptive-card.json);
the message around it: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
("Send Adaptive Cards using an Incoming Webhook"); the limit of 28 KB: https://learn.microsoft.com/connectors/teams/
("Message size limit"). The text of a ``TextBlock`` or a fact is Markdown; that of a ``TextRun`` is not
(https://adaptivecards.io/explorer/TextRun.html), so whatever came from outside stands in a ``TextRun``.
"""

import json
from collections.abc import Mapping
from datetime import UTC

from shared.domain.incidents import News, Severity
from shared.domain.notification import Notification, severity_word

LARGEST = 28_000
"""Bytes of a whole message, below the 28 KB that Teams takes."""

_COLOURS: Mapping[Severity, str] = {
    Severity.CRITICAL: "attention",
    Severity.ERROR: "attention",
    Severity.WARNING: "warning",
    Severity.INFO: "accent",
}


def card_of(notification: Notification) -> bytes:
    """Write a notification as what a workflow is posted; what is too long for Teams is cut, never refused."""
    sentence = notification.sentence
    body = _message(notification, sentence)
    while len(body) > LARGEST and sentence:
        sentence = sentence[: len(sentence) // 2]
        body = _message(notification, f"{sentence}…")
    return body


def _message(notification: Notification, sentence: str) -> bytes:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": _card(notification, sentence),
    }
    return json.dumps({"type": "message", "attachments": [attachment]}).encode()


def _card(notification: Notification, sentence: str) -> dict[str, object]:
    facts = [(name, value) for name, value in _facts(notification).items() if value]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "Mailflow Keeper has something to tell; this client does not show it.",
        "body": [
            _said(severity_word(notification).upper(), weight="bolder", color=_colour(notification)),
            _said(notification.title, size="medium", weight="bolder"),
            _said(sentence),
            *(_fact(name, value) for name, value in facts),
            _fact("Run first", notification.command, fontType="monospace"),
        ],
        "actions": [_link(title, url) for title, url in _links(notification).items() if url.startswith("https://")],
    }


def _colour(notification: Notification) -> str:
    return "good" if notification.news is News.RESOLVED else _COLOURS[notification.severity]


def _facts(notification: Notification) -> dict[str, str]:
    since = notification.since.astimezone(UTC).isoformat(timespec="seconds")
    links = _links(notification)
    return {
        "Tenant": notification.tenant_id,
        "Region": notification.region,
        "Since": since,
        **{title: url for title, url in links.items() if not url.startswith("https://")},
    }


def _links(notification: Notification) -> dict[str, str]:
    return {"Console": notification.console, "Runbook": notification.runbook}


def _link(title: str, url: str) -> dict[str, object]:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def _said(text: str, **style: str) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [_run(text, **style)]}


def _fact(name: str, value: str, **style: str) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [_run(f"{name}: ", weight="bolder"), _run(value, **style)]}


def _run(text: str, **style: str) -> dict[str, object]:
    # Two braces begin a date function in the text of some elements: none begins here.
    return {"type": "TextRun", "text": text.replace("{{", "{ {"), **style}
