"""What the demo knows of the product: a signed webhook and the operators' HTTP API."""

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import requests
from standardwebhooks import Webhook

from local.demo.processes import DemoError

_TIMEOUT_S = 10.0
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Client:
    """The product, seen from outside.

    Attributes:
        api: Its address.
        operator_key: Lets the demo in as an operator.
        webhook_secret: Signs the demo's webhooks, ``whsec_…``.
    """

    api: str
    operator_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @classmethod
    def at(cls, api: str, keys: Self | None = None) -> "Client":
        """A client of the product at an address, with new keys or with those of another client."""
        if keys is not None:
            return cls(api, keys.operator_key, keys.webhook_secret)
        return cls(api, secrets.token_urlsafe(24), "whsec_" + b64encode(secrets.token_bytes(32)).decode())

    def settings(self) -> dict[str, str]:
        """The settings that make the product accept this client."""
        keys = [{"id": "demo", "secret": self.webhook_secret}]
        return {"KEEPER_OPERATOR_KEY": self.operator_key, "KEEPER_WEBHOOK_KEYS": json.dumps(keys)}

    def sign_up(self, signup: Mapping[str, str]) -> requests.Response:
        """Send a signup as the vendor does: signed by Standard Webhooks."""
        body, webhook_id, now = json.dumps(signup), f"msg_{secrets.token_hex(8)}", datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.webhook_secret).sign(webhook_id, now, body),
        }
        return requests.post(f"{self.api}/api/signup", data=body, headers=headers, timeout=_TIMEOUT_S)

    def tenant(self, tenant_id: str) -> dict[str, Any]:
        """Read a tenant's record."""
        return self.call("GET", f"/api/tenants/{tenant_id}")

    def ask(self, tenant_id: str, command: str, **order: str) -> dict[str, Any]:
        """Give a command, with its reason, its end, or the plan that it is bound to."""
        return self.call("POST", f"/api/tenants/{tenant_id}/{command}", order or None)

    def plan(self, tenant_id: str, command: str) -> dict[str, Any]:
        """Have a command planned: what it would write now."""
        return self.call("GET", f"/api/tenants/{tenant_id}/plan?for={command}")

    def timeline(self, tenant_id: str) -> list[dict[str, Any]]:
        """Read everything that happened to a tenant, newest first, page by page."""
        events: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.call("GET", f"/api/tenants/{tenant_id}/timeline?limit=20{cursor}")
            events += page["events"]
            if page["cursor"] is None:
                return events
            cursor = f"&cursor={page['cursor']}"

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Call the API as an operator.

        Raises:
            DemoError: It refused.
        """
        headers = {"x-functions-key": self.operator_key}
        response = requests.request(method, self.api + path, json=body, headers=headers, timeout=_TIMEOUT_S)
        if not response.ok:
            raise DemoError(f"{method} {path}: {response.status_code} {response.text[:300]}")
        document = response.json()
        assert isinstance(document, dict)
        return document

    def wait_for(self, tenant_id: str, patience_s: float, **wanted: str) -> dict[str, Any]:
        """Watch a tenant's record until it says what is wanted.

        Raises:
            DemoError: It did not in time.
        """
        deadline = time.monotonic() + patience_s
        while True:
            record = self.tenant(tenant_id)
            if all(record[name] == value for name, value in wanted.items()):
                return record
            if time.monotonic() > deadline:
                raise DemoError(
                    f"{record['initial_domain']}: {record['stage']}, {record['verdict']}: {record['reason']}"
                )
            time.sleep(_PAUSE_S)
