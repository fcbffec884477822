"""A traceback cut down to what the developer of the app can use."""

import re
from pathlib import Path

FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line .*\n(?:    .*\n)*', re.MULTILINE)
CHAINED = re.compile(
    r"\n\n(?:During handling of the above exception|The above exception was the direct cause)[^\n]*\n\n"
)


def summary(trace: str, app: Path) -> str:
    """The first exception of a traceback with the frames that are the app's own.

    Args:
        trace: A traceback as Python prints it.
        app: The app's folder.

    Returns:
        The error's last lines first, then where it was, innermost last.
    """
    first = CHAINED.split(trace)[0].removeprefix("Traceback (most recent call last):\n")
    own = [found[0].rstrip() for found in FRAME.finditer(first) if _is_own(found["path"], app)]
    error = FRAME.sub("", first).strip()
    return "\n".join([error, *own])


def _is_own(path: str, app: Path) -> bool:
    return Path(path).is_relative_to(app) and "site-packages" not in path and "/local/host/" not in path
