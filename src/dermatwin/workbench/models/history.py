"""What is known of a person's health: single lines, each with its source, each confirmed by somebody before it counts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import models

from .person import Patient
from .record import Record

OPEN_ITEM = {"confirmed_at": None, "dismissed": ""}
"""Lines of a history that wait for a yes or no."""


class Import(Record):
    """A record of somebody else's system, or a case file, as it came; its lines become items that somebody confirms."""

    KINDS = [("fhir", "FHIR R4 bundle"), ("case", "case file")]
    STATES = [("open", "to be reviewed"), ("done", "reviewed"), ("refused", "could not be read")]

    get_kind_display: Callable[[], str]
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=10, choices=KINDS)
    state = models.CharField(max_length=10, choices=STATES, default="open")
    file_name = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    said = models.TextField("what was wrong", blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"


class HistoryItem(Record):
    """One line: a condition, a medicine, an allergy, a procedure, or what an import brought and nobody knows."""

    KINDS = [("condition", "condition"), ("medication", "medicine"), ("allergy", "allergy"), ("procedure", "procedure"),
             ("unknown", "not known")]  # fmt: skip
    STATUSES = [("active", "present"), ("past", "over"), ("denied", "does not have it"), ("family", "in the family")]
    SOURCES = [("told", "told by the person"), ("document", "seen in a document"), ("import", "imported record")]

    get_kind_display: Callable[[], str]
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=KINDS)
    text = models.CharField("what it is", max_length=200)
    status = models.CharField(max_length=10, choices=STATUSES, default="active")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    zone = models.CharField("where", max_length=60, blank=True)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=10, choices=SOURCES, default="told")
    code_system = models.CharField(max_length=100, blank=True, editable=False)
    code = models.CharField(max_length=60, blank=True, editable=False)
    brought_by = models.ForeignKey(Import, null=True, editable=False, on_delete=models.PROTECT, related_name="items")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    dismissed = models.CharField("why it does not count", max_length=200, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "kind"])]
        ordering = ["kind", "made_at"]

    def __str__(self) -> str:
        return self.text

    @property
    def counts(self) -> bool:
        """Whether it goes into a case: confirmed, and not set aside."""
        return self.confirmed_at is not None and not self.dismissed

    @property
    def open(self) -> bool:
        """Whether somebody still has to say yes or no to it."""
        return self.confirmed_at is None and not self.dismissed
