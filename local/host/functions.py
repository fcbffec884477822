"""A function as the host runs it: its trigger and outputs, every setting filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from local.host.configuration import expand
from local.host.failures import FunctionRefused
from local.host.invocation import IndexedFunction, RetryPolicy
from local.host.ncrontab import Schedule, parse_schedule
from local.host.routes import Route, parse_route
from local.host.storage import connection_string

TRUE = ("1", "true")


@dataclass(frozen=True)
class QueueBinding:
    """A queue, as a trigger or as an output."""

    name: str
    queue: str
    connection: str = field(repr=False)
    binary: bool


@dataclass(frozen=True)
class TimerBinding:
    """A schedule."""

    name: str
    schedule: Schedule
    monitored: bool
    on_startup: bool


@dataclass(frozen=True)
class HttpBinding:
    """A route and who may call it: ``anonymous``, ``function`` or ``admin``."""

    name: str
    route: Route
    level: str


Trigger: TypeAlias = "QueueBinding | TimerBinding | HttpBinding"


@dataclass(frozen=True)
class Function:
    """One function of the app."""

    name: str
    trigger: Trigger
    outputs: Mapping[str, QueueBinding]
    retry: RetryPolicy | None


def prepare(found: IndexedFunction, settings: Mapping[str, str]) -> Function:
    """Fill in the settings that a function's bindings name.

    Args:
        found: The function as the worker found it.
        settings: The app's settings.

    Returns:
        The function, ready to listen.

    Raises:
        FunctionRefused: A setting is missing, or a binding is of a type that this host does not have.
    """
    if _is_disabled(found.name, settings):
        raise FunctionRefused(f"it is disabled by the setting AzureWebJobs.{found.name}.Disabled")
    triggers: list[Trigger] = []
    outputs: dict[str, QueueBinding] = {}
    for binding in found.bindings:
        match binding["type"]:
            case "queueTrigger":
                triggers.append(_queue(binding, settings))
            case "timerTrigger":
                triggers.append(_timer(binding, settings))
            case "httpTrigger":
                triggers.append(_http(found.name, binding, settings))
            case "queue":
                outputs[str(binding["name"])] = _queue(binding, settings)
            case "http":
                pass
            case unknown:
                raise FunctionRefused(f"this host has no binding of type {unknown!r}")
    return Function(found.name, _first(triggers), outputs, found.retry)


def _first(triggers: list[Trigger]) -> Trigger:
    if not triggers:
        raise FunctionRefused("it has no trigger")
    return triggers[0]


def _is_disabled(name: str, settings: Mapping[str, str]) -> bool:
    return any(settings.get(f"AzureWebJobs{dot}{name}{dot}Disabled", "").lower() in TRUE for dot in "._")


def _queue(binding: Mapping[str, object], settings: Mapping[str, str]) -> QueueBinding:
    setting = str(binding.get("connection") or "AzureWebJobsStorage")
    return QueueBinding(
        name=str(binding["name"]),
        queue=expand(str(binding["queueName"]), settings).lower(),
        connection=connection_string(setting, settings),
        binary=str(binding.get("dataType")).upper() == "BINARY",
    )


def _timer(binding: Mapping[str, object], settings: Mapping[str, str]) -> TimerBinding:
    return TimerBinding(
        name=str(binding["name"]),
        schedule=parse_schedule(expand(str(binding["schedule"]), settings)),
        monitored=binding.get("useMonitor", True) is not False,
        on_startup=binding.get("runOnStartup", False) is True,
    )


def _http(function: str, binding: Mapping[str, object], settings: Mapping[str, str]) -> HttpBinding:
    methods = binding.get("methods") or ()
    assert isinstance(methods, list | tuple)
    template = str(binding.get("route") or function)
    for name in {part for part in template.split("%")[1::2] if part}:
        template = template.replace(f"%{name}%", expand(f"%{name}%", settings))
    route = parse_route(function, template, [str(method) for method in methods])
    return HttpBinding(str(binding["name"]), route, str(binding.get("authLevel", "FUNCTION")).lower())
