"""The lines that documents tell people to type: found, and parsed by the command line's own tree."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from typer.exceptions import TyperException
from typer.main import get_command

from cli.tree import app

_FENCE = re.compile(r"^( *)```\w*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^ *(?:\$ |# )?(keeper [^\n#]+?)(?: +#.*)?$", re.MULTILINE)
_OF_ROOT = ("keeper --install-completion", "keeper --version")
"""Options of the program itself: they act while they are read."""
_SPAN = re.compile(r"`(?:\$ )?(keeper [^`]+)`")


def lines(text: str) -> Iterator[str]:
    """Every line of a block that calls keeper, whole."""
    for _, block in _FENCE.findall(text):
        yield from _LINE.findall(block)


def spans(text: str) -> Iterator[str]:
    """Every call of keeper, or name of a command, within a sentence."""
    yield from (" ".join(span.split()) for span in _SPAN.findall(_FENCE.sub("", text)))


def parsed(line: str) -> dict[str, object]:
    """Read a line as keeper does, and carry nothing out.

    Raises:
        Exception: What the command line itself raises where there is no such command, argument or option.
    """
    words = shlex.split(line)[1:]
    command: Any = get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0) if words else ""]
    # --help and its like would do what they say.
    assert not {"--help", "--install-completion", "--show-completion"} & {*words}
    params: dict[str, object] = command.make_context(line, words).params
    return params


def is_command(words: str) -> bool:
    """Whether words are the bare name of a command: it is spoken of, and not typed as it stands."""
    command: Any = get_command(app)
    for word in words.split()[1:]:
        if word not in getattr(command, "commands", {}):
            return False
        command = command.commands[word]
    return True


def misspelt(text: str) -> list[str]:
    """Every call of a document that keeper would not take, with why."""
    calls = [*lines(text), *(span for span in spans(text) if not is_command(span) and span not in _OF_ROOT)]
    return [f"{call}: {why}" for call in calls if (why := _fault(call))]


def _fault(call: str) -> str:
    try:
        parsed(call)
    except KeyError as error:
        return f"no command {error}"
    except TyperException as error:
        return f"{type(error).__name__} {error}"
    return ""
