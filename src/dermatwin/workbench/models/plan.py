"""Plans and what is computed for them. The case text of a plan is the contract with the twin.

A plan that is signed never changes: not through a form, not through the model, not past it (triggers of the database, see
the first migrations). It is superseded: by a plan that names it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models

from .consultation import Consultation, ScreeningResult
from .job import Job
from .person import Patient
from .record import Fixed, Record


class Search(Job):
    """A search for courses that suit the person; its offers become plans."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="searches")
    case_text = models.TextField()
    budget = models.PositiveIntegerField(default=60)
    draws = models.PositiveIntegerField(default=60)
    seed = models.PositiveIntegerField(default=1)
    result = models.JSONField(default=dict)
    reason = models.TextField("why nothing is offered", blank=True)


class Plan(Record):
    """A course as a case document: proposed, or signed."""

    ORIGINS = [("usual", "literature's usual course"), ("search", "found for this person"), ("own", "made by hand"),
               ("import", "imported case")]  # fmt: skip

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    consultation = models.ForeignKey(Consultation, null=True, on_delete=models.PROTECT, related_name="plans")
    search = models.ForeignKey(Search, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    screening_id: UUID | None
    screening = models.ForeignKey(ScreeningResult, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    origin = models.CharField(max_length=10, choices=ORIGINS)
    title = models.CharField(max_length=200)
    course = models.TextField("the course in words", blank=True)
    offer = models.JSONField("what it is worth", default=dict)
    case_text = models.TextField()
    case_sha256 = models.CharField(max_length=64)
    start = models.DateField("first session")
    supersedes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField("set aside", null=True, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "-made_at"])]
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="signed_by_somebody_with_a_name",
                condition=models.Q(signed_at=None, signed_by=None, signed_name="")
                | (models.Q(signed_at__isnull=False, signed_by__isnull=False) & ~models.Q(signed_name="")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def signed(self) -> bool:
        """Whether somebody put their name to it."""
        return self.signed_at is not None

    def save(self, *args: Any, **options: Any) -> None:
        """Save a plan that is not signed yet; raises `Fixed` for one that is."""
        if not self._state.adding and type(self)._base_manager.filter(pk=self.pk, signed_at__isnull=False).exists():
            raise Fixed("a signed plan never changes; a new one supersedes it")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete a plan that was never signed."""
        if self.signed:
            raise Fixed("a signed plan is never deleted")
        return super().delete(*args, **options)


class Run(Job):
    """One simulation of a plan's case: its folder is what the command line writes."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="runs")
    case_text = models.TextField()
    draws = models.PositiveIntegerField(default=200)
    seed = models.PositiveIntegerField(default=1)
    dermatwin_version = models.CharField(max_length=40, blank=True)
    summary_sha256 = models.CharField("hash of summary.json", max_length=64, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    numbing = models.JSONField("numbing of every session, as its order says it", default=list)


class Forecast(Job):
    """A forecast moved by what was seen: the run before, the observations, what came of them. Earlier ones stay."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="forecasts")
    prior = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="forecasts")
    case_text = models.TextField()
    draws = models.PositiveIntegerField(default=200)
    seed = models.PositiveIntegerField(default=1)
    observations = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    dermatwin_version = models.CharField(max_length=40, blank=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
