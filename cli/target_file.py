"""Whom an order is for, kept in a file until it is carried out: a fleet is counted before the first order goes out."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cli.answers_tenants import TenantLine
from cli.outcomes import Target
from cli.reading import plain, read


@contextmanager
def spooled(lines: Iterable[TenantLine]) -> Iterator[tuple[TextIO, int]]:
    """Keep tenants; gives the file and how many they are."""
    count = 0
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:
        for line in lines:
            file.write(json.dumps(plain(Target(line.tenant_id, line.initial_domain))) + "\n")
            count += 1
        yield file, count


def targets_in(file: TextIO) -> Iterator[Target]:
    """Give them back, one after the other."""
    file.seek(0)
    for line in file:
        yield read(Target, json.loads(line))
