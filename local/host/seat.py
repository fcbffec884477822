"""The interface between the host and what runs the app's functions."""

import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from local.host.failures import HostError
from local.host.invocation import IndexedFunction, Invocation, Outcome

FIRST_OFFICIAL = (3, 13)


class SeatName(StrEnum):
    """Who runs the functions."""

    OFFICIAL = "official"
    EMBEDDED = "embedded"


class Seat(Protocol):
    """Indexes an app and calls its functions."""

    async def start(self, app: Path) -> list[IndexedFunction]:
        """Import the app and read its functions.

        Raises:
            IndexingFailed: The app cannot be imported, or a signature does not fit its bindings.
        """
        ...

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Call a function; whatever it raises is in the outcome."""
        ...


def default_seat() -> SeatName:
    """The official worker where the interpreter has one."""
    return SeatName.OFFICIAL if sys.version_info >= FIRST_OFFICIAL else SeatName.EMBEDDED


def open_seat(name: SeatName) -> Seat:
    """Load a seat; only the one that is used is imported.

    Raises:
        HostError: The official worker was asked for where there is none.
    """
    if name is SeatName.OFFICIAL and sys.version_info < FIRST_OFFICIAL:
        raise HostError("the official worker needs Python 3.13; use --worker embedded")
    return cast("Seat", import_module(f"local.host.seats.{name.value}").take_seat())
