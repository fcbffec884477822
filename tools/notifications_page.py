"""Renew docs/notifications.md: the table of causes and one example of each format are made from the code.

Run ``python tools/notifications_page.py``; everything between the marks is made anew.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "notifications.md"
sys.path.insert(0, str(ROOT))

from shared.adapters.notify_mail import mail_of, plain_of  # noqa: E402 - this is a script
from shared.adapters.notify_pagerduty import event_of  # noqa: E402
from shared.adapters.notify_teams import card_of  # noqa: E402
from shared.adapters.notify_webhook import signed, webhook_of  # noqa: E402
from shared.adapters.opening import patience_of  # noqa: E402
from shared.adapters.settings import from_environment  # noqa: E402
from shared.domain.concerns import LEAST, OF_FAULT  # noqa: E402
from shared.domain.incident_turns import over  # noqa: E402
from shared.domain.incidents import Incident, IncidentCause, News, Patience, Phase, Severity, Subject  # noqa: E402
from shared.domain.notification import Notification, Places, notification_of  # noqa: E402
from shared.domain.resources import Item  # noqa: E402
from tools.marked import renewed  # noqa: E402

_SINCE = datetime(2026, 11, 23, 12, tzinfo=UTC)
_PLACES = Places("https://keeper.example.com", "https://git.example.com/keeper/docs/runbooks")
_OPEN = Incident(
    subject=Subject(UUID("6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10"), "Contoso (contoso.onmicrosoft.com)", "eu"),
    item=Item.TO_CONNECTOR.value,
    cause=IncidentCause.OUTAGE,
    severity=Severity.CRITICAL,
    sentence="To MailMarshal Cloud Integrated: altered, SmartHosts is ['relay.example']",
    since=_SINCE,
    seen_at=_SINCE,
    phase=Phase.OPEN,
    opened_at=_SINCE + timedelta(minutes=10),
)
_ROUTING_KEY = "0123456789ABCDEF0123456789ABCDEF"
_SECRET = b"for documentation alone!"
_TENANT = str(_OPEN.subject.tenant_id)


def page(text: str) -> str:
    """Put the table and the examples in their places anew."""
    causes = (("cause", "is", "severity", "told after", "run first", "runbook"), list(_causes()))
    text = renewed(text, {"causes": causes})
    for name, block in _examples().items():
        before, _, rest = text.partition(f"<!-- {name} -->")
        after = rest.partition(f"<!-- /{name} -->")[2]
        text = f"{before}<!-- {name} -->\n{block}\n<!-- /{name} -->{after}"
    return text


def _examples() -> dict[str, str]:
    opened, resolved = _told(News.OPENED), _told(News.RESOLVED)
    change = _told(News.CHANGED)
    body = webhook_of(opened)
    headers = signed(opened, body, [_SECRET], _SINCE + timedelta(minutes=10))
    mail = mail_of(resolved, "keeper@example.com", ["sre@example.com"])
    head = {name: value for name, value in mail.items() if name not in ("MIME-Version", "Content-Type")}
    return {
        "teams": _fenced("json", _pretty(card_of(opened))),
        "pagerduty-trigger": _fenced("json", _pretty(event_of(opened, _ROUTING_KEY))),
        "pagerduty-resolve": _fenced("json", _pretty(event_of(resolved, _ROUTING_KEY))),
        "pagerduty-change": _fenced("json", _pretty(event_of(change, _ROUTING_KEY))),
        "webhook": _fenced("http", f"{_lines(headers)}\n\n{_pretty(body)}"),
        "mail": _fenced("text", f"{_lines(head)}\n\n{plain_of(resolved)}".strip()),
    }


def _told(news: News) -> Notification:
    changed = replace(_OPEN, item="", cause=IncidentCause.CHANGED, severity=Severity.INFO, phase=Phase.ONCE)
    editions = {
        News.OPENED: _OPEN,
        News.RESOLVED: over(_OPEN, "a look has found it as it should be", _SINCE + timedelta(minutes=25)),
        News.CHANGED: replace(changed, sentence="because of drift: update To MailMarshal Cloud Integrated"),
    }
    return notification_of(editions[news], news, _PLACES)


def _causes() -> Iterator[tuple[str, ...]]:
    patience = _patience()
    for cause in IncidentCause:
        told = notification_of(replace(_OPEN, cause=cause, item=""), News.OPENED, Places())
        what = told.title.removeprefix("Contoso (contoso.onmicrosoft.com): ")
        command = told.command.replace(_TENANT, "TENANT")
        yield cause.value, what, _severity(cause), _after(patience.of(cause)), f"`{command}`", _link(told.runbook)


def _severity(cause: IncidentCause) -> str:
    least = LEAST[cause].value
    return f"{least}, or that of its effect" if cause in OF_FAULT.values() else least


def _patience() -> Patience:
    """What people are told by where nobody sets anything but whom to tell."""
    values = json.loads((ROOT / "local.settings.example.json").read_text("utf-8"))["Values"]
    given = {name: value for name, value in values.items() if name != "KEEPER_SETTLING_SECONDS"}
    told = {"KEEPER_NOTIFY": '[{"sink":"teams","url":"https://example.com/"}]'}
    patience = patience_of(from_environment({**given, **told, "KEEPER_RECHECK_SECONDS": "3600"}))
    assert patience is not None
    return patience


def _after(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    if not minutes:
        return "at once"
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def _link(path: str) -> str:
    place = path.removeprefix("docs/")
    return "this page" if place == PAGE.name else f"[{Path(place).stem}]({place})"


def _pretty(body: bytes) -> str:
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def _lines(fields: object) -> str:
    assert isinstance(fields, dict)
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def _fenced(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
