"""A notification as an event of PagerDuty's Events API v2. No I/O.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (PagerDuty/developer-docs,
docs/events-API-v2/02-Trigger-Events.md: ``dedup_key`` ≤ 255, ``summary`` ≤ 1024),
https://developer.pagerduty.com/docs/events-api-v2/send-change-events/ (03-Change-Events.md) and
https://developer.pagerduty.com/docs/events-api-v2/overview/ (01-Overview.md: 202, 400 and 429, 512 KB).
"""

import json
from collections.abc import Mapping

from shared.domain.incidents import News
from shared.domain.notification import Notification

_LONGEST_SUMMARY, _LONGEST_KEY = 1024, 255
_SOURCE, _CLIENT = "mailflow-keeper", "Mailflow Keeper"
_ALERTS, _CHANGES = "/v2/enqueue", "/v2/change/enqueue"
_ACTIONS: Mapping[News, str] = {News.OPENED: "trigger", News.RESOLVED: "resolve"}


def path_of(notification: Notification) -> str:
    """Where an event of its kind is posted."""
    return _CHANGES if notification.news is News.CHANGED else _ALERTS


def event_of(notification: Notification, routing_key: str) -> bytes:
    """Write a notification as an event: an alert's trigger or resolve, or a change.

    Args:
        notification: What is told.
        routing_key: The integration's key of 32 characters, which is a secret.
    """
    event: dict[str, object] = {"routing_key": routing_key, "payload": _payload(notification)}
    if links := _links(notification):
        event["links"] = links
    if notification.news is not News.CHANGED:
        event |= {"event_action": _ACTIONS[notification.news], "dedup_key": notification.dedup_key[:_LONGEST_KEY]}
        event |= {"client": _CLIENT} | ({"client_url": notification.console} if _is_url(notification.console) else {})
    return json.dumps(event).encode()


def _payload(notification: Notification) -> dict[str, object]:
    payload: dict[str, object] = {
        "summary": notification.title[:_LONGEST_SUMMARY],
        "source": notification.tenant_id or _SOURCE,
        "timestamp": notification.at.isoformat(),
        "custom_details": _details(notification),
    }
    if notification.news is not News.CHANGED:
        payload |= {"severity": notification.severity.value, "class": notification.cause.value}
        named = {"component": notification.item, "group": notification.region}
        payload |= {name: value for name, value in named.items() if value}
    return payload


def _details(notification: Notification) -> dict[str, object]:
    return {
        "what": notification.sentence,
        "who": notification.who,
        "tenants": notification.tenants,
        "since": notification.since.isoformat(),
        "run_first": notification.command,
        "runbook": notification.runbook,
        "console": notification.console,
    }


def _links(notification: Notification) -> list[dict[str, str]]:
    found = {"Console": notification.console, "Runbook": notification.runbook}
    return [{"href": url, "text": text} for text, url in found.items() if _is_url(url)]


def _is_url(place: str) -> bool:
    return place.startswith("https://")
