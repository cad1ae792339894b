"""Long work: a row that says what is asked, how far it is, and what came of it. A worker does it; pages only read it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    """Base of work that takes longer than a page may."""

    STATES = [("waiting", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed"),
              ("stopped", "stopped")]  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    share = models.FloatField("share done", default=0.0)
    doing = models.CharField(max_length=200, blank=True)
    said = models.TextField("why it failed", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=["waiting", "running"]), name="%(class)s_under_way")]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "stopped")
