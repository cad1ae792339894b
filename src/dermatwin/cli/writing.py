"""Text files that are written whole or not at all, and never over another file unless that is wanted."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

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
    """Find out, before the work that it takes, that a file may not be written: it exists already, or is a folder."""
    if os.path.lexists(path) and not force:
        raise CaseError([Fault(str(path), "", "exists already; name another file or add --force")])
    if path.is_dir():
        raise CaseError([Fault(str(path), "", "is a folder; name a file in it")])


def _write(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent, text=False)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
