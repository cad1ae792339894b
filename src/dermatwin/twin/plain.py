"""What a file of arrays may hold: itself alone, and no more numbers than its bytes can be.

HDF5 can point at other files (external links, raw data elsewhere, virtual arrays) and can declare arrays of any size; a run
has neither. Looked at before anything is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py  # pyright: ignore[reportMissingTypeStubs]

MOST_COMPRESSED = 1100  # numbers of bytes for a byte of deflate, 1032 at most by its format
ROOM = 2**20  # bytes of an array of nothing but its fill value
DEEPEST, MOST = 8, 10_000  # groups within groups; objects of a file


def require_plain(file: h5py.File, size: int) -> None:
    """ValueError for a file that points out of itself or declares more than `size` bytes can hold."""
    seen = _Seen(size)
    dict(file.attrs)
    seen.group(file, "", 0)


class _Seen:
    """What was counted so far."""

    def __init__(self, size: int) -> None:
        self.size, self.objects, self.bytes = size, 0, 0

    def group(self, group: Any, where: str, depth: int) -> None:
        import h5py  # pyright: ignore[reportMissingTypeStubs]

        if depth > DEEPEST:
            raise ValueError(f"{where} lies too deep")
        for name in group:
            place = f"{where}/{name}"
            self.objects += 1
            if self.objects > MOST:
                raise ValueError(f"it holds more than {MOST} objects")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"{place} is a link out of its place")
            found = group[name]
            if isinstance(found, h5py.Group):
                self.group(found, place, depth + 1)
            elif isinstance(found, h5py.Dataset):
                self._array(found, place)

    def _array(self, array: Any, where: str) -> None:
        if array.external or array.is_virtual:
            raise ValueError(f"the numbers of {where} lie in another file")
        held = int(array.id.get_storage_size())
        if array.nbytes > max(ROOM, MOST_COMPRESSED * min(held, self.size)):
            raise ValueError(f"{where} declares more numbers than the file can hold")
