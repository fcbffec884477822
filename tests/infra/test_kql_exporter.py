"""A line of our log becomes the row that queries read, by the exporter that the worker in Azure uses."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from azure.monitor.opentelemetry.exporter.export.logs._exporter import _convert_log_to_envelope
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider

from shared.adapters import telemetry
from shared.adapters.events import AVAILABILITY, COMMON, EVENTS, Event, Kind
from tests.infra.fleet import NOW

OF_THE_EXPORTER = {"code.file.path", "code.function.name", "code.line.number", "logger_name"}
"""What the exporter adds to each row."""
VALUES: Mapping[Kind, object] = {
    Kind.TEXT: "some text",
    Kind.NUMBER: 7,
    Kind.SECONDS: 1.5,
    Kind.MOMENT: NOW,
    Kind.FLAG: True,
}
READ = {Kind.TEXT: "some text", Kind.NUMBER: "7", Kind.SECONDS: "1.5", Kind.MOMENT: NOW.isoformat(), Kind.FLAG: "True"}


def exported(fields: Mapping[str, object]) -> Any:  # noqa: ANN401 - the exporter's envelope
    """What one line of the log is sent as."""
    telemetry.configure()
    memory: InMemoryLogRecordExporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider = LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
    with pytest.warns(DeprecationWarning, match="LoggingHandler"):
        handler = LoggingHandler(logger_provider=provider)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        logging.getLogger("keeper.events").info("told", extra=dict(fields))
    finally:
        root.removeHandler(handler)
    (record,) = memory.get_finished_logs()
    return _convert_log_to_envelope(record)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_line_with_an_events_name_and_fields_becomes_its_row(event: Event) -> None:
    fields = {**COMMON, **event.fields}
    said = {name: VALUES[field.kind] for name, field in fields.items()}
    envelope = exported({"microsoft.custom_event.name": event.name, **said})
    assert envelope.name == "Microsoft.ApplicationInsights.Event"
    assert envelope.data.base_data.name == event.name
    properties = envelope.data.base_data.properties
    assert {name: text for name, text in properties.items() if name not in OF_THE_EXPORTER} == {
        name: READ[field.kind] for name, field in fields.items()
    }


def test_a_line_without_an_events_name_is_a_trace_with_its_fields() -> None:
    envelope = exported({"code": "vendor_credential"})
    assert envelope.data.base_type == "MessageData"
    assert envelope.data.base_data.message.startswith("told")
    assert envelope.data.base_data.properties["code"] == "vendor_credential"


def test_what_is_nothing_is_no_field_and_a_query_reads_it_as_nothing() -> None:
    envelope = exported({"microsoft.custom_event.name": "tenant.verified", "unwell_since": None, "verdict": "healthy"})
    assert "unwell_since" not in envelope.data.base_data.properties


@pytest.mark.parametrize("healthy", [True, False])
def test_a_line_with_the_marks_of_availability_becomes_an_availability_record(*, healthy: bool) -> None:
    marks = {"id": "c0ffee", "name": AVAILABILITY, "duration": "120", "success": healthy, "runLocation": "eu"}
    said = {f"microsoft.availability.{name}": value for name, value in marks.items()}
    envelope = exported({**said, "microsoft.availability.message": "drifted", "tenant_id": "t1"})
    found = envelope.data.base_data
    assert envelope.data.base_type == "AvailabilityData"
    assert (found.id, found.name, found.run_location, found.message) == ("c0ffee", AVAILABILITY, "eu", "drifted")
    assert found.success is healthy
    assert found.properties["tenant_id"] == "t1"


def test_an_event_keeps_the_operation_that_it_was_told_in() -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("work") as span:
        envelope = exported({"microsoft.custom_event.name": "sweep.started"})
    assert envelope.tags["ai.operation.id"] == f"{span.get_span_context().trace_id:032x}"


def test_no_field_is_called_what_every_line_of_a_log_has() -> None:
    taken = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}
    assert not taken & {*COMMON, *(name for event in EVENTS.values() for name in event.fields)}
