"""Runs of evidence as a chain: each manifest has the hash of every file of its run and of the manifest before it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cli.errors import BrokenEvidence, NotWritten, StrangeAnswer
from cli.reading import document_of, plain, read

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
_RUN = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One file of a run."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Previous:
    """The run before: the hash is of its manifest's bytes."""

    run: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Who made a run, as the API knows it."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """What a run was made with."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run of evidence is, and what it holds.

    Attributes:
        schema_version: Of this form and of results.json.
        run: When it began, which is its folder's name.
        tool: What it was made with.
        operator: Who made it.
        url: Of which deployment.
        selection: Of which tenants.
        begun_at: When it began, in UTC.
        finished_at: When the last tenant was read, in UTC.
        tenants: How many there are.
        verdicts: How many of each verdict.
        specs: How many tenants of the deployment are at each version of the desired state, when it was last counted.
        previous: The run before; ``None`` where this begins a chain.
        files: Every file but this one.
    """

    schema_version: int
    run: str
    tool: Tool
    operator: Operator
    url: str
    selection: str
    begun_at: datetime
    finished_at: datetime
    tenants: int
    verdicts: Mapping[str, int]
    specs: Mapping[str, int]
    previous: Previous | None
    files: tuple[File, ...] = field(default=())


def file_of(path: Path) -> File:
    """Describe a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return File(path.name, digest.hexdigest(), path.stat().st_size)


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write a manifest.

    Returns:
        Its own SHA-256: whoever keeps it elsewhere can tell later whether the whole chain is as it was.
    """
    path = folder / MANIFEST
    path.write_text(json.dumps(plain(manifest), indent=2) + "\n", encoding="ascii")
    return file_of(path).sha256


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        NotWritten: It cannot be read.
        BrokenEvidence: It is none.
    """
    try:
        return read(Manifest, document_of(path.read_bytes()), "manifest")
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    except StrangeAnswer as error:
        raise BrokenEvidence(f"{path}: {error}") from None


def newest(place: Path) -> Path | None:
    """The manifest of the newest run in a folder; ``None`` where there is none."""
    runs = [folder for folder in place.iterdir() if _RUN.fullmatch(folder.name)] if place.is_dir() else []
    manifests = [folder / MANIFEST for folder in sorted(runs, reverse=True) if (folder / MANIFEST).is_file()]
    return manifests[0] if manifests else None


def previous(path: Path | None) -> Previous | None:
    """What a new manifest says of the one before it.

    Raises:
        NotWritten: It cannot be read.
        BrokenEvidence: It is none.
    """
    return None if path is None else Previous(read_manifest(path).run, file_of(path).sha256)


def checked(folder: Path) -> Iterator[Manifest]:
    """Compare a run with its manifest, then every run before it that lies beside it; gives what was found whole.

    Raises:
        BrokenEvidence: Something is not as it was.
        NotWritten: Something cannot be read.
    """
    manifest = read_manifest(folder / MANIFEST)
    while True:
        _compare(folder, manifest)
        yield manifest
        if manifest.previous is None or not _RUN.fullmatch(manifest.previous.run):
            return
        folder = folder.parent / manifest.previous.run
        path = folder / MANIFEST
        if not path.is_file():
            raise BrokenEvidence(f"{path}: the run before is not there")
        if file_of(path).sha256 != manifest.previous.sha256:
            raise BrokenEvidence(f"{path}: it is not the manifest that the run after it was made upon")
        manifest = read_manifest(path)


def _compare(folder: Path, manifest: Manifest) -> None:
    for each in manifest.files:
        path = folder / Path(each.name).name
        if not path.is_file():
            raise BrokenEvidence(f"{path}: it is missing")
        if file_of(path) != each:
            raise BrokenEvidence(f"{path}: it was changed")
