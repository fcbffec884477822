"""The log: fields on every line, nothing secret on any."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters import telemetry
from shared.adapters.telemetry_fields import masked, plain
from shared.domain.errors import NeedsConsent
from shared.domain.messages import Cause, Message, Queue
from shared.domain.report import Report
from shared.domain.tenants import Verdict
from shared.domain.values import Secret
from tests.fakes import new_tenant

NOW = datetime(2026, 5, 4, tzinfo=UTC)
MESSAGE = Message(UUID(int=7), Cause.RECHECK, UUID(int=9), 3, NOW, 2)
CONTEXT = {
    "tenant_id": str(UUID(int=7)),
    "cause": "recheck",
    "correlation_id": str(UUID(int=9)),
    "attempt": 2,
    "generation": 3,
}
LOOP_CHECK = "5f0c2a4e-1111-4222-8333-444455556666"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln"


@dataclass
class Worker:
    """A handler on the root, as the platform's worker has one: it takes the text of each line."""

    text: io.StringIO
    records: list[logging.LogRecord]

    @property
    def lines(self) -> list[tuple[str, dict[str, object]]]:
        return [split(line) for line in self.text.getvalue().splitlines()]


def split(line: str) -> tuple[str, dict[str, object]]:
    sentence, brace, fields = line.partition(" {")
    return sentence, json.loads(brace.strip() + fields) if brace else {}


@pytest.fixture
def worker() -> Iterator[Worker]:
    root, ours = logging.getLogger(), logging.getLogger("keeper")
    handlers, level = list(ours.handlers), ours.level
    seen = Worker(io.StringIO(), [])
    stream = logging.StreamHandler(seen.text)
    stream.addFilter(lambda record: seen.records.append(record) or True)  # type: ignore[func-returns-value]
    root.addHandler(stream)
    telemetry.configure()
    yield seen
    root.removeHandler(stream)
    ours.handlers[:] = handlers
    ours.setLevel(level)


def test_a_line_carries_the_message_that_it_is_about(worker: Worker) -> None:
    log = logging.getLogger("keeper.shell")
    with telemetry.bound(MESSAGE):
        log.warning("put off", extra={"code": "throttled", "delay_s": 1.5})
    log.info("swept", extra={"asked_for": 3, "past_due": False})
    log.info("nothing more")
    assert worker.lines == [
        ("put off", {**CONTEXT, "code": "throttled", "delay_s": 1.5}),
        ("swept", {"asked_for": 3, "past_due": False}),
        ("nothing more", {}),
    ]


def test_exporters_find_the_fields_on_the_record(worker: Worker) -> None:
    with telemetry.bound(MESSAGE):
        logging.getLogger("keeper.shell").error("set aside", extra={"key": Secret("canary")})
    (record,) = worker.records
    assert {name: getattr(record, name) for name in CONTEXT} == CONTEXT
    assert record.__dict__["key"] == "…"


def test_a_bound_message_ends_with_its_block(worker: Worker) -> None:
    other = Message(UUID(int=8), Cause.SIGNUP, UUID(int=9), 1, NOW)
    log = logging.getLogger("keeper.shell")
    with telemetry.bound(MESSAGE):
        with telemetry.bound(other):
            log.info("inner")
        log.info("outer")
        with pytest.raises(ValueError, match="bug"), telemetry.bound(other):
            raise ValueError("bug")
        log.info("after")
    assert [fields["attempt"] for _, fields in worker.lines] == [1, 2, 2]


def test_configured_twice_is_configured_once(worker: Worker) -> None:
    telemetry.configure()
    telemetry.configure()
    with telemetry.bound(MESSAGE):
        logging.getLogger("keeper.shell").info("once")
    assert worker.lines == [("once", CONTEXT)]
    assert len(logging.getLogger("keeper").handlers) == 1


def test_libraries_are_quiet_and_not_ours_to_change(worker: Worker) -> None:
    for name in ("azure.core.pipeline.policies.http_logging_policy", "urllib3.connectionpool", "msal.application"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble %s", 1, extra={"code": "x"})
    assert worker.text.getvalue() == "trouble 1\n" * 3


def report(verdict: Verdict, **more: object) -> Report:
    whole: dict[str, object] = {"reason": "as it is", "items": {}, "drifts": (), "tenant": new_tenant(), **more}
    return Report(verdict, **whole)  # type: ignore[arg-type]


def test_finished_work_is_one_line(worker: Worker) -> None:
    with telemetry.bound(MESSAGE):
        telemetry.record(Queue.VERIFY, MESSAGE, "verified", report(Verdict.HEALTHY))
        telemetry.record(Queue.VERIFY, MESSAGE, "stale", None)
    telemetry.record(
        Queue.PROVISION, MESSAGE, "no", report(Verdict.NEEDS_CONSENT, failure=NeedsConsent("nobody consented"))
    )
    seen = {"reason": "as it is", "writes": 0, "pending": 0, "drifts": 0}
    assert worker.lines == [
        ("worked on", {**CONTEXT, "queue": "verify", "note": "verified", "verdict": "healthy", **seen}),
        ("worked on", {**CONTEXT, "queue": "verify", "note": "stale"}),
        (
            "worked on",
            {
                **CONTEXT,
                "queue": "provision",
                "note": "no",
                "verdict": "needs_consent",
                **seen,
                "code": "needs_consent",
            },
        ),
    ]
    assert [record.levelname for record in worker.records] == ["INFO", "INFO", "WARNING"]


SECRETS = [
    f"Authorization: Bearer {JWT}",
    "bearer canary-opaque",
    f"token {JWT} was refused",
    "key whsec_Y2FuYXJ5 is not valid",
    f"X-MMCloud-ID: {LOOP_CHECK}",
    "X-MMCloud-ID = canary",
    f"the rule wants {LOOP_CHECK.upper()}",
    "AccountName=a;AccountKey=Y2FuYXJ5",
    "https://regions.test/?sig=Y2FuYXJ5&x=1",
    "admin@canary.test",
]


@pytest.mark.parametrize("text", SECRETS)
def test_nothing_secret_is_written(worker: Worker, text: str) -> None:
    log = logging.getLogger("keeper.shell")
    log.warning(text, extra={"reason": text, "many": [text], "webhook_id": text, "why": ValueError(text)})
    log.warning("%s", text)
    try:
        int(text)
    except ValueError:
        log.exception("a bug")
    written = worker.text.getvalue() + "".join(repr(record.__dict__) for record in worker.records)
    for secret in ("canary", "Y2FuYXJ5", JWT, JWT[:20], LOOP_CHECK, LOOP_CHECK.upper()):
        assert secret not in written
    assert "ValueError" in written


def test_fields_are_shown_as_what_they_are() -> None:
    assert plain("parked_id", "9b2f0c1d-1111-4222-8333-444455556666") == "9b2f0c1d-1111-4222-8333-444455556666"
    assert plain("reason", "9b2f0c1d-1111-4222-8333-444455556666") == "…"
    assert plain("webhook_id", f"whsec_{'A' * 20}") == "…"
    assert plain("at", NOW) == "2026-05-04T00:00:00+00:00"
    assert plain("body", b"canary") == "…"
    assert plain("nothing", None) is None
    assert (
        plain("problems", "KEEPER_A: is missing\nKEEPER_B: is missing") == "KEEPER_A: is missing; KEEPER_B: is missing"
    )


@given(st.text(), st.text() | st.lists(st.text()) | st.binary())
def test_any_field_can_be_written(name: str, value: object) -> None:
    assert json.dumps(plain(name, value), ensure_ascii=False).encode().decode()


@given(st.text(max_size=300))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)
