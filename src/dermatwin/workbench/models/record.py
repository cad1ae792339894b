"""What every record of the clinic has: an id that nobody guesses, a version that no edit overtakes, and its earlier states.

Optimistic locking: a record is saved only over the version that was read. Whoever is late gets `Overtaken`, and nothing of
the other's edit is lost. Every saved state is kept by django-simple-history, with the person who saved it.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from simple_history.models import HistoricalRecords


class Overtaken(Exception):
    """Somebody else changed the record since it was read."""

    def __init__(self, record: Record) -> None:
        super().__init__(f"{record._meta.verbose_name} was changed by somebody else in the meantime")
        self.record = record


class Fixed(Exception):
    """A change of what may never change: a signed plan, an entry of the audit log."""


class Record(models.Model):
    """Base of all records that people edit."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    versions = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save over the version that was read; raises `Overtaken` where there is a newer one."""
        if self._state.adding:
            super().save(*args, **options)
            return
        read = self.version
        with transaction.atomic():
            claimed = type(self)._base_manager.filter(pk=self.pk, version=read).update(version=read + 1)
            if not claimed:
                raise Overtaken(self)
            self.version = read + 1
            if options.get("update_fields") is not None:
                options["update_fields"] = {*options["update_fields"], "version", "changed_at"}
            try:
                super().save(*args, **options)
            except BaseException:
                self.version = read
                raise
