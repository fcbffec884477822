"""The terminal: data on stdout, everything else on stderr; colour and motion only where a person watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from cli.errors import Unconfirmed
from cli.inert import one_line
from cli.outside import Outside

_YES = frozenset({"y", "yes"})


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a person or a program reads.

    Attributes:
        out: Data.
        err: Progress, questions, errors.
        stdin: Where a person answers.
    """

    out: Console
    err: Console
    stdin: TextIO

    def data(self, line: str | Text) -> None:
        """Write a line of data, as long as it is."""
        self.out.print(line, soft_wrap=True, markup=False, highlight=False)

    def raw(self, text: str) -> None:
        """Write data as they are."""
        self.out.file.write(text)

    def say(self, line: str | Text) -> None:
        """Tell something that is no data."""
        self.err.print(line, soft_wrap=True, markup=False, highlight=False)

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits there who can answer."""
        return self.stdin.isatty()

    def confirm(self, question: str, *, yes: bool) -> None:
        """Go on only after a yes.

        Args:
            question: What is about to happen.
            yes: It was said on the command line.

        Raises:
            Unconfirmed: It was not said, or there is nobody to ask.
        """
        if yes:
            return
        if not self.can_ask:
            raise Unconfirmed(f"{question} Nobody can be asked here: --yes says it beforehand")
        self.err.print(f"{question} [y/N] ", end="", soft_wrap=True, markup=False, highlight=False)
        if self.stdin.readline().strip().lower() not in _YES:
            raise Unconfirmed("it was not confirmed, and nothing was done")

    @contextmanager
    def progress(self, title: str, total: int | None, *, beside_data: bool = False) -> Iterator[Callable[[], None]]:
        """Show how far it has come.

        A file gets no bar; nor does a terminal on which data appear meanwhile, which show it themselves.
        """
        is_shown = self.err.is_terminal and not (beside_data and self.out.is_terminal)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True, disable=not is_shown) as bar:
            task = bar.add_task(one_line(title), total=total)
            yield lambda: bar.advance(task)


def screen_on(outside: Outside) -> Screen:
    """The terminal of a command."""
    has_colour = not outside.environment.get("NO_COLOR")

    def console(file: TextIO) -> Console:
        is_tty = file.isatty()
        colour = "auto" if is_tty and has_colour and outside.environment.get("TERM") != "dumb" else None
        # Otherwise rich would take colour from FORCE_COLOR and its kin, which ask for it where nobody watches.
        return Console(
            file=file,
            force_terminal=is_tty,
            color_system=colour,  # type: ignore[arg-type]
            no_color=colour is None,
            highlight=False,
            emoji=False,
            _environ={},
        )

    return Screen(console(outside.stdout), console(outside.stderr), outside.stdin)


def forgive(*files: TextIO) -> None:
    """Let a terminal that cannot show a character show another one, and nothing fail for it."""
    for file in files:
        if file in (sys.stdout, sys.stderr) and hasattr(file, "reconfigure"):
            file.reconfigure(errors="replace")
