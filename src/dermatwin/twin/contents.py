"""What a folder of results holds: `contents.json` names every file that dermatwin wrote into it, with size and digest.

By it an earlier folder is known (only what it names is replaced), and a stored run is checked before anything of it is read.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from ..core.errors import CaseError, Fault

CONTENTS = "contents.json"
PROGRAM = "dermatwin"
LARGEST = 2**22  # bytes of a list that is read
_PART = re.compile(r"[^/\\\x00-\x1f]{1,200}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One file as it was written."""

    size: int  # bytes
    sha256: str


def entry_of(path: Path) -> Entry:
    """A file as it is."""
    with path.open("rb") as stream:
        return Entry(path.stat().st_size, file_digest(stream, "sha256").hexdigest())


def listing(folder: Path) -> str:
    """The list of all files of a folder, as JSON."""
    named = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {name: asdict(entry_of(folder / name)) for name in named}
    return json.dumps({"program": PROGRAM, "version": version(PROGRAM), "files": files}, indent=2) + "\n"


def entries(folder: Path) -> dict[str, Entry] | None:
    """Files by name as the list of a folder has them; None for a folder without a list that is one of ours."""
    path = folder / CONTENTS
    if not _is_plain(path) or path.lstat().st_size > LARGEST:
        return None
    try:
        return dict(_entries(json.loads(path.read_bytes())))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _entries(told: Any) -> Iterator[tuple[str, Entry]]:
    if told["program"] != PROGRAM:
        raise ValueError("of another program")
    for name, one in cast(Mapping[str, Any], told["files"]).items():
        size, digest = one["size"], one["sha256"]
        if not (is_inside(name) and type(size) is int and isinstance(digest, str) and _DIGEST.fullmatch(digest)):
            raise ValueError("an entry that nobody wrote")
        yield name, Entry(size, digest)


def is_inside(name: str) -> bool:
    """Whether a name is that of a file within a folder, whatever lies on the disk."""
    return all(_PART.fullmatch(part) and part not in (".", "..") for part in name.split("/"))


def _is_plain(path: Path) -> bool:
    """Whether there is a file, and not a link to one, a pipe or a device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def require_as_written(folder: Path, needed: Iterable[str], rooms: Iterable[str] = ()) -> None:
    """CaseError unless the files of a run are those that were written: plain files, of the same size and content.

    needed : files that have to be there. rooms : folders of which every file is checked that the list names; what it does
    not name there is refused, too.
    """
    told = entries(folder)
    if told is None:
        said = f"holds no {CONTENTS} that says what belongs to the run; simulate it again"
        raise CaseError([Fault(str(folder), "", said)])
    names = [*needed, *(name for name in told if name.partition("/")[0] in set(rooms))]
    faults = [fault for name in names if (fault := _changed(folder, name, told.get(name)))]
    faults += [fault for room in rooms for fault in _strange(folder, room, told)]
    if faults:
        raise CaseError(faults)


def _changed(folder: Path, name: str, told: Entry | None) -> Fault | None:
    path = folder / name
    inner = [folder.joinpath(*name.split("/")[:depth]) for depth in range(1, name.count("/") + 1)]
    if told is None:
        return Fault(str(path), "", f"is not named in {CONTENTS}; simulate the case again")
    if not _is_plain(path) or any(place.is_symlink() for place in inner):
        return Fault(str(path), "", "is missing, or no plain file; simulate the case again")
    if path.stat().st_size != told.size or entry_of(path) != told:
        return Fault(str(path), "", "has changed since the run was written; simulate the case again")
    return None


def _strange(folder: Path, room: str, told: Mapping[str, Entry]) -> Iterator[Fault]:
    for path in sorted((folder / room).rglob("*")):
        if not path.is_dir() and path.relative_to(folder).as_posix() not in told:
            yield Fault(str(path), "", f"is not named in {CONTENTS}; take it out of the run folder")
