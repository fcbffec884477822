"""The log: one line for each thing that happened, with the fields that connect it to its cause.

A line is written as text, ``put off {"tenant_id":"…","code":"throttled"}``: the platform's worker hands only the text
of a line to the host. The fields are on the record as well, where exporters that read records find them.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from shared.adapters.telemetry_fields import line, masked, plain
from shared.adapters.tracing import traced
from shared.domain.messages import Message, Queue
from shared.domain.report import Report
from shared.domain.tenants import Verdict

_OURS = "keeper"
_TALKATIVE = ("azure", "azure.core.pipeline.policies.http_logging_policy", "azure.identity", "msal", "urllib3")
_WELL = frozenset({Verdict.HEALTHY, Verdict.SETTLING})

_LOG = logging.getLogger(f"{_OURS}.work")
_BARE = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record has; the rest came by ``extra``."""

_EMPTY: Mapping[str, object] = {}
_bound: ContextVar[Mapping[str, object]] = ContextVar("keeper_message", default=_EMPTY)


def configure() -> None:
    """Make every line of ours carry its fields, and let libraries speak up only when something is wrong.

    Asked again, it changes nothing.
    """
    ours = logging.getLogger(_OURS)
    if not any(_complete in handler.filters for handler in ours.handlers):
        # The filter of a logger does not see the lines of loggers below it; that of a handler does, and a handler of
        # "keeper" comes before those of the root, which are the platform's. This one writes nothing itself.
        handler = logging.Handler()
        handler.addFilter(_complete)
        ours.handlers.insert(0, handler)
    ours.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def bound(message: Message, queue: Queue | None = None) -> Iterator[None]:
    """Let every line that is written meanwhile carry the message's fields, and belong to its trace."""
    token = _bound.set(_fields(message) | ({"queue": queue} if queue is not None else {}))
    try:
        with traced(message.traceparent):
            yield
    finally:
        _bound.reset(token)


def worked_on() -> Queue | None:
    """The queue whose message is being worked on."""
    queue = _bound.get().get("queue")
    return queue if isinstance(queue, Queue) else None


def record(queue: Queue, message: Message, note: str, report: Report | None) -> None:
    """Write the one line of a finished piece of work.

    Args:
        queue: Where the work came from.
        message: The work.
        note: What it came to.
        report: What was seen and done; ``None`` when nobody looked.
    """
    fields: dict[str, object] = {**_fields(message), "queue": queue, "note": note}
    level = logging.INFO
    if report is not None:
        fields |= {"verdict": report.verdict, "reason": report.reason}
        fields |= {"writes": len(report.steps), "pending": len(report.pending), "drifts": len(report.drifts)}
        if report.failure is not None:
            fields["code"] = report.failure.code
        level = logging.INFO if report.verdict in _WELL else logging.WARNING
    _LOG.log(level, "worked on", extra=fields)


def _fields(message: Message) -> dict[str, object]:
    return {
        "tenant_id": message.tenant_id,
        "cause": message.cause,
        "correlation_id": message.correlation_id,
        "attempt": message.attempt,
        "generation": message.generation,
    }


def _complete(record: logging.LogRecord) -> bool:
    """Put the fields behind a line's sentence, secrets masked."""
    extras = {name: value for name, value in record.__dict__.items() if name not in _BARE}
    fields = {name: plain(name, value) for name, value in {**_bound.get(), **extras}.items()}
    record.msg, record.args = line(masked(record.getMessage()), fields), None
    record.__dict__.update(fields)
    if record.exc_info:
        record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        record.exc_info = None
    return False
