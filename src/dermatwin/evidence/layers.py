"""Folders of evidence: the packaged one, and one's own laid over it.

A layer is a folder seen through the names of the files that evidence consists of. What is one's own is kept as it was when
it was read, so that its digest, what is computed from it and what is stored of it are of the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from ..core.errors import EvidenceError, Fault
from .reading import MAX_BYTES

FOLDERS = ("measurements", "optics", "parameters", "posteriors", "quantities")
ENDINGS = (".csv", ".yaml")


@dataclass(frozen=True, eq=False)
class Layer:
    """One folder of evidence. kept : its files as they were read; None for the packaged one, which does not change."""

    folder: Path
    names: tuple[str, ...]  # files below the folder, in the order of their names
    kept: dict[str, bytes] | None = field(default=None, repr=False)

    @staticmethod
    def packaged(folder: Path) -> Layer:
        """A folder that is trusted not to change while the program runs; read file by file when asked for."""
        return Layer(folder, tuple(_names(folder)))

    @staticmethod
    def own(folder: Path) -> Layer:
        """Somebody's own folder, read at once; EvidenceError where it is none or cannot be read."""
        if not folder.is_dir():
            raise EvidenceError([Fault(str(folder), "", "is not a folder of evidence")])
        kept: dict[str, bytes] = {}
        faults: list[Fault] = []
        for name in _names(folder):
            try:
                if (folder / name).stat().st_size > MAX_BYTES:
                    raise OSError(f"is larger than {MAX_BYTES // 2**20} MiB")
                kept[name] = (folder / name).read_bytes()
            except OSError as error:
                faults.append(Fault(name, "", f"cannot be read: {error.strerror or error}"))
        if faults:
            raise EvidenceError(faults)
        return Layer(folder, tuple(kept), kept)

    @property
    def trusted(self) -> bool:
        """Whether a test of the package has led it through the gate: its tables are only read."""
        return self.kept is None

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.resolve().name

    @cached_property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of all its files, in the order of their names."""
        digest = sha256()
        for name in self.names:
            digest.update(name.encode() + b"\0" + self.read(name))
        return digest.hexdigest()[:16]

    def read(self, name: str) -> bytes:
        """The content of one of its files."""
        return (self.folder / name).read_bytes() if self.kept is None else self.kept[name]

    def write(self, folder: Path) -> None:
        """Its files again in a folder that does not exist yet."""
        for name in self.names:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(self.read(name))

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Its files of a pattern: 'devices.csv', 'optics/observer.csv', 'parameters/*.csv', 'sources*.csv'."""
        return tuple(name for name in self.names if fnmatchcase(name, pattern) and name.count("/") == pattern.count("/"))


def _names(folder: Path) -> Iterator[str]:
    """Tables and documents in a folder of evidence and in its rooms, in the order of their names."""
    places = [folder, *(folder / room for room in FOLDERS)]
    found = (path for place in places if place.is_dir() for path in place.iterdir())
    files = (path for path in found if path.suffix in ENDINGS and not path.name.startswith(".") and path.is_file())
    return iter(sorted(path.relative_to(folder).as_posix() for path in files))
