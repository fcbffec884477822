"""Let whatever is told meanwhile belong to the trace that a message carries.

Storage queues carry no trace context, and the platform begins a new trace with each message; so one signup would be
many traces. Without OpenTelemetry, which only the telemetry of Azure Monitor brings, nothing happens here. Source: W3C
Trace Context (https://www.w3.org/TR/trace-context/#traceparent-header).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)


@contextmanager
def traced(traceparent: str) -> Iterator[None]:
    """Continue a trace; a text that names none, or is none, is passed over."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        yield
        return
    try:
        # Imported here: where nothing collects traces it is not there, and nobody pays for it.
        from opentelemetry import context, trace  # noqa: PLC0415
    except ImportError:
        yield
        return
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    remote = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(flags))
    token = context.attach(trace.set_span_in_context(trace.NonRecordingSpan(remote)))
    try:
        yield
    finally:
        context.detach(token)
