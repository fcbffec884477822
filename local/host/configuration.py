"""host.json and the app's settings, read once at the start."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.host.failures import FunctionRefused, HostError

VERSION = "2.0"
QUEUES = "extensions:queues"
OVERRIDE = "AzureFunctionsJobHost__"
PERCENT = re.compile(r"%([^%]+)%")
# .NET's TimeSpan: no 60th minute, and "24:00:00" would be 24 days there.
SPAN = re.compile(r"(?:(\d+)\.)?([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d(?:\.\d{1,7})?)")
# What the real host does without host.json; the polling cap is its own for "Development".
DEFAULT_POLLING = "00:00:02"
DEFAULT_TIMEOUT = "00:30:00"
LARGEST_BATCH = 32


@dataclass(frozen=True)
class QueueOptions:
    """The queue part of host.json."""

    batch_size: int
    new_batch_threshold: int
    max_dequeue_count: int
    retry_seconds: float
    max_polling_seconds: float
    base64: bool


@dataclass(frozen=True)
class HostOptions:
    """What this host takes from host.json."""

    queues: QueueOptions
    route_prefix: str
    timeout_seconds: float | None


def seconds_of(span: str) -> float:
    """Read ``[d.]hh:mm:ss[.fff]``.

    Raises:
        HostError: The text is no such time span.
    """
    found = SPAN.fullmatch(span)
    if found is None:
        raise HostError(f"{span!r} is no time span of the form hh:mm:ss")
    days, hours, minutes, seconds = found.groups()
    return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)


def read_options(app: Path, environment: Mapping[str, str]) -> HostOptions:
    """Read host.json and what the environment overrides in it (``AzureFunctionsJobHost__a__b``).

    Raises:
        HostError: host.json is missing or wrong.
    """
    values = _flat(_object(app / "host.json"))
    if values.get("version") != VERSION:
        raise HostError(f"host.json: version is {values.get('version')!r} instead of {VERSION!r}")
    for name, value in environment.items():
        if name.lower().startswith(OVERRIDE.lower()):
            values[name[len(OVERRIDE) :].replace("__", ":").lower()] = value
    endless = values.get("functiontimeout") == "-1"
    return HostOptions(
        queues=_queues(values),
        route_prefix=str(values.get("extensions:http:routeprefix", "api")).strip("/"),
        timeout_seconds=None if endless else _span(values, "functionTimeout", DEFAULT_TIMEOUT),
    )


def _queues(values: Mapping[str, object]) -> QueueOptions:
    def number(name: str, default: int, low: int, high: int = 2**31) -> int:
        text = str(values.get(f"{QUEUES}:{name}".lower(), default))
        if not text.isdecimal() or not low <= int(text) <= high:
            raise HostError(f"host.json: extensions.queues.{name} is {text}, which is no number from {low} to {high}")
        return int(text)

    encoding = str(values.get(f"{QUEUES}:messageencoding", "base64")).lower()
    if encoding not in ("base64", "none"):
        raise HostError(f"host.json: extensions.queues.messageEncoding is {encoding!r}, not base64 or none")
    batch = number("batchSize", 16, 1, LARGEST_BATCH)
    return QueueOptions(
        batch_size=batch,
        new_batch_threshold=number("newBatchThreshold", batch // 2 * (os.cpu_count() or 1), 0),
        max_dequeue_count=number("maxDequeueCount", 5, 1),
        retry_seconds=_span(values, f"{QUEUES}:visibilityTimeout", "00:00:00"),
        max_polling_seconds=_span(values, f"{QUEUES}:maxPollingInterval", DEFAULT_POLLING),
        base64=encoding == "base64",
    )


def _span(values: Mapping[str, object], name: str, default: str) -> float:
    try:
        return seconds_of(str(values.get(name.lower(), default)))
    except HostError as error:
        raise HostError(f"host.json: {name.replace(':', '.')}: {error}") from None


def read_settings(app: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The app's settings: the environment, above the Values of local.settings.json.

    Raises:
        HostError: local.settings.json is there and no such file.
    """
    path = app / "local.settings.json"
    values = _object(path).get("Values", {}) if path.exists() else {}
    if not isinstance(values, dict):
        raise HostError(f"{path}: Values is no object")
    return {**{str(name): str(value) for name, value in values.items()}, **environment}


def expand(text: str, settings: Mapping[str, str]) -> str:
    """Put settings in the place of ``%NAME%``.

    Raises:
        FunctionRefused: There is no such setting, or the text has ``{…}``, which this host does not fill in.
    """
    for name in PERCENT.findall(text):
        if not settings.get(name):
            raise FunctionRefused(f"'%{name}%' does not resolve to a value: there is no setting {name}")
    expanded = PERCENT.sub(lambda found: settings[found[1]], text)
    if "{" in expanded:
        raise FunctionRefused(f"{expanded!r}: binding expressions in braces are not known to this host")
    return expanded


def _object(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise HostError(f"{path} is not there") from None
    except (OSError, ValueError) as error:
        raise HostError(f"{path}: {error}") from None
    if not isinstance(value, dict):
        raise HostError(f"{path} is no JSON object")
    return value


def _flat(value: object, path: str = "") -> dict[str, object]:
    if not isinstance(value, dict):
        return {path: value}
    flat: dict[str, object] = {}
    for name, item in value.items():
        flat |= _flat(item, f"{path}:{name.lower()}".lstrip(":"))
    return flat
