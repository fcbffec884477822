"""``keeper``: reads the command line, runs the command, and says how it ended."""

import os
import sys
from collections.abc import Sequence

import typer
from rich.text import Text

from cli import exits
from cli.errors import CommandError, Usage
from cli.explaining import next_for
from cli.inert import one_line
from cli.outside import Outside, real
from cli.screen import forgive, screen_on
from cli.tree import app

_USAGE: type[Exception] = typer.BadParameter.__mro__[2]
"""Every refusal of a command line by the library, whose class is public under no name of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``keeper``.

    Args:
        arguments: The command line without the program's name; this process's own where there is none.

    Returns:
        The exit code.
    """
    outside = real()
    forgive(outside.stdout, outside.stderr)
    try:
        code = run(sys.argv[1:] if arguments is None else arguments, outside)
        outside.stdout.flush()
    except BrokenPipeError:
        # Whoever read has read enough. Python would complain once more when it closes what is broken.
        os.dup2(os.open(os.devnull, os.O_WRONLY), outside.stdout.fileno())
        return exits.ERROR
    return code


def run(arguments: Sequence[str], outside: Outside) -> int:
    """Run a command in a given outside.

    Returns:
        The exit code.
    """
    try:
        return int(app(args=list(arguments), prog_name="keeper", standalone_mode=False, obj=outside) or exits.NOTHING)
    except CommandError as error:
        return _told(outside, error)
    except (KeyboardInterrupt, typer.Abort):
        screen_on(outside).say("interrupted; what was asked for until now stays asked for")
        return exits.INTERRUPTED
    except _USAGE as error:
        return _told(outside, Usage(str(error), "keeper --help"))


def _told(outside: Outside, error: CommandError) -> int:
    screen = screen_on(outside)
    screen.say(Text.assemble(("error ", "bold red"), (one_line(error.code), "bold"), f": {one_line(str(error))}"))
    then = error.then or next_for(error.code)
    if then:
        screen.say(f"next: {one_line(then)}")
    return exits.ERROR
