"""Make a browser's screenshot small: a palette of its most frequent colours, which a page of text hardly has more of.

Source of the format: https://www.w3.org/TR/png-3/ (chunks, filters, palettes). Reads what chromium writes: eight bits,
three or four channels, not interlaced.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache

_MAGIC = b"\x89PNG\r\n\x1a\n"
_MOST = 256
_CHANNELS = {2: 3, 6: 4}


def smaller(png: bytes) -> bytes:
    """Write a picture anew with at most 256 colours; each other becomes the nearest of them."""
    width, rows = _rows(png)
    pixels = [bytes(row[at : at + 3]) for row in rows for at in range(0, len(row), len(row) // width)]
    palette = [colour for colour, _ in Counter(pixels).most_common(_MOST)]
    places = {colour: place for place, colour in enumerate(palette)}

    @cache
    def place(colour: bytes) -> int:
        known = places.get(colour)
        return min(range(len(palette)), key=lambda each: _distance(palette[each], colour)) if known is None else known

    indexed = bytes(map(place, pixels))
    body = b"".join(b"\0" + indexed[at : at + width] for at in range(0, len(indexed), width))
    head = struct.pack(">IIBBBBB", width, len(indexed) // width, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b""))
    return _MAGIC + b"".join(_chunk(name, content) for name, content in parts)


def _rows(png: bytes) -> tuple[int, list[bytearray]]:
    """The width, and the bytes of each row, unfiltered."""
    chunks = dict.fromkeys((b"IHDR", b"IDAT"), b"")
    for name, content in _chunks(png):
        if name in chunks:
            chunks[name] += content
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if depth != 8 or kind not in _CHANNELS:  # noqa: PLR2004 - bits
        raise ValueError("not a picture as chromium writes them")
    step, data = _CHANNELS[kind], zlib.decompress(chunks[b"IDAT"])
    length, above, rows = width * step, bytearray(width * step), []
    for at in range(0, height * (length + 1), length + 1):
        above = _unfiltered(data[at], bytearray(data[at + 1 : at + 1 + length]), above, step)
        rows.append(above)
    return width, rows


def _unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    for at in range(len(row)) if kind else ():
        left, up = (row[at - step] if at >= step else 0), above[at]
        corner = above[at - step] if at >= step else 0
        row[at] = (row[at] + (left, up, (left + up) // 2, _paeth(left, up, corner))[kind - 1]) & 255
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_MAGIC)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
