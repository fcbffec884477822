"""Pack what Azure runs: the app, and its locked dependencies built for Azure's machine; the same bytes each time.

    python tools/package.py .state/keeper.zip

Packed here and not by Azure's remote build: what is deployed is then what the hashes of requirements.txt name.
A ``regions.json`` beside this project's README is packed as well: the operator's region data.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).resolve().parents[1]

FILES = ("function_app.py", "host.json", "requirements.txt")
FOLDERS = ("functions", "shared")
_IF_THERE = ("regions.json",)
_DEPENDENCIES = ".python_packages/lib/site-packages"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_PLATFORM = ("--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13", "--only-binary", ":all:")


def contents(root: Path) -> Iterator[tuple[str, Path]]:
    """What is packed of the project itself: names in the package, and the files."""
    for name in (*FILES, *(name for name in _IF_THERE if (root / name).is_file())):
        yield name, root / name
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            # The console's templates and static files are packed beside the code; compiled code is not.
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path


def installed(folder: Path) -> Iterator[tuple[str, Path]]:
    """What is packed of the dependencies; compiled bytes depend on the clock and stay out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".lock":
            yield f"{_DEPENDENCIES}/{path.relative_to(folder).as_posix()}", path


def install(root: Path, folder: Path) -> None:
    """Unpack the locked dependencies, checked by their hashes; nothing is built."""
    uv = str(Path(sys.executable).parent / "uv")
    lock = str(root / "requirements.txt")
    arguments = ("pip", "install", "--quiet", "--require-hashes", "--target", str(folder), *_PLATFORM, "-r", lock)
    subprocess.run([uv, *arguments], check=True)


def write(target: Path, rows: Iterator[tuple[str, Path]]) -> None:
    """Write a package in which nothing depends on when and where it was made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, path in sorted(rows):
            entry = ZipInfo(name, _LONG_AGO)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, _READABLE
            package.writestr(entry, path.read_bytes())


def main(target: Path) -> None:
    """Pack everything."""
    with tempfile.TemporaryDirectory() as folder:
        install(ROOT, Path(folder))
        write(target, iter([*contents(ROOT), *installed(Path(folder))]))
    print(f"{target}: {target.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
