"""What is kept so that others can trust the rest: the audit log, erasures, and the clinic's own name."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models

from .record import Fixed, Record


class AuditEntry(models.Model):
    """Who read or wrote what, when. Appended by `audit.note` alone; chained by hash (see `audit`)."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField("when, UTC", max_length=32)
    user = models.CharField("id of the user", max_length=36, blank=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=30)
    what = models.CharField("page or kind of record", max_length=60)
    record = models.CharField("id of the record", max_length=36, blank=True, db_index=True)
    patient = models.CharField("id of the patient", max_length=36, blank=True, db_index=True)
    details = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]

    def save(self, *args: Any, **options: Any) -> None:
        """Append; raises `Fixed` for an entry that is there already."""
        if not self._state.adding:
            raise Fixed("an entry of the audit log never changes")
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise Fixed("an entry of the audit log is never deleted")


class Erasure(models.Model):
    """A wish to be forgotten: asked for by one, approved by another. Names nobody: the id of the person is all it keeps."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.UUIDField("id of the person", db_index=True)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]


class SpentToken(models.Model):
    """A token of a clinical system that was shown here: it opens nothing twice. Kept until it has expired anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)


class Clinic(Record):
    """The clinic's name and habits; one row."""

    name = models.CharField(max_length=120)
    address = models.TextField(max_length=500, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    made_up = models.BooleanField("a made-up clinic to look around in", default=False, editable=False)

    def __str__(self) -> str:
        return self.name
