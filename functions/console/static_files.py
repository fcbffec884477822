"""The console's style sheet and scripts, each under a name with its own hash in it, so that browsers may keep it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
PREFIX = "/api/console/static/"

_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served.

    Attributes:
        content: Its bytes.
        media_type: What they are.
    """

    content: bytes
    media_type: str


@functools.cache
def _files() -> Mapping[str, tuple[str, StaticFile]]:
    """Every file by its own name: the name that it is served under, and what is served."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            name = f"{path.stem}.{sha256(content).hexdigest()[:_DIGITS]}{path.suffix}"
            found[path.name] = (name, StaticFile(content, _TYPES[path.suffix]))
    return found


def address(name: str) -> str:
    """Where a file of the folder is served."""
    return PREFIX + _files()[name][0]


def served(name: str) -> Response | None:
    """A file by the name that it is served under; ``None`` where there is none of this name."""
    file = dict(_files().values()).get(name)
    if file is None:
        return None
    # The name says what is in it: another content has another name.
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.media_type, headers=kept)
