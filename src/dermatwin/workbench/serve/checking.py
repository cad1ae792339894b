"""`dermatwin serve --check`: what somebody who looks after a clinic's machine should see before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ..audit import verify
from ..factor import has_second_factor
from ..folder import Folder
from ..models import Clinic, User


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at: `right` None where it is only said."""

    what: str
    right: bool | None
    said: str


def checked(folder: Folder) -> Iterator[Checked]:
    """Everything, in the order in which it matters."""
    faults = [str(fault.msg) for fault in run_checks()]
    yield Checked("pages and rights", not faults, "; ".join(faults) or "every page has its right")
    executor = MigrationExecutor(connection)
    open_steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield Checked("database", not open_steps, f"{connection.vendor}, {len(open_steps)} migrations to be made")
    if not open_steps:
        yield from _contents()
    for path, most in ((folder.path, 0o700), (folder.path / "secret.key", 0o600), (folder.path / "audit.key", 0o600)):
        yield _private(path, most)
    how = settings.ADDRESS if settings.HTTPS else "this machine alone; cookies are not marked secure on plain loopback"
    yield Checked("address", None, how)
    yield Checked("idle sign-out", None, f"after {settings.IDLE.total_seconds() / 60:g} minutes")


def _contents() -> Iterator[Checked]:
    chain = verify()
    said = f"{chain.length} entries, ends with {chain.end}" if chain.whole else "; ".join(chain.broken[:5])
    yield Checked("audit log", chain.whole, said)
    without = [user.username for user in User.objects.filter(is_active=True) if not has_second_factor(user)]
    yield Checked("second factor", None, f"not set up yet: {', '.join(without)}" if without else "everybody has one")
    if Clinic.objects.filter(made_up=True).exists():
        yield Checked("clinic", False, "is made up: it asks for no second factor and is not for real people")


def _private(path: Path, most: int) -> Checked:
    mode = path.stat().st_mode & 0o777
    return Checked(str(path.name), mode | most == most, f"mode {mode:o}, at most {most:o}")
