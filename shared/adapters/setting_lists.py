"""A setting that is a JSON list of objects: each entry is read, and all that is wrong is said at once. No I/O."""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.domain.errors import InvalidSettings

Entry = TypeVar("Entry")


class Wrong(ValueError):
    """A field that is not of its form; the message never quotes a value."""


def read_entries(
    text: str, noun: str, sizes: range, read: Callable[[object, Sequence[Entry]], Entry], expected: str
) -> tuple[list[Entry], list[str]]:
    """Read a list; total: any text ends in what could be read and what is wrong, or in one error.

    Args:
        text: The setting.
        noun: What one entry is called.
        sizes: How many entries there may be.
        read: Reads one entry, knowing those before it; raises ``Wrong``.
        expected: What the list must be, for people.

    Returns:
        The entries that could be read, and a sentence for each that could not.

    Raises:
        InvalidSettings: It is no such list; no value is in the message.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Refuse a field that stands twice: which of the two counts must not be a guess."""
        fields = dict(pairs)
        if len(fields) < len(pairs):
            raise Wrong(f"a field stands twice in one {noun}")
        return fields

    try:
        entries = json.loads(text, object_pairs_hook=once)
    except Wrong as error:
        raise InvalidSettings(str(error)) from None
    except (ValueError, RecursionError):
        raise InvalidSettings("not JSON") from None
    if not isinstance(entries, list) or len(entries) not in sizes:
        raise InvalidSettings(f"{expected} is expected")
    found: list[Entry] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            found.append(read(entry, found))
        except Wrong as error:
            problems.append(f"{noun} {number}: {error}")
    return found, problems
