"""Every event is written by the contract, with no secret and nobody's name in it."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters import telemetry
from shared.adapters.emitting import AzureMonitor, availability, emit, of_work
from shared.adapters.events import COMMON, EVENTS
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.errors import Throttled, Unavailable
from shared.domain.messages import Cause, Queue
from shared.domain.report import Report
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage, Verdict
from tests.domain.world import LOOP, OWNED, SPEC, edited, healthy, tenant_of
from tests.fakes import CANARY, NOW, new_message

TENANT = tenant_of(Stage.ACTIVE)
TABLE = desired_state(TENANT, SPEC)
DRIFTS = diff(TABLE, edited(healthy(TENANT), LOOP, HeaderContainsWords=["x"], Mode="Audit"), OWNED, active=True)
MESSAGE = new_message(Cause.DRIFT)
TOOK = (NOW, NOW + timedelta(seconds=3))
STEP = Step(Verb.UPDATE, TABLE[3].kind, LOOP)


def report(verdict: Verdict = Verdict.DRIFTED, **more: Any) -> Report:  # noqa: ANN401 - whatever a report has
    return Report(verdict, "a sentence", {}, DRIFTS, TENANT, **more)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What is told, as the exporter sees it."""
    caplog.set_level(logging.INFO, logger="keeper.events")
    records: list[dict[str, Any]] = []
    caplog.handler.addFilter(lambda record: records.append(vars(record)) or True)  # type: ignore[func-returns-value]
    return records


@pytest.mark.parametrize("queue", [*Queue, None])
@pytest.mark.parametrize(
    "failure", [None, Throttled("wait", timedelta(seconds=120)), Throttled("wait"), Unavailable("x")]
)
def test_every_event_of_a_piece_of_work_has_exactly_the_fields_of_the_contract(
    queue: Queue | None, failure: Exception | None
) -> None:
    for name, fields in of_work(queue, MESSAGE, report(failure=failure, steps=(STEP,)), TENANT, TOOK):
        assert fields.keys() == EVENTS[name].fields.keys(), name


def names(queue: Queue | None, **more: Any) -> list[str]:  # noqa: ANN401 - same
    found = of_work(queue, MESSAGE, report(**more), TENANT, TOOK)
    return [name for name, _ in found if name != "drift.detected"]


def test_each_queue_tells_its_own_story() -> None:
    assert names(Queue.VERIFY) == names(None) == ["tenant.verified"]
    assert names(Queue.PROVISION) == ["tenant.verified", "tenant.provisioned"]
    assert names(Queue.REMEDIATE) == ["tenant.verified", "tenant.remediated"]
    assert names(Queue.OFFBOARD) == ["tenant.verified"]
    assert names(Queue.OFFBOARD, verdict=Verdict.HEALTHY) == ["tenant.verified", "tenant.offboarded"]
    assert names(Queue.VERIFY, failure=Throttled("wait")) == ["tenant.verified", "api.throttled"]


def test_each_difference_is_told_with_its_effect_and_without_its_value(told: list[dict[str, Any]]) -> None:
    AzureMonitor(lambda: TOOK[1]).looked(MESSAGE, report(), TENANT, NOW)
    drifts = [record for record in told if record.get("microsoft.custom_event.name") == "drift.detected"]
    assert {(record["item"], record["setting"], record["effect"]) for record in drifts} == {
        (LOOP, "HeaderContainsWords", "outage"),
        (LOOP, "Mode", "outage"),
    }
    assert CANARY not in str(told)


def test_an_event_carries_the_thread_and_the_schema(told: list[dict[str, Any]]) -> None:
    emit("brake.engaged", {"reason": "too many"}, "thread")
    (record,) = told
    assert [record[name] for name in COMMON] == [1, "thread"]
    assert record["microsoft.custom_event.name"] == "brake.engaged"


def test_a_field_that_the_contract_does_not_name_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        emit("brake.engaged", {"reason": "x", "more": 1})


def test_a_tenant_is_available_while_it_is_healthy(told: list[dict[str, Any]]) -> None:
    availability(tenant_of(Stage.ACTIVE), "thread", duration_ms=61_250)
    (record,) = told
    assert record["microsoft.availability.success"] == "false"
    assert record["microsoft.availability.duration"] == "00:01:01.250"
    assert record["microsoft.availability.message"] == "unknown"


def test_what_is_told_knows_which_queue_is_worked_on(told: list[dict[str, Any]]) -> None:
    with telemetry.bound(MESSAGE, Queue.PROVISION):
        AzureMonitor(lambda: TOOK[1]).looked(MESSAGE, report(), TENANT, NOW)
    assert "tenant.provisioned" in {record.get("microsoft.custom_event.name") for record in told}
    assert telemetry.worked_on() is None
