"""The first start: the database is made or brought up to date, and the first administrator is entered."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .audit import Deed, note
from .backups import back_up
from .folder import Folder
from .models import Clinic, User
from .rights import Role


def bring_up_to_date(folder: Folder) -> None:
    """Migrate, with a backup before where there is something to lose; make the table of short-lived notes."""
    if _has_records() and _open_steps():
        back_up(folder, folder.backups / f"before-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _has_records() -> bool:
    return "workbench_auditentry" in connection.introspection.table_names()


def _open_steps() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def has_administrator() -> bool:
    """Whether somebody can look after the people here."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def enter_administrator(username: str, password: str, clinic: str = "") -> User:
    """The first administrator; raises ValidationError for a password that is none."""
    unsaved = User(username=username, name=username, role=Role.ADMIN)
    validate_password(password, unsaved)
    user = User.objects.create_user(username, password, role=Role.ADMIN)
    if not Clinic.objects.exists():
        Clinic.objects.create(name=clinic or "Our clinic", made_by=user)
    note(user, Deed("first administrator", "account", str(user.pk)))
    return user
