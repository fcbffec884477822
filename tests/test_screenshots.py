"""The console's pictures are small, and what makes them small changes nothing that a page of text shows."""

import re
import struct
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tools.small_png import _rows, smaller

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs/console"
COLOUR = st.tuples(*(st.integers(0, 255),) * 3)


def png(width: int, rows: list[list[tuple[int, int, int]]], kinds: list[int]) -> bytes:
    """A picture of eight bits and three channels, each row filtered in its own way."""
    body, above = b"", bytearray(3 * width)
    for row, kind in zip(rows, kinds, strict=True):
        plain = bytearray(value for pixel in row for value in pixel)
        body += bytes([kind]) + bytes(filtered(kind, plain, above))
        above = plain
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(body)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in (*parts, (b"IEND", b""))
    )


def filtered(kind: int, row: bytearray, above: bytearray) -> list[int]:
    """The filters none, sub, up and average, as an encoder applies them."""
    left = [0, 0, 0, *row][: len(row)]
    taken = {0: [0] * len(row), 1: left, 2: list(above), 3: [(a + b) // 2 for a, b in zip(left, above, strict=True)]}
    return [(value - other) & 255 for value, other in zip(row, taken[kind], strict=True)]


@given(st.data())
def test_a_picture_of_few_colours_is_the_same_afterwards(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    line = st.lists(COLOUR, min_size=width, max_size=width)
    rows = data.draw(st.lists(line, min_size=height, max_size=height))
    kinds = data.draw(st.lists(st.integers(0, 3), min_size=height, max_size=height))
    made = smaller(png(width, rows, kinds))
    assert pixels_of(made, width) == [pixel for row in rows for pixel in row]


def pixels_of(made: bytes, width: int) -> list[tuple[int, ...]]:
    """The pixels of a picture with a palette whose rows are not filtered."""
    (at,), (end,) = ([found.start() for found in re.finditer(name, made)] for name in (b"PLTE", b"IDAT"))
    palette = made[at + 4 : end - 8]
    (length,) = struct.unpack(">I", made[end - 4 : end])
    body = zlib.decompress(made[end + 4 : end + 4 + length])
    rows = [body[place + 1 : place + 1 + width] for place in range(0, len(body), width + 1)]
    return [tuple(palette[3 * place : 3 * place + 3]) for row in rows for place in row]


def test_the_rows_of_a_picture_are_read_as_they_were() -> None:
    rows = [[(1, 2, 3), (4, 5, 6)], [(250, 251, 252), (0, 0, 0)]]
    assert _rows(png(2, rows, [1, 3])) == (2, [bytearray((1, 2, 3, 4, 5, 6)), bytearray((250, 251, 252, 0, 0, 0))])


def test_every_picture_that_the_page_shows_is_there_in_light_and_dark_and_small() -> None:
    text = (ROOT / "docs/console.md").read_text("utf-8")
    named = set(re.findall(r"console/([a-z]+-(?:light|dark)\.png)", text))
    there = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert named == set(there)
    assert {name.replace("light", "dark") for name in named} == {name for name in named if "dark" in name}
    assert all(size < 150_000 for size in there.values())
