"""A folder of results takes its place in one step, and takes nothing of others with it.

It is written beside its target, under a hidden name, with the list of what it holds (`contents`). Then it takes the target's
name: a folder that is there already is exchanged for it, and of that only what its own list names goes; everything else is
in the new folder as well before the exchange. Whoever finds that somebody else has written there in the meantime takes a
free name beside it: nothing that was computed is lost. A draft that a killed run left is cleared away by the next one; a
folder that it had only just put aside gets its name back, or hands on what others had left in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_hex

from ..core.errors import CaseError, Fault
from .contents import CONTENTS, Entry, entries, listing

NOBODY = ""
"""What was seen where there was no folder of ours."""
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of renameat2(2)


def require_usable(target: Path, *, force: bool, names: Iterable[str] = ()) -> str:
    """CaseError unless `target` can become a folder of results; returns what was seen there, for `place`.

    names : what will be written; a file of that name that is not ours is not replaced.
    """
    _settle(target)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise _fault(target, "is not a folder; name a folder that does not exist yet")
    if os.path.ismount(target):
        raise _fault(target, "is a mount point, which cannot be exchanged; name a folder in it")
    if target.is_dir() and any(target.iterdir()):
        held = entries(target)
        if held is None:
            raise _fault(target, "is not empty and not an earlier run; name another folder")
        if not force:
            raise _fault(target, "holds an earlier run; name another folder or add --force")
        _require_clear(target, held, names)
    ancestor = next(p for p in (target.parent, *target.parents) if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK | os.X_OK):
        raise _fault(target, "cannot be written there")
    return seen_at(target)


def seen_at(target: Path) -> str:
    """What tells one folder of results from another: the digest of its list."""
    with contextlib.suppress(OSError):
        return sha256((target / CONTENTS).read_bytes()).hexdigest()
    return NOBODY


def place(target: Path, fill: Callable[[Path], None], *, seen: str | None = None) -> Path:
    """Make a folder of results, whole or not at all; returns where it is.

    seen : what `require_usable` saw; where something else is there by now, a free name beside it is taken. Left out, what
    is there now is replaced. Raises CaseError where it cannot be written: then everything is as it was.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _settle(target)
        with _draft(target) as draft:
            fill(draft)
            (draft / CONTENTS).write_text(listing(draft), encoding="utf-8")
            with _alone(target.parent):
                return _exchanged(draft, target, seen_at(target) if seen is None else seen)
    except OSError as error:
        raise _fault(target, f"cannot be written: {error.strerror or error}") from None


def _exchanged(draft: Path, target: Path, seen: str) -> Path:
    if not _is_something(target):
        os.rename(draft, target)
        return target
    held = entries(target)
    if held is None or seen_at(target) != seen:
        target = next(free for n in count(2) if not _is_something(free := target.with_name(f"{target.name}-{n}")))
        os.rename(draft, target)
        return target
    _require_clear(target, held, (path.relative_to(draft).as_posix() for path in _files(draft)))
    others = [path.relative_to(target) for path in _files(target) if not _is_ours(path, target, held)]
    for other in others:
        _also(target / other, draft / other)
    shutil.copymode(target, draft)
    _swap(draft, target)
    return target


def _is_something(target: Path) -> bool:
    """Whether a place is taken; an empty folder is not."""
    return os.path.lexists(target) and not (target.is_dir() and not target.is_symlink() and not any(target.iterdir()))


def _is_ours(path: Path, folder: Path, held: Mapping[str, Entry]) -> bool:
    name = path.relative_to(folder).as_posix()
    return name == CONTENTS or name in held


def _files(folder: Path) -> Iterator[Path]:
    """Everything below a folder that is no folder, and folders in which there is nothing; links are not followed."""
    for place, below, names in os.walk(folder):
        yield from (Path(place, name) for name in names)
        yield from (Path(place, name) for name in below if Path(place, name).is_symlink())
        if not names and not below and Path(place) != folder:
            yield Path(place)


