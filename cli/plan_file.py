"""A saved plan: JSON lines, written as tenants are planned, and whole only with its last line.

The first line says for what, of which deployment and when; then a line a tenant; the last says how many there are.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import IO

from cli.errors import InvalidPlan, NotWritten, StrangeAnswer
from cli.plans import TenantPlan
from cli.reading import moment_text, plain, read
from cli.sheets import SCHEMA_VERSION

_END = "end"


@dataclass(frozen=True, slots=True)
class Head:
    """What a saved plan is about.

    Attributes:
        schema_version: Of this form.
        purpose: The order that it is for.
        url: The deployment whose tenants were read.
        made_at: When.
    """

    schema_version: int
    purpose: str
    url: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class _Line:
    type: str
    plans: int = 0


@contextmanager
def saving(path: Path, head: Head) -> Iterator[Callable[[TenantPlan], None]]:
    """Write a plan beside its place, and put it there once it is whole.

    Raises:
        NotWritten: It cannot be written.
    """
    count = 0
    try:
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, delete=False) as file:
            try:
                _write(file, {**plain(head), "type": "plan"})

                def save(plan: TenantPlan) -> None:
                    nonlocal count
                    _write(file, {"type": "tenant", **plain(plan)})
                    count += 1

                yield save
                _write(file, {"type": _END, "plans": count})
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None


@contextmanager
def spool() -> Iterator[Path]:
    """A place for a plan that nobody keeps."""
    handle, name = tempfile.mkstemp(prefix="keeper-", suffix=".plan")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def head_of(path: Path) -> Head:
    """Read what a plan is about, and see that it is whole.

    Raises:
        InvalidPlan: It is none, of another form, or cut off.
        NotWritten: The file cannot be read.
    """
    with _reading(path) as lines:
        first = next(lines, {})
        plans, last = 0, first
        for line in lines:
            plans, last = plans + 1, line
        head = read(Head, first)
        end = read(_Line, last)
    if head.schema_version != SCHEMA_VERSION:
        raise InvalidPlan(f"{path}: a plan of another version of this program")
    if end.type != _END or end.plans != plans - 1:
        raise InvalidPlan(f"{path}: the plan is not whole")
    return head


def plans_in(path: Path) -> Iterator[TenantPlan]:
    """Read the plans of a file, one after the other.

    Raises:
        InvalidPlan: It holds something else.
        NotWritten: The file cannot be read.
    """
    with _reading(path) as lines:
        next(lines, None)
        for line, _ in pairwise(lines):
            yield read(TenantPlan, line)


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[object]]:
    try:
        with path.open(encoding="ascii") as file:
            yield (json.loads(line) for line in file)
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError, StrangeAnswer):
        raise InvalidPlan(f"{path}: this is no plan that keeper has saved") from None


def _write(file: IO[str], document: Mapping[str, object]) -> None:
    file.write(json.dumps(document) + "\n")


def new_head(purpose: str, url: str, now: datetime) -> Head:
    """What a plan that is made now is about."""
    return Head(SCHEMA_VERSION, purpose, url, datetime.fromisoformat(moment_text(now)))
