"""Find out why Exchange refused: a .NET type and a text, from wherever an error body hides them. No I/O, and total.

Source: exchange contract §1.8 (three encodings of the reason, and which one to believe).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why Exchange refused.

    Attributes:
        type: The last segment of the .NET type; empty where none was named.
        text: The server's own words: localised, and never to be shown as they are.
        codes: Every code of the envelope.
    """

    type: str = ""
    text: str = ""
    codes: frozenset[str] = frozenset()


_ENCODED = re.compile(r"\A(?:Ex[0-9A-Fa-f]{6})?\|(?P<type>[^|]{1,300})\|(?P<text>.*)\Z", re.DOTALL)
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")

_WRAPPERS = frozenset({"", "Exception", "DirectInvokeCmdletExecutionException", "ODataServiceException"})
"""Types that wrap whatever went wrong and say nothing about it."""

_MOST = 10
"""Details that are looked at; Exchange sends one."""


def reason_of(error: object) -> Reason:
    """Read an error member of any shape (exchange contract §1.8)."""
    if isinstance(error, list):
        error = {"details": error}
    if not isinstance(error, Mapping):
        return _decoded(error)
    details = error.get("details")
    parts = details[:_MOST] if isinstance(details, list) else []
    innermost = _inner(error.get("innererror"))
    told = next((found for part in parts if (found := _detail(part)).text), Reason())
    best = _better(innermost, told)
    text = best.text or _text(_member(error.get("innererror"), "message")) or _text(error.get("message"))
    codes = (_text(_member(part, "code")) for part in (error, *parts))
    return Reason(best.type, text, frozenset(code for code in codes if code))


def type_name(value: object) -> str:
    """Return the last segment of a .NET type's name; empty where it is none."""
    name = _text(value).rpartition(".")[2].strip()
    return name if _TYPE.fullmatch(name) else ""


def _inner(innererror: object) -> Reason:
    inner = _member(innererror, "internalexception")
    return Reason(type_name(_member(inner, "type")), _text(_member(inner, "message")))


def _better(inner: Reason, told: Reason) -> Reason:
    """The inner exception is the truth, unless it is a wrapper or has nothing to say."""
    if not inner.text or inner.text.startswith("Exception of type ") or inner.type in _WRAPPERS:
        return told if told.text else inner
    return inner


def _detail(part: object) -> Reason:
    return _decoded(_member(part, "message") if isinstance(part, Mapping) else part)


def _decoded(message: object) -> Reason:
    """Undo the encoding of one detail: ``|type|text``, ``Ex012345|type|text``, JSON in a string, or plain text."""
    text = _text(message)
    if match := _ENCODED.match(text):
        return Reason(type_name(match["type"]), match["text"].strip())
    if text.lstrip().startswith("{"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return Reason("", text)
        return Reason(type_name(_member(document, "TypeName")), _text(_member(document, "Message")) or text)
    return Reason("", text)


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
