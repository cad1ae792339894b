"""Text files that are written whole or not at all, and never over another file unless that is wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from secrets import token_hex

from ..core.errors import CaseError, Fault


def write_text(path: Path, text: str, *, force: bool) -> None:
    """Write a file; raises `CaseError` where one exists already and `force` is not given, or where nothing can be."""
    require_free(path, force=force)
    try:
        _write(path, text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CaseError([Fault(str(path), "", f"cannot be written: {reason}")]) from None


def require_free(path: Path, *, force: bool) -> None:
    """Find out, before the work that it takes, that a file may not be written: it exists already, or is no file."""
    if os.path.lexists(path) and not force:
        raise CaseError([Fault(str(path), "", "exists already; name another file or add --force")])
    if path.is_dir():
        raise CaseError([Fault(str(path), "", "is a folder; name a file in it")])
    if path.exists() and not path.is_file():
        raise CaseError([Fault(str(path), "", "is a device or a pipe, not a file; name a file")])


def tell_of(written: Path, wanted: Path) -> Path:
    """Say where a result is that did not get the name that was wanted: somebody else had it by then."""
    if written != wanted.absolute():
        from ..core.printing import printable

        said = f"{wanted}: was written by somebody else in the meantime; this result is in {written}"
        print(printable(said), file=sys.stderr)
    return written


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}-{token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)  # less what the umask takes away
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
