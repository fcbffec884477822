"""What the product tells Azure Monitor: each event by name, with its fields, their types and what they mean.

The table is the contract: events are written by it, alert queries are checked against it, and docs/reference/events.md
is made from it. No field holds a secret, a person's name or a customer's own words. Source of the attribute that makes
a log line a row of ``AppEvents``: azure-monitor-opentelemetry 1.8 (``microsoft.custom_event.name``); every value
becomes a text there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field's text is read as in a query."""

    TEXT = "string"
    NUMBER = "long"
    SECONDS = "real"
    MOMENT = "datetime"
    FLAG = "bool"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event.

    Attributes:
        kind: What its text is read as.
        meaning: What it says, for people.
    """

    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event.

    Attributes:
        name: Its stable name: ``AppEvents.Name``.
        meaning: When it is written, for people.
        fields: Its fields by name, besides those of every event.
    """

    name: str
    meaning: str
    fields: Mapping[str, Field]


_TENANT = Field(Kind.TEXT, "the tenant's id")
_REGION = Field(Kind.TEXT, "au, eu or us")
_STAGE = Field(Kind.TEXT, "what is wanted of the tenant")
_VERDICT = Field(Kind.TEXT, "what was seen of it")
_CAUSE = Field(Kind.TEXT, "why somebody looked")
_CODE = Field(Kind.TEXT, "the stable code of the error that ended the work; empty where there was none")
_WRITES = Field(Kind.NUMBER, "writes to the tenant's Exchange")
_QUEUE = Field(Kind.TEXT, "the queue's name")
_SINK = Field(Kind.TEXT, "the receiver's name in KEEPER_NOTIFY")
_DURATION = Field(Kind.NUMBER, "how long it took, in milliseconds")
_REASON = Field(Kind.TEXT, "one sentence for people, without any secret")

COMMON: Mapping[str, Field] = {
    "schema_version": Field(Kind.NUMBER, "1"),
    "correlation_id": Field(
        Kind.TEXT, "the thread through everything that one cause led to; empty where there is none"
    ),
}
"""The fields of every event."""

_OF_TENANT: Mapping[str, Field] = {
    "tenant_id": _TENANT,
    "region": _REGION,
    "stage": _STAGE,
    "verdict": _VERDICT,
    "cause": _CAUSE,
    "code": _CODE,
    "writes": _WRITES,
    "duration_ms": _DURATION,
}

EVENTS: Mapping[str, Event] = {
    event.name: event
    for event in (
        Event(
            "tenant.verified",
            "Somebody has looked at a tenant, whatever came of it.",
            {
                **_OF_TENANT,
                "drifts": Field(Kind.NUMBER, "differences that were found"),
                "effect": Field(
                    Kind.TEXT,
                    "the worst effect on mail of those that were read and that nobody has accepted: outage, bypass, "
                    "degraded, cosmetic, or empty",
                ),
                "items": Field(Kind.TEXT, "the items that are not as they should be, separated by semicolons"),
                "unwell_since": Field(Kind.MOMENT, "since when no look has found it healthy; empty while it is"),
            },
        ),
        Event(
            "tenant.provisioned",
            "A new tenant has been worked on.",
            {**_OF_TENANT, "lead_s": Field(Kind.SECONDS, "seconds since the signup asked for it")},
        ),
        Event("tenant.remediated", "A tenant that had drifted has been worked on.", _OF_TENANT),
        Event("tenant.offboarded", "Nothing of ours is left in a tenant, and the proof is kept.", _OF_TENANT),
        Event(
            "drift.detected",
            "A look found one difference.",
            {
                "tenant_id": _TENANT,
                "region": _REGION,
                "stage": _STAGE,
                "cause": _CAUSE,
                "item": Field(Kind.TEXT, "the item that is not as it should be"),
                "fault": Field(Kind.TEXT, "in which way"),
                "setting": Field(Kind.TEXT, "the setting that differs; empty for the whole object"),
                "effect": Field(Kind.TEXT, "what it does to mail"),
            },
        ),
        Event(
            "sweep.started",
            "The timer has begun to look for tenants whose turn has come.",
            {"past_due": Field(Kind.FLAG, "it fired late")},
        ),
        Event(
            "sweep.completed",
            "The timer has been through the whole fleet.",
            {
                "asked_for": Field(Kind.NUMBER, "messages that it sent"),
                "fleet": Field(Kind.NUMBER, "tenants that are watched, as last counted: all but those that have left"),
                "is_frozen": Field(Kind.FLAG, "repairs of the whole fleet stand still"),
                "duration_ms": _DURATION,
            },
        ),
        Event(
            "queue.depth",
            "How full a queue is, from the timer; poison queues too.",
            {
                "queue": _QUEUE,
                "depth": Field(Kind.NUMBER, "messages, also those that are hidden"),
                "oldest_age_s": Field(Kind.SECONDS, "age of the first visible message; 0 where there is none"),
            },
        ),
        Event(
            "api.throttled",
            "Exchange or Entra asked for fewer calls.",
            {
                "tenant_id": _TENANT,
                "retry_after_s": Field(Kind.SECONDS, "the wait that was asked for; 0 where none was named"),
            },
        ),
        Event(
            "message.parked",
            "A message was set aside for a person.",
            {"queue": _QUEUE, "tenant_id": _TENANT, "code": _CODE, "parked_id": Field(Kind.TEXT, "its id")},
        ),
        Event(
            "notification.sent",
            "People have been told of an incident, or of a write to a tenant.",
            {
                "tenant_id": Field(Kind.TEXT, "the tenant's id; empty for the whole deployment or for many tenants"),
                "sink": _SINK,
                "news": Field(Kind.TEXT, "opened, resolved or changed"),
                "incident": Field(Kind.TEXT, "what is wrong: outage, bypass, contested …"),
                "severity": Field(Kind.TEXT, "critical, error, warning or info"),
                "attempt": Field(Kind.NUMBER, "how many tries it took"),
            },
        ),
        Event(
            "sink.gone",
            "A receiver of notifications answered 410 and is told nothing any more.",
            {"sink": _SINK},
        ),
        Event(
            "brake.engaged", "The repairs of the whole fleet were frozen by the product itself.", {"reason": _REASON}
        ),
        Event(
            "decision.ending",
            "A pause, a hold or an accepted deviation ends soon, or is over.",
            {"tenant_id": Field(Kind.TEXT, "the tenant's id, or `fleet`"), "reason": _REASON},
        ),
    )
}
"""Every event by its name."""

AVAILABILITY = "mailflow"
"""The name of the availability record of each look: ``AppAvailabilityResults.Name``; its location is the region."""
