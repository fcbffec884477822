"""This program's version."""

from importlib.metadata import PackageNotFoundError, version

NAME = "mailflow-keeper"


def own_version() -> str:
    """The version; ``unknown`` where it runs from a folder and is not installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "unknown"
