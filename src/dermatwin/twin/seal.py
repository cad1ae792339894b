"""A seal behind the end of a file: the digest of all its bytes.

Readers of HDF5 and netCDF end where the file's own head says that it ends. The format checks its tables and its compressed
blocks, and not its texts and references; the library may run in circles over those. A program that changes the file takes
the seal off: then nothing is claimed of the file alone, and the list of the run folder (`contents`) tells it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

MARK = b"\ndermatwin sha256 "
LENGTH = len(MARK) + 2 * sha256().digest_size
PIECE = 2**20  # bytes that are read at once


def seal_of(content: bytes | memoryview) -> bytes:
    """What belongs behind the end of a file that is complete."""
    return MARK + sha256(content).hexdigest().encode()


def is_broken(path: Path) -> bool:
    """Whether the file bears a seal that is not its own. Raises OSError where it cannot be read."""
    end = path.stat().st_size - LENGTH
    if end < 0:
        return False
    with path.open("rb") as file:
        file.seek(end)
        found = file.read()
    return found.startswith(MARK) and found[len(MARK) :] != _digest(path, end)


def _digest(path: Path, end: int) -> bytes:
    found, left = sha256(), end
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            found.update(piece)
            left -= len(piece)
    return found.hexdigest().encode()
