"""Notifications to try the formats on, and the schemas that the vendors publish."""

import json
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from shared.domain.incident_turns import over
from shared.domain.incidents import Incident, IncidentCause, News, Phase, Severity, Subject
from shared.domain.notification import Notification, Places, notification_of
from shared.domain.resources import Item
from tests.fakes import NOW, TENANT_ID

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(__file__).resolve().parent / "schemas"
PLACES = Places("https://keeper.example.com", "https://git.example.com/keeper/docs/runbooks")
ROUTING_KEY = "R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY99"
SECRETS = (bytes(range(24)), bytes(range(24, 64)))

OPEN = Incident(
    subject=Subject(TENANT_ID, "Contoso (contoso.onmicrosoft.com)", "eu"),
    item=Item.TO_CONNECTOR.value,
    cause=IncidentCause.OUTAGE,
    severity=Severity.CRITICAL,
    sentence="To MailMarshal Cloud Integrated: altered, SmartHosts is ['evil.example']",
    since=NOW,
    seen_at=NOW + timedelta(minutes=5),
    phase=Phase.OPEN,
    opened_at=NOW + timedelta(minutes=10),
)
RESOLVED = over(OPEN, "a look has found it as it should be", NOW + timedelta(minutes=25))
GROUP = replace(
    OPEN, subject=Subject(), item="", is_group=True, tenants=40, sentence="40 tenants at once; first seen: the same"
)
CHANGED = replace(
    OPEN,
    item="",
    cause=IncidentCause.CHANGED,
    severity=Severity.INFO,
    phase=Phase.ONCE,
    sentence="because of drift: update To MailMarshal Cloud Integrated",
    opened_at=None,
)
ALL = {
    "opened": (OPEN, News.OPENED),
    "resolved": (RESOLVED, News.RESOLVED),
    "group": (GROUP, News.OPENED),
    "changed": (CHANGED, News.CHANGED),
}


def told(name: str, places: Places = PLACES, **changes: object) -> Notification:
    incident, news = ALL[name]
    return notification_of(replace(incident, **changes), news, places)  # type: ignore[arg-type]


@cache
def schema(name: str) -> Any:  # noqa: ANN401 - a JSON document
    path = ROOT / "docs/reference/webhook.schema.json" if name == "webhook" else SCHEMAS / f"{name}.json"
    return json.loads(path.read_text())


def check(name: str, body: bytes) -> Any:  # noqa: ANN401 - a JSON document
    """Read a body that a published schema allows."""
    document = json.loads(body)
    kind = jsonschema.validators.validator_for(schema(name))
    kind(schema(name), format_checker=kind.FORMAT_CHECKER).validate(document)
    return document


def check_card(body: bytes) -> Any:  # noqa: ANN401 - a JSON document
    """Read a message to Teams, and give its card."""
    card = check("teams-message", body)["attachments"][0]["content"]
    return check("adaptive-card-1.4", json.dumps(card).encode())


def runs(card: Any) -> list[str]:  # noqa: ANN401 - a JSON document
    """What a card says, run by run."""
    return [run["text"] for block in card["body"] for run in block["inlines"]]


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The plain and the HTML part of a mail."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
