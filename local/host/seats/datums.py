"""azure-functions' Datum and ours, one into the other."""

import json
from typing import Any

from azure.functions.meta import Datum

from local.host.invocation import HttpCall, HttpReply, Typed


def to_datum(value: Typed) -> Datum:
    """The value as azure-functions' converters take it."""
    content = value.value
    return Datum(_http_call(content) if isinstance(content, HttpCall) else content, value.kind)


def from_datum(datum: Datum) -> Typed | None:
    """The value that a converter gave; None where it gave none."""
    if datum.type is None:
        return None
    return Typed("http", _http_reply(datum.value)) if datum.type == "http" else Typed(datum.type, datum.value)


def _http_call(call: HttpCall) -> dict[str, object]:
    return {
        "method": Datum(call.method, "string"),
        "url": Datum(call.url, "string"),
        "headers": {name: Datum(text, "string") for name, text in call.headers.items()},
        "query": {name: Datum(text, "string") for name, text in call.query.items()},
        "params": {name: Datum(text, "string") for name, text in call.route.items()},
        "body": Datum(call.body, "bytes"),
    }


def _http_reply(value: dict[str, Any]) -> HttpReply:
    jars = value["cookies"] or ()
    return HttpReply(
        status=int(value["status_code"].value),
        headers={name: str(datum.value) for name, datum in value["headers"].items()},
        cookies=tuple(morsel.OutputString() for jar in jars for morsel in jar.values()),
        body=value["body"].value,
    )


def plain_datum(value: object) -> Datum:
    """A value of a parameter that is declared as bare text or bytes."""
    if isinstance(value, str):
        return Datum(value, "string")
    if isinstance(value, bytes | bytearray):
        return Datum(bytes(value), "bytes")
    return Datum(json.dumps(value), "json")
