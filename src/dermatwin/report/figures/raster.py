"""Fields as small pictures with a palette: PNG (ISO/IEC 15948) written by hand, ready to stand in a page as a data address.

A field that is smooth needs few tones, and its neighbours differ by few: of the filters of the format that one is taken
which comes out shortest. The same field gives the same bytes.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DEPTH, PALETTE = 8, 3  # bits of a tone; kind of picture
LEVEL = 6  # of compression; more takes five times as long for a hundredth


def address(tones: np.ndarray, palette: np.ndarray) -> str:
    """A picture as a data address; `tones` (row, column) index into `palette` (tone, 3) of red, green, blue, 0 to 255."""
    return "data:image/png;base64," + b64encode(png(tones, palette)).decode("ascii")


def png(tones: np.ndarray, palette: np.ndarray) -> bytes:
    """The picture as a file. Raises ValueError for a tone that the palette does not have."""
    picture, colours = np.ascontiguousarray(tones, np.uint8), np.ascontiguousarray(palette, np.uint8)
    if not len(colours) or picture.max(initial=0) >= len(colours):
        raise ValueError("a tone is not in the palette")
    height, width = picture.shape
    head = struct.pack(">IIBBBBB", width, height, DEPTH, PALETTE, 0, 0, 0)
    packed = min((zlib.compress(lines, LEVEL) for lines in _filtered(picture)), key=len)
    parts = ((b"IHDR", head), (b"PLTE", colours.tobytes()), (b"IDAT", packed), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _filtered(picture: np.ndarray) -> list[bytes]:
    """Lines as they are, less their left neighbours, less the line above, each with the number of its filter."""
    left, above = picture.copy(), picture.copy()
    left[:, 1:] -= picture[:, :-1]
    above[1:] -= picture[:-1]
    return [np.insert(lines, 0, number, axis=1).tobytes() for number, lines in enumerate((picture, left, above))]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
