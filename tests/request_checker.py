"""Judges every request to Exchange by Microsoft's cmdlet tables; shares no code with the twin."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.in_process import Received

_TABLES: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).resolve().parents[1] / "local/twin/data/cmdlets.json").read_text("utf-8")
)["cmdlets"]
_NEEDED = {"authorization", "accept", "accept-language", "x-anchormailbox", "x-clientapplication", "x-responseformat"}
_MOST = 10
_LISTS = ("MultiValuedProperty",)


def faults(received: Received) -> list[str]:
    """Everything that is wrong with a request to Exchange; empty for one that Exchange would understand."""
    try:
        document = json.loads(received.body)
    except ValueError:
        return ["the body is not JSON"]
    found = [f"no header {name}" for name in sorted(_NEEDED - received.headers.keys())]
    if received.path.partition("?")[0].endswith("/$batch"):
        return found + _of_batch(document["requests"], received.headers["authorization"])
    return found + _of_command(document)


def cmdlets_of(received: Received) -> list[str]:
    """The cmdlets that a request runs."""
    document = json.loads(received.body)
    bodies = [part["body"] for part in document["requests"]] if "requests" in document else [document]
    return [body["CmdletInput"]["CmdletName"] for body in bodies]


def _of_batch(parts: list[dict[str, Any]], authorization: str) -> list[str]:
    found = [] if 0 < len(parts) <= _MOST else [f"{len(parts)} calls in a batch"]
    if len({part["id"] for part in parts}) < len(parts):
        found.append("two calls with one id")
    for part in parts:
        if part["headers"]["Authorization"] != authorization:
            found.append("a part with another token than the whole")
        if not part["body"]["CmdletInput"]["CmdletName"].startswith("Get-"):
            found.append("a write in a batch: no order is promised there")
        found += _of_command(part["body"])
    return found


def _of_command(body: Mapping[str, Any]) -> list[str]:
    if body.keys() != {"CmdletInput"} or body["CmdletInput"].keys() != {"CmdletName", "Parameters"}:
        return ["the body is not a CmdletInput"]
    cmdlet, parameters = body["CmdletInput"]["CmdletName"], body["CmdletInput"]["Parameters"]
    if cmdlet not in _TABLES:
        return [f"no cmdlet {cmdlet}"]
    if not isinstance(parameters, dict):
        return [f"{cmdlet}: Parameters is no object"]
    return [f"{cmdlet}: {fault}" for fault in _of_parameters(cmdlet, parameters)]


def _of_parameters(cmdlet: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    table = _TABLES[cmdlet]
    for name, row in table.items():
        if row.get("mandatory") and not parameters.get(name):
            yield f"{name} is missing"
    for name, value in parameters.items():
        if name not in table:
            yield f"no parameter {name}"
        elif name in ("Confirm", "WhatIf"):
            yield f"{name} makes it a dry run"
        else:
            yield from _of_value(name, value, table[name])


def _of_value(name: str, value: object, row: Mapping[str, Any]) -> Iterator[str]:
    kind, valid = row["type"], [word for word in row.get("values", []) if isinstance(word, str)]
    if kind == "Boolean":
        right = isinstance(value, bool)
    elif kind == "Int32":
        right = isinstance(value, int) and not isinstance(value, bool)
    elif kind == "Unlimited":
        right = value == "Unlimited" or (isinstance(value, int) and not isinstance(value, bool))
    elif kind in _LISTS or kind.endswith("[]"):
        right = value is None or (isinstance(value, list) and all(isinstance(word, str) for word in value))
    else:
        right = value is None or isinstance(value, str)
    if not right:
        yield f"{name} is no {kind}"
    elif isinstance(value, str) and valid and kind != "Boolean" and value not in valid:
        yield f"{name} is none of {', '.join(valid)}"
