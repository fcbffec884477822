"""The terminal: what the operator is told, and the one word that allows a write."""

import sys
from dataclasses import dataclass
from typing import Protocol

YES = "yes"


class Terminal(Protocol):
    """Where the operator is."""

    def say(self, text: str) -> None:
        """Tell something."""

    def consents(self, question: str) -> bool:
        """Ask; only the typed word ``yes`` is one."""


@dataclass(frozen=True, slots=True)
class Console:
    """The terminal that the program was started from."""

    def say(self, text: str) -> None:
        """Write a line, at once."""
        print(text, flush=True)

    def consents(self, question: str) -> bool:
        """Ask a person; a file or a pipe is none, and consents to nothing."""
        if not sys.stdin.isatty():
            self.say(f"{question}\n(no terminal to type at: skipped)")
            return False
        try:
            return input(f"{question}\nType yes to do this; anything else skips it: ") == YES
        except EOFError:
            return False
