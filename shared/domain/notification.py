"""What people are told of an incident: one value, of which each sink makes its own form.

Whatever came from outside is one line, cut, and no link; what a form has of its own (Markdown, HTML, headers) is the
form's to keep it out of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.incidents import Incident, IncidentCause, News, Severity
from shared.domain.one_line import one_line

_LONGEST_WHO, _LONGEST_SENTENCE = 120, 600
_RUNBOOKS = "docs/runbooks"
_CONSOLE = "/api/console"


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of a cause.

    Attributes:
        title: What it is, in a few words: as the alert rule of the same runbook says it.
        runbook: The runbook's name; empty where the page on notifications says it.
        command: What to run first, but for the tenant.
    """

    title: str
    runbook: str
    command: str


_WORDINGS: Mapping[IncidentCause, Wording] = {
    IncidentCause.OUTAGE: Wording("Mail is lost, refused or misled", "mail-outage", "keeper plan"),
    IncidentCause.BYPASS: Wording("Mail arrives unscanned", "mail-bypass", "keeper plan"),
    IncidentCause.CONTESTED: Wording("Somebody undoes our repairs", "contested", "keeper plan"),
    IncidentCause.NEEDS_HUMAN: Wording("A person must judge", "tenant-unwell-too-long", "keeper plan"),
    IncidentCause.NEEDS_CONSENT: Wording("Consent is missing", "access-lost", "keeper doctor"),
    IncidentCause.NEEDS_ROLE: Wording("Our role is missing", "access-lost", "keeper doctor"),
    IncidentCause.TENANT_GONE: Wording("Microsoft does not know the tenant", "access-lost", "keeper doctor"),
    IncidentCause.UNKNOWN: Wording("Nothing can be read", "verify-unknown", "keeper doctor"),
    IncidentCause.OFF_BOARDING_STUCK: Wording("An off-boarding does not end", "off-boarding-stuck", "keeper history"),
    IncidentCause.PARKED: Wording("Messages wait for a person", "parked-messages", "keeper poison ls"),
    IncidentCause.BRAKE_ENGAGED: Wording("The fleet's repairs are frozen", "brake-engaged", "keeper status"),
    IncidentCause.SINK_GONE: Wording("A receiver wants no notifications", "", "keeper status"),
    IncidentCause.CHANGED: Wording("We have written to the tenant", "", "keeper history"),
}
_TYPES: Mapping[News, str] = {
    News.OPENED: "incident.opened",
    News.RESOLVED: "incident.resolved",
    News.CHANGED: "tenant.changed",
}
_FLEET = "keeper status"
_NO_TENANT = frozenset({"keeper poison ls", "keeper status"})
_PAGE = "docs/notifications.md"


@dataclass(frozen=True, slots=True)
class Places:
    """Where people go from a notification.

    Attributes:
        public: Where browsers reach the product, without a final slash; empty where nobody said.
        runbooks: The folder of the runbooks as a URL, without a final slash; empty for its path in the repository.
    """

    public: str = ""
    runbooks: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """What people are told.

    Attributes:
        incident_id: The incident's own id, the same in all that is told of it.
        dedup_key: What tells incidents apart, for people as well; at most 255 characters of ASCII.
        type: What it is, dotted: ``incident.opened``, ``incident.resolved`` or ``tenant.changed``.
        news: The same, as the product has it.
        title: One line: who, and what.
        severity: How bad it is.
        cause: What is wrong.
        item: The item that people miss; empty where it is none of one item.
        tenant_id: The tenant; empty for the whole deployment or for many tenants.
        who: The tenant's name; empty where there is none.
        region: Its region; empty where there is none.
        tenants: How many tenants it stands for.
        sentence: What was found, or why it is over.
        since: When it was first seen.
        at: When it opened, ended or happened.
        command: What to run first.
        runbook: Its URL, or its path in the repository.
        console: The console's page, as a URL or as a path.
    """

    incident_id: str
    dedup_key: str
    type: str
    news: News
    title: str
    severity: Severity
    cause: IncidentCause
    item: str
    tenant_id: str
    who: str
    region: str
    tenants: int
    sentence: str
    since: datetime
    at: datetime
    command: str
    runbook: str
    console: str


def notification_of(incident: Incident, news: News, places: Places) -> Notification:
    """Say what people are told of an incident."""
    is_over = news is News.RESOLVED
    at = (incident.ended_at if is_over else incident.opened_at) or incident.seen_at
    tenant_id = str(incident.subject.tenant_id or "")
    return Notification(
        incident_id=incident.incident_id,
        dedup_key=_dedup_key(incident, tenant_id),
        type=_TYPES[news],
        news=news,
        title=_title(incident, news),
        severity=incident.severity,
        cause=incident.cause,
        item=incident.item,
        tenant_id=tenant_id,
        who=inert(incident.subject.who, _LONGEST_WHO),
        region=incident.subject.region,
        tenants=incident.tenants,
        sentence=inert(incident.ending if is_over else incident.sentence, _LONGEST_SENTENCE),
        since=incident.since,
        at=at,
        command=_command(incident.cause, tenant_id),
        runbook=_runbook(incident.cause, places),
        console=f"{places.public}{_CONSOLE}{_console_page(incident.cause, tenant_id)}",
    )


def inert(text: str, most: int) -> str:
    """Text from outside as people may read it: one line, cut, with nothing that a program makes a link of."""
    text = one_line(text).replace("://", ":/ /")
    return text if len(text) <= most else text[: most - 1] + "…"


def severity_word(notification: Notification) -> str:
    """What to show in front of a title."""
    return "resolved" if notification.news is News.RESOLVED else notification.severity.value


def _title(incident: Incident, news: News) -> str:
    who = inert(incident.subject.who, _LONGEST_WHO)
    what = _WORDINGS[incident.cause].title
    if incident.is_group:
        who = f"{incident.tenants} tenants"
    title = f"{who}: {what}" if who else what
    if incident.item:
        title += f" ({incident.item})"
    return f"Resolved: {title}" if news is News.RESOLVED else title


def _dedup_key(incident: Incident, tenant_id: str) -> str:
    """Each time that something goes wrong is an alert of its own: a late "resolved" must not end the next one."""
    item = incident.item.replace(" ", "-").lower()
    parts = ("keeper", tenant_id or "fleet", incident.cause.value, item or "all", incident.incident_id[:12])
    return ":".join(parts)


def _command(cause: IncidentCause, tenant_id: str) -> str:
    command = _WORDINGS[cause].command
    if not tenant_id and command not in _NO_TENANT:
        return _FLEET
    return f"{command} {tenant_id}" if tenant_id and command not in _NO_TENANT else command


def _console_page(cause: IncidentCause, tenant_id: str) -> str:
    if cause is IncidentCause.PARKED:
        return "/parked"
    return f"/tenants/{tenant_id}" if tenant_id else ""


def _runbook(cause: IncidentCause, places: Places) -> str:
    name = _WORDINGS[cause].runbook
    return f"{places.runbooks or _RUNBOOKS}/{name}.md" if name else _PAGE
