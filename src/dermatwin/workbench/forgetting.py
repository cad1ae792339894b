"""A person is forgotten: every record with its earlier states, run folders, photographs. The audit chain stays whole.

What stays: entries of the audit log, which name the person by an id that leads nowhere any more; the erasure itself; backups
that were made before, which the page names. Cartridges stay as used pieces of their lot, without whom they were used on.
"""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from . import store
from .everything import WAYS, earlier, found
from .models import Erasure, Forecast, Patient, Photo, Run


def forget(erasure: Erasure) -> dict[str, int]:
    """Erase whom an approved erasure is about; returns how many records of each kind went.

    Files go first: an erasure that fails after them is done again, one that forgot them would never be noticed.
    """
    assert erasure.approved_at is not None
    with transaction.atomic():
        _leave_no_trace()
        ids = found(erasure.patient)
        _remove_files(ids)
        counts = {kind._meta.verbose_name or kind.__name__: _delete(kind, ids[kind]) for kind, _, _ in reversed(WAYS)}
        counts["patient"] = _delete(Patient, {erasure.patient})
        erasure.done_at = timezone.now()
        erasure.save()
    transaction.on_commit(_shorten_log)
    return {str(name): count for name, count in counts.items() if count}


def _delete(kind: type[Model], ids: set[Any]) -> int:
    """Rows and their earlier states, past every protection: all that points to them goes in the same transaction."""
    states = earlier(kind)
    if states is not None:
        states._default_manager.filter(id__in=ids)._raw_delete(using=connection.alias)  # type: ignore[attr-defined]
    rows = kind._default_manager.filter(pk__in=ids)
    count = rows.count()
    rows._raw_delete(using=connection.alias)  # type: ignore[attr-defined]
    return count


def _remove_files(ids: dict[type[Model], set[Any]]) -> None:
    states = earlier(Photo)
    assert states is not None
    names = {*Photo.objects.filter(pk__in=ids[Photo]).values_list("stored", flat=True)}
    names |= {*states._default_manager.filter(id__in=ids[Photo]).values_list("stored", flat=True)}
    for name in names:
        store.remove(name)
    for pk in (*ids[Run], *ids[Forecast]):
        _remove_folder(settings.FOLDER.runs / str(pk))


def _remove_folder(place: Path) -> None:
    if place.is_dir():
        rmtree(place)


def _leave_no_trace() -> None:
    """What SQLite deletes is overwritten, not only marked as free."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _shorten_log() -> None:
    """What was deleted does not stay in the write-ahead log either."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def remaining() -> list[Path]:
    """Backups that were made before, in which erased people still are."""
    return sorted(settings.FOLDER.backups.glob("*")) if settings.FOLDER.backups.is_dir() else []


def person(patient: UUID) -> Patient | None:
    """Who is meant, as long as they are known."""
    return Patient.objects.filter(pk=patient).first()
