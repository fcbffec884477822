"""Read one receiver of notifications, field by field. No I/O; no message quotes a value.

Source of ``routing_key``: PagerDuty/developer-docs, docs/events-API-v2/02-Trigger-Events.md (32 characters).
"""

import re
from collections.abc import Mapping

from shared.adapters.notify_kinds import MailSink, PagerDutySink, TeamsSink, Tls, Told, WebhookSink
from shared.adapters.setting_lists import Wrong
from shared.adapters.settings_reading import HOST, is_loopback
from shared.adapters.webhook_keys import read_secret
from shared.domain.errors import InvalidSettings
from shared.domain.values import Secret

Entry = Mapping[str, object]

_MOST_SECRETS, _MOST_RECIPIENTS = 3, 20
_URL = re.compile(rf"https?://{HOST}(?:[/?][!-~]*)?", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]{32}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_PAGERDUTY = "https://events.pagerduty.com"
_HIGHEST_PORT = 65535
_SUBMISSION = 587


def read_teams(entry: Entry, told: Told) -> TeamsSink:
    """Read a workflow of Teams.

    Raises:
        Wrong: A field is not of its form.
    """
    return TeamsSink(told, Secret(_url(entry)))


def read_pagerduty(entry: Entry, told: Told) -> PagerDutySink:
    """Read a service of PagerDuty.

    Raises:
        Wrong: A field is not of its form.
    """
    key = entry.get("routing_key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Wrong("routing_key: the 32 letters and digits of an Events API v2 integration are expected")
    return PagerDutySink(told, _url({"url": _PAGERDUTY, **entry}).rstrip("/"), Secret(key))


def read_webhook(entry: Entry, told: Told) -> WebhookSink:
    """Read somebody's own receiver.

    Raises:
        Wrong: A field is not of its form.
    """
    secrets = entry.get("secrets")
    if not isinstance(secrets, list) or not 1 <= len(secrets) <= _MOST_SECRETS:
        raise Wrong(f"secrets: a list of 1 to {_MOST_SECRETS} is expected, the newest first")
    try:
        return WebhookSink(told, Secret(_url(entry)), tuple(map(read_secret, secrets)))
    except InvalidSettings as error:
        raise Wrong(f"secrets: {error}") from None


def read_mail(entry: Entry, told: Told) -> MailSink:
    """Read mailboxes.

    Raises:
        Wrong: A field is not of its form.
    """
    host, port, user, password = (entry.get(name) for name in ("host", "port", "user", "password"))
    if not isinstance(host, str) or not _HOST.fullmatch(host):
        raise Wrong("host: the name of a mail server is expected")
    port = _SUBMISSION if port is None else port
    if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= _HIGHEST_PORT:
        raise Wrong("port: a number from 1 to 65535 is expected")
    if not all(value is None or (isinstance(value, str) and value) for value in (user, password)):
        raise Wrong("user and password: texts are expected")
    if (user is None) is not (password is None):
        raise Wrong("user and password: both are expected, or none")
    return MailSink(
        told, host, port, _tls(entry, host), *_addresses(entry), str(user or ""), Secret(str(password or ""))
    )


def _tls(entry: Entry, host: str) -> Tls:
    tls = entry.get("tls", Tls.STARTTLS.value)
    if tls not in tuple(Tls) or (tls == Tls.NONE and not is_loopback(f"https://{host}")):
        raise Wrong("tls: starttls or tls is expected; none for a server on the machine itself alone")
    return Tls(str(tls))


def _addresses(entry: Entry) -> tuple[str, tuple[str, ...]]:
    sender, recipients = entry.get("sender"), entry.get("recipients")
    found = [sender, *recipients] if isinstance(recipients, list) and recipients else []
    if not found or len(found) > _MOST_RECIPIENTS + 1:
        raise Wrong(f"sender and recipients: an address and a list of 1 to {_MOST_RECIPIENTS} are expected")
    texts = [each for each in found if isinstance(each, str) and _ADDRESS.fullmatch(each)]
    if len(texts) < len(found):
        raise Wrong("sender and recipients: plain addresses are expected, such as keeper@example.com")
    return texts[0], tuple(texts[1:])


def _url(entry: Entry) -> str:
    url = entry.get("url")
    is_private = isinstance(url, str) and (url.startswith("https://") or is_loopback(url))
    if not isinstance(url, str) or not is_private or not _URL.fullmatch(url):
        raise Wrong("url: an https URL is expected; http for a loopback address alone")
    return url
