"""What is known of each code: an error, a finding, a verdict. The table is ``explanations.json`` beside this module."""

import functools
import json
from dataclasses import dataclass
from importlib.resources import files

from cli.errors import UnknownCode
from cli.inert import one_line
from cli.reading import read


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means.

    Attributes:
        code: The code.
        kind: ``error`` (of the API), ``command`` (of this program), ``finding`` or ``verdict``.
        meaning: What it says.
        cause: What led to it.
        then: The command or the deed that comes next.
    """

    code: str
    kind: str
    meaning: str
    cause: str
    then: str


@dataclass(frozen=True, slots=True)
class _Table:
    explanations: tuple[Explanation, ...]


@functools.cache
def table() -> tuple[Explanation, ...]:
    """All explanations."""
    text = (files("cli") / "explanations.json").read_text("utf-8")
    return read(_Table, {"explanations": json.loads(text)}).explanations


def explanations(code: str) -> tuple[Explanation, ...]:
    """Everything that is known of a code: some are an error and a verdict.

    Raises:
        UnknownCode: Nothing is.
    """
    found = tuple(each for each in table() if each.code == code.strip().lower())
    if not found:
        near = [each.code for each in table() if code.strip().lower()[:4] in each.code]
        like = f"; like it are {', '.join(sorted(set(near))[:5])}" if code.strip() and near else ""
        raise UnknownCode(f"nothing is known of {one_line(code)[:64]!r}{like}")
    return found


def next_for(code: str) -> str:
    """What comes next after an error; empty where nothing is known of it."""
    kinds = {each.kind: each.then for each in table() if each.code == code}
    return kinds.get("command") or kinds.get("error") or ""
