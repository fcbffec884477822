"""One run of evidence: a folder that is there only when it is whole; tenants are written as they come."""

import csv
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cli.errors import NotWritten
from cli.evidence_chain import SCHEMA_VERSION, Manifest, file_of, write_manifest
from cli.evidence_report import Report
from cli.evidence_rows import ACTION_COLUMNS, RESULT_COLUMNS, Result, action_rows, result_rows
from cli.inert import cell
from cli.reading import plain

_FILES = ("report.html", "results.json", "results.csv", "actions.csv")


@dataclass(frozen=True, slots=True)
class Written:
    """A run that was written: where, and its manifest with its own hash."""

    folder: Path
    manifest: Manifest
    sha256: str


def write_run(place: Path, begun: Manifest, results: Iterable[Result], now: Callable[[], datetime]) -> Written:
    """Write a run.

    Args:
        place: The folder that runs lie in.
        begun: The manifest as far as it is known before the first tenant.
        results: The tenants; each is let go once it is written.
        now: Gives the time.

    Raises:
        NotWritten: It cannot be written, or there is one of that second already.
        CommandError: The tenants cannot be read; there is no folder then.
    """
    try:
        with _folder(place, begun.run) as folder:
            manifest = _write(folder, begun, results, now)
            sha256 = write_manifest(folder, manifest)
    except OSError as error:
        raise NotWritten(f"{place / begun.run}: {error.strerror}") from None
    return Written(place / begun.run, manifest, sha256)


@contextmanager
def _folder(place: Path, name: str) -> Iterator[Path]:
    """A folder that appears under its name only at the end."""
    place.mkdir(parents=True, exist_ok=True)
    if (place / name).exists():
        raise NotWritten(f"{place / name}: it is there already")
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=place))
    try:
        yield folder
        folder.chmod(0o755)
        folder.rename(place / name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(folder: Path, begun: Manifest, results: Iterable[Result], now: Callable[[], datetime]) -> Manifest:
    verdicts: Counter[str] = Counter()
    with ExitStack() as stack:

        def opened(name: str, newline: str = "\n") -> TextIO:
            return stack.enter_context((folder / name).open("w", encoding="utf-8", newline=newline))

        report = Report(stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")))
        document = opened("results.json")
        tables = _tables(opened("results.csv", ""), opened("actions.csv", ""))
        document.write(f'{{\n"schema_version": {SCHEMA_VERSION},\n"run": {json.dumps(begun.run)},\n"results": [')
        for at, result in enumerate(results):
            document.write(("," if at else "") + "\n" + json.dumps(plain(result)))
            tables(result)
            report.add(result)
            verdicts[result.tenant.verdict] += 1
        document.write("\n]\n}\n")
        told = dict(sorted(verdicts.items()))
        manifest = replace(begun, finished_at=now(), tenants=verdicts.total(), verdicts=told)
        report.finish(folder / "report.html", manifest)
    return replace(manifest, files=tuple(file_of(folder / name) for name in _FILES))


def _tables(results: TextIO, actions: TextIO) -> Callable[[Result], None]:
    """What writes a tenant into both tables, with every cell inert."""
    rows, deeds = csv.writer(results), csv.writer(actions)
    rows.writerow(RESULT_COLUMNS)
    deeds.writerow(ACTION_COLUMNS)

    def add(result: Result) -> None:
        rows.writerows([cell(text) for text in row] for row in result_rows(result))
        deeds.writerows([cell(text) for text in row] for row in action_rows(result))

    return add
