"""What the host makes of the bindings that a worker reports."""

import pytest

from local.host.failures import FunctionRefused
from local.host.functions import HttpBinding, QueueBinding, TimerBinding, prepare
from local.host.invocation import IndexedFunction, RetryPolicy

ACCOUNT = "AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:1/a"
SETTINGS = {"AzureWebJobsStorage": ACCOUNT, "QUEUE": "Work", "AzureWebJobsOther": ACCOUNT}


def queue_trigger(**more: object) -> dict[str, object]:
    return {"type": "queueTrigger", "name": "msg", "queueName": "work", "connection": "AzureWebJobsStorage", **more}


def found(*bindings: dict[str, object], name: str = "f") -> IndexedFunction:
    return IndexedFunction(name, bindings)


def test_a_queue_trigger_with_its_settings_filled_in_and_its_name_in_lower_case() -> None:
    trigger = prepare(
        found(queue_trigger(queueName="%QUEUE%-In", connection="Other", dataType="BINARY")), SETTINGS
    ).trigger
    assert trigger == QueueBinding("msg", "work-in", ACCOUNT, binary=True)


def test_a_queue_without_a_connection_is_the_hosts_own_account() -> None:
    trigger = prepare(found(queue_trigger(connection=None)), SETTINGS).trigger
    assert trigger == QueueBinding("msg", "work", ACCOUNT, binary=False)


def test_outputs_are_kept_by_name() -> None:
    output = {**queue_trigger(), "type": "queue", "name": "$return", "queueName": "out"}
    assert set(prepare(found(queue_trigger(), output), SETTINGS).outputs) == {"$return"}


def test_a_timer_trigger() -> None:
    binding: dict[str, object] = {
        "type": "timerTrigger",
        "name": "t",
        "schedule": "%EVERY%",
        "runOnStartup": True,
        "useMonitor": False,
    }
    trigger = prepare(found(binding), {"EVERY": "0 0 * * * *"}).trigger
    assert isinstance(trigger, TimerBinding)
    assert (trigger.schedule.hours, trigger.on_startup, trigger.monitored) == (tuple(range(24)), True, False)


def test_an_http_trigger_without_a_route_has_its_functions_name() -> None:
    bindings: list[dict[str, object]] = [{"type": "httpTrigger", "name": "req"}, {"type": "http", "name": "$return"}]
    trigger = prepare(found(*bindings), {}).trigger
    assert isinstance(trigger, HttpBinding)
    assert trigger.route.match("PUT", "f") == {}
    assert trigger.level == "function"


def test_a_route_may_have_a_setting_beside_its_parameters() -> None:
    binding: dict[str, object] = {
        "type": "httpTrigger",
        "name": "req",
        "route": "%BASE%/{id:int}",
        "authLevel": "ANONYMOUS",
    }
    trigger = prepare(found(binding), {"BASE": "tenants"}).trigger
    assert isinstance(trigger, HttpBinding)
    assert (trigger.route.match("GET", "tenants/4"), trigger.level) == ({"id": "4"}, "anonymous")


@pytest.mark.parametrize(
    ("binding", "settings", "message"),
    [
        (queue_trigger(queueName="%MISSING%"), SETTINGS, "no setting MISSING"),
        (queue_trigger(connection="Nothing"), SETTINGS, "connection 'Nothing' is not set"),
        (
            queue_trigger(connection="Mine"),
            {"Mine__queueServiceUri": "https://a.queue.core.windows.net"},
            "connection 'Mine' is identity-based; the local host needs a connection string",
        ),
        (queue_trigger(connection="Odd"), {"Odd": "nonsense"}, "connection 'Odd' is no connection string"),
        (queue_trigger(), {**SETTINGS, "AzureWebJobs.f.Disabled": "true"}, "disabled by the setting"),
        (queue_trigger(), {**SETTINGS, "AzureWebJobs_f_Disabled": "1"}, "disabled by the setting"),
        ({"type": "blobTrigger", "name": "b"}, SETTINGS, "no binding of type 'blobTrigger'"),
        ({"type": "queue", "name": "out", "queueName": "q"}, SETTINGS, "no trigger"),
        ({"type": "timerTrigger", "name": "t", "schedule": "00:00:30"}, SETTINGS, "fields, where NCRONTAB has six"),
        ({"type": "httpTrigger", "name": "r", "route": "{id:range(1,2)}"}, SETTINGS, "constraint 'range'"),
    ],
)
def test_what_cannot_run_is_refused_with_its_reason(
    binding: dict[str, object], settings: dict[str, str], message: str
) -> None:
    with pytest.raises(FunctionRefused) as refused:
        prepare(found(binding), settings)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_connection_string_is_not_shown() -> None:
    assert "YQ==" not in repr(prepare(found(queue_trigger()), SETTINGS))


def test_a_fixed_delay_stays_and_an_exponential_one_grows_to_its_longest() -> None:
    assert [RetryPolicy(3, 1, 1).delay(number) for number in range(3)] == [1, 1, 1]
    assert [RetryPolicy(9, 1, 5).delay(number) for number in range(4)] == [1, 2, 4, 5]
    assert RetryPolicy(-1, 1, 60).delay(10**6) == 60
