"""What an output binding's value becomes in a queue; the real host rewrites more than one expects."""

import json

from local.host.invocation import Typed
from local.host.json_text import rewritten


class BadOutput(Exception):
    """The value cannot be sent, so the invocation fails, although the function has run."""


def messages_of(value: Typed) -> list[bytes]:
    """The bodies of the messages that a value becomes.

    Args:
        value: What the worker gave for the binding.

    Returns:
        One body, or one for each element of an array.

    Raises:
        BadOutput: The text looks like JSON and is not, or the value is of no kind that a queue takes.
    """
    content = value.value
    if isinstance(content, bytes):
        return [content]
    if not isinstance(content, str):
        raise BadOutput(f"a value of kind {value.kind!r} cannot be sent to a queue")
    if value.kind != "json" and not _looks_like_json(content):
        return [content.encode()]
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadOutput(f"the text looks like JSON and is not: {error}") from None
    return [rewritten(item).encode() for item in (parsed if isinstance(parsed, list) else [parsed])]


def _looks_like_json(text: str) -> bool:
    bare = text.strip()
    return (bare[:1], bare[-1:]) in {("{", "}"), ("[", "]")}
