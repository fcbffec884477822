"""A long text as columns of a row: a text column takes 64 KiB, so ``body_0``, ``body_1`` … hold what it was.

For rows that are replaced as a whole: a merge would keep the last columns of a longer text.
"""

from collections.abc import Mapping

_CHUNK = 16_000
"""Characters; even where each takes four bytes in the service's UTF-16, they fit into one column."""


def write_chunks(name: str, text: str) -> dict[str, str]:
    """Write a text as the columns of a name; nothing is cut."""
    starts = range(0, len(text), _CHUNK)
    return {f"{name}_{index}": text[start : start + _CHUNK] for index, start in enumerate(starts)}


def read_chunks(row: Mapping[str, object], name: str) -> str:
    """Read what ``write_chunks`` wrote; total: where there are no columns of the name, the text is empty."""
    chunks: list[str] = []
    while f"{name}_{len(chunks)}" in row:
        chunks.append(str(row[f"{name}_{len(chunks)}"]))
    return "".join(chunks)
