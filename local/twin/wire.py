"""Requests and responses, the same through both doors: inside a process, and over HTTPS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Request:
    """What came in; header names are in lower case, the path has its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Delivery(StrEnum):
    """How an answer travels."""

    WHOLE = "whole"
    RESET = "reset"
    """The connection breaks instead."""
    DRIP = "drip"
    """One byte at a time, for as long as somebody listens."""
    FLOOD = "flood"
    """Without an end."""


@dataclass(frozen=True)
class Response:
    """What goes out."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delivery: Delivery = Delivery.WHOLE
    told: str = ""
    """What it says, in a few words for the history."""


JSON = {"Content-Type": "application/json; charset=utf-8"}


def answer(status: int, document: object, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    return Response(status, {**JSON, **(headers or {})}, json.dumps(document).encode())


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON")


def parsed(body: bytes) -> dict[str, object] | None:
    """A JSON object; None where the bytes are none."""
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