def _require_clear(target: Path, held: Mapping[str, Entry], names: Iterable[str]) -> None:
    """CaseError where a file that is not ours is in the way of one that will be written."""
    ours = {*held, CONTENTS}
    faults = [
        Fault("--out", str(target / name), "was not written by dermatwin and would be replaced; move it")
        for name in names
        if name not in ours and (os.path.lexists(target / name) or _is_under_a_file(target, name, ours))
    ]
    if faults:
        raise CaseError(faults)


def _is_under_a_file(target: Path, name: str, ours: set[str]) -> bool:
    """Whether a part of a name on the way is a file or a link of somebody else."""
    parts = name.split("/")
    ways = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    return any(way not in ours and os.path.lexists(target / way) and not _is_folder(target / way) for way in ways)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _also(here: Path, there: Path) -> None:
    """The same file at a second place: by a second name where the disk can do that, else by a copy."""
    there.parent.mkdir(parents=True, exist_ok=True)
    if _is_folder(here):
        there.mkdir(exist_ok=True)
        return
    try:
        os.link(here, there, follow_symlinks=False)
    except OSError:
        shutil.copy2(here, there, follow_symlinks=False)


def _swap(draft: Path, target: Path) -> None:
    """Each takes the other's name, in one step where the system knows one."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            rename = ctypes.CDLL(None, use_errno=True).renameat2
            if rename(_HERE, os.fsencode(draft), _HERE, os.fsencode(target), _EXCHANGE) == 0:
                return
    aside = target.parent / f"{_hidden(target, 'aside')}{token_hex(4)}"
    try:
        os.rename(target, aside)
        os.rename(draft, target)
    except BaseException:
        if not os.path.lexists(target):
            os.rename(aside, target)
        raise
    os.rename(aside, draft)


@contextlib.contextmanager
def _draft(target: Path) -> Generator[Path]:
    """A hidden folder beside the target, held as long as this process lives, and gone at the end."""
    draft = target.parent / f"{_hidden(target, 'draft')}{token_hex(4)}"
    draft.mkdir()
    try:
        with _alone(draft):
            yield draft
    finally:
        _retire(draft, target)


def _retire(old: Path, target: Path) -> None:
    """Let a draft, or the folder that it was exchanged for, go: what others had left in it stands in the new one first."""
    held = entries(old)
    if held is not None and _is_folder(target):
        for path in list(_files(old)):
            other = path.relative_to(old)
            if not _is_ours(path, old, held) and not os.path.lexists(target / other):
                _also(path, target / other)
    shutil.rmtree(old, ignore_errors=True)


def _hidden(target: Path, what: str) -> str:
    return f".{target.name}-{what}-"


def _settle(target: Path) -> None:
    """Put in order what killed runs left beside a target; an exchange that is under way is waited for."""
    if not (_beside(target, "aside") or _beside(target, "draft")):
        return
    with contextlib.suppress(OSError), _alone(target.parent):
        for aside in _beside(target, "aside"):
            if not os.path.lexists(target):
                os.rename(aside, target)
            elif entries(aside) is not None:  # without its list nobody can tell what in it is of others
                _retire(aside, target)
        for draft in _beside(target, "draft"):
            with contextlib.suppress(OSError), _alone(draft, wait=False):
                _retire(draft, target)


def _beside(target: Path, what: str) -> list[Path]:
    """Hidden folders of a target, by what they are."""
    from glob import escape

    return sorted(target.parent.glob(f"{escape(_hidden(target, what))}*"))


@contextlib.contextmanager
def _alone(folder: Path, *, wait: bool = True) -> Generator[None]:
    """Hold a folder against other processes; OSError if it is held and `wait` is not wanted. Without locks: nothing."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system
        if not wait:
            raise OSError("no locks") from None
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            if not wait:
                raise
        yield
    finally:
        os.close(handle)


def _fault(target: Path, expected: str) -> CaseError:
    return CaseError([Fault("--out", str(target), expected)])
