"""Everything that a command takes from outside: the environment, the network, the clock, the terminal."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

import requests


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside.

    Attributes:
        environment: The variables.
        session: Opens what HTTP requests go through.
        clock: Gives the time, with its zone.
        sleep: Waits for so many seconds.
        stdin: Where a person answers.
        stdout: Where data go.
        stderr: Where everything else goes.
    """

    environment: Mapping[str, str]
    session: Callable[[], requests.Session]
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO


def real() -> Outside:
    """The outside of this process."""
    return Outside(
        os.environ,
        requests.Session,
        lambda: datetime.now(UTC),
        time.sleep,
        sys.stdin,
        sys.stdout,
        sys.stderr,
    )
