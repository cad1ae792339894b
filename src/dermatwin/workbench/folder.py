"""The clinic's folder: database, secrets, run folders, photographs, backups. Made at the first start; nobody else reads it.

workbench.sqlite3   the database, unless DATABASE_URL names another
secret.key          signs cookies and forms; mode 600
audit.key           keys the chain of the audit log; mode 600
runs/ photos/       what a page hands out only after a right was asked
backups/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

VARIABLE = "DERMATWIN_WORKBENCH"
"""The environment tells the processes of a workbench where its folder is."""

_OURS = 0o700
_SECRET = 0o600


@dataclass(frozen=True)
class Folder:
    """Where a clinic keeps what it keeps."""

    path: Path

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.path / "workbench.sqlite3"

    @property
    def runs(self) -> Path:
        """Run folders, one a run."""
        return self.path / "runs"

    @property
    def photos(self) -> Path:
        """Photographs, by id."""
        return self.path / "photos"

    @property
    def backups(self) -> Path:
        """Backups."""
        return self.path / "backups"

    def make(self) -> Folder:
        """Make what is missing; raises OSError where that cannot be."""
        for place in (self.path, self.runs, self.photos, self.backups):
            place.mkdir(mode=_OURS, parents=True, exist_ok=True)
        for name in ("secret.key", "audit.key"):
            _make_secret(self.path / name)
        return self

    def secret(self, name: str) -> str:
        """A secret of the folder."""
        return (self.path / name).read_text(encoding="ascii").strip()


def here() -> Folder:
    """The folder of this process: what the environment names, else `dermatwin-clinic` in the home of the user."""
    named = os.environ.get(VARIABLE)
    return Folder(Path(named) if named else Path.home() / "dermatwin-clinic")


def _make_secret(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _SECRET)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(token_urlsafe(48))
