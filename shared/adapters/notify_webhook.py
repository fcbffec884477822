"""A notification as a webhook, signed by Standard Webhooks 1.0.0. No I/O.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: "Payload structure"
(``type``, ``timestamp``, ``data``), "Signature scheme" (HMAC-SHA256 of ``id.timestamp.body``), "Webhook headers" (one
signature for each secret while they change).
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain.notification import Notification


def webhook_of(notification: Notification) -> bytes:
    """Write a notification as the body of a webhook; its schema is in docs/notifications.md."""
    document = {
        "type": notification.type,
        "timestamp": notification.at.isoformat(),
        "data": {
            "incident_id": notification.incident_id,
            "dedup_key": notification.dedup_key,
            "severity": notification.severity.value,
            "cause": notification.cause.value,
            "title": notification.title,
            "sentence": notification.sentence,
            "tenant_id": notification.tenant_id or None,
            "who": notification.who,
            "region": notification.region or None,
            "item": notification.item or None,
            "tenants": notification.tenants,
            "since": notification.since.isoformat(),
            "run_first": notification.command,
            "runbook": notification.runbook,
            "console": notification.console,
        },
    }
    return json.dumps(document, separators=(",", ":")).encode()


def signed(notification: Notification, body: bytes, secrets: Sequence[bytes], now: datetime) -> Mapping[str, str]:
    """Write the headers of a webhook.

    Args:
        notification: What is told; the id follows from it, so that whoever gets it twice can tell.
        body: The body, byte for byte.
        secrets: The secrets that count now, the newest first.
        now: When it is sent; each try has its own.
    """
    webhook_id = f"msg_{notification.incident_id}_{notification.news}"
    timestamp = str(int(now.timestamp()))
    content = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = [b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode() for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
