"""A clinic in one file, and back: database, secrets, run folders, photographs, and how the audit log ended.

The database is copied as of one moment, while others work on. The file holds the secrets too: it is as precious as the
folder. A backup is restored into a folder that does not exist yet, and `--check` looks the chain through.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .. import __version__
from ..core.errors import CaseError, Fault
from .folder import Folder

MANIFEST = "backup.json"
DUMP = "postgresql.dump"
_PARTS = ("secret.key", "audit.key", "runs", "photos")


def back_up(folder: Folder, target: Path) -> dict[str, Any]:
    """Write a backup; returns its manifest. CaseError for a target that exists already."""
    from .audit import verify

    if target.exists():
        raise CaseError([Fault("--backup", str(target), "exists already; name another file")])
    with TemporaryDirectory(prefix="backup-", dir=folder.backups) as place:
        name = _copied(folder, Path(place))
        chain = verify()
        manifest = {
            "dermatwin": __version__,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": name,
            "audit": {"entries": chain.length, "end": chain.end, "whole": chain.whole},
        }
        draft = Path(place) / "draft"
        _pack(folder, Path(place) / name, manifest, draft)
        os.replace(draft, target) if draft.stat().st_dev == target.parent.stat().st_dev else shutil.move(draft, target)
    return manifest


def _copied(folder: Folder, place: Path) -> str:
    """The database as of one moment; returns the name of its copy."""
    address = os.environ.get("DATABASE_URL", "")
    if address:
        _dump(address, place / DUMP)
        return DUMP
    with sqlite3.connect(folder.database) as source, sqlite3.connect(place / folder.database.name) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return folder.database.name


def _dump(address: str, target: Path) -> None:
    if shutil.which("pg_dump") is None:
        raise CaseError([Fault("--backup", "", "needs the program pg_dump of PostgreSQL on the path")])
    made = subprocess.run(
        ["pg_dump", "--format=custom", f"--file={target}", address], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CaseError([Fault("DATABASE_URL", "", f"pg_dump: {made.stderr.strip().splitlines()[-1]}")])


def _pack(folder: Folder, database: Path, manifest: dict[str, Any], draft: Path) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz") as pack:
        told = json.dumps(manifest, indent=2).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode = len(told), 0o600
        pack.addfile(head, io.BytesIO(told))
        pack.add(database, database.name)
        for part in _PARTS:
            pack.add(folder.path / part, part)


def restore(source: Path, target: Path) -> dict[str, Any]:
    """Unpack a backup into a folder that is not there yet or is empty; returns its manifest."""
    if target.exists() and any(target.iterdir()):
        raise CaseError([Fault("--folder", str(target), "is not empty; a backup is restored into a new folder")])
    try:
        with tarfile.open(source) as pack:
            manifest = _manifest(pack)
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            pack.extractall(target, filter="data")
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise CaseError([Fault("--restore", str(source), f"is not a backup of a workbench: {error}")]) from None
    if manifest["database"] == DUMP:
        _load(target / DUMP)
    return manifest


def _manifest(pack: tarfile.TarFile) -> dict[str, Any]:
    stream = pack.extractfile(MANIFEST)
    if stream is None:
        raise ValueError(f"{MANIFEST} is no file")
    return json.load(stream)


def _load(dump: Path) -> None:
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        raise CaseError([Fault("DATABASE_URL", "", "is missing: this backup is of a PostgreSQL; name an empty database")])
    made = subprocess.run(["pg_restore", f"--dbname={address}", str(dump)], capture_output=True, text=True, check=False)
    if made.returncode:
        raise CaseError([Fault("DATABASE_URL", "", f"pg_restore: {made.stderr.strip().splitlines()[-1]}")])
