"""What is known of a person's health: single lines, each with its source, each confirmed by somebody before it counts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import models

from .person import Patient
from .record import Record

OPEN_ITEM = {"confirmed_at": None, "dismissed": ""}
"""Lines of a history that wait for a yes or no."""
OPEN_LINE = {"decision": "waiting", "brought__state": "open"}
"""Lines of imported records that wait for a yes or no."""


class Import(Record):
    """A record of somebody else's system, or a case file, as it came; its lines become items that somebody confirms."""

    KINDS = [("fhir", "FHIR R4 bundle"), ("case", "case file")]
    STATES = [("open", "to be reviewed"), ("done", "reviewed"), ("refused", "could not be read"),
              ("aside", "set aside as a whole")]  # fmt: skip

    get_kind_display: Callable[[], str]
    get_state_display: Callable[[], str]
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=10, choices=KINDS)
    state = models.CharField(max_length=10, choices=STATES, default="open")
    file_name = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    read_on = models.DateField("read as of", null=True, editable=False)
    person = models.JSONField("whom it says it is about", default=dict, editable=False)
    partial = models.BooleanField("has more pages elsewhere", default=False, editable=False)
    said = models.TextField("what was wrong", blank=True)

    class Meta(Record.Meta):
        ordering = ["-made_at"]

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
    origin = models.JSONField("as the record says it", default=dict, editable=False)
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


class ImportLine(Record):
    """One line of an imported record: what it says, what was made of it, and what a person decided. None is ever lost.

    `told` is the line as it was read (`exchange.fhir.Line`), with `item`, the item of a case that it would be.
    """

    DECISIONS = [("none", "nothing to decide"), ("waiting", "waits for a yes or no"), ("confirmed", "confirmed"),
                 ("by_hand", "written by hand"), ("noted", "noted for the consultation"),
                 ("dismissed", "does not count")]  # fmt: skip

    get_decision_display: Callable[[], str]
    brought = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)
    told = models.JSONField(default=dict, editable=False)
    decision = models.CharField(max_length=10, choices=DECISIONS, default="none")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField("why it does not count", max_length=200, blank=True)
    item = models.OneToOneField(HistoryItem, null=True, editable=False, on_delete=models.PROTECT, related_name="line")

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["brought", "number"], name="one_line_of_a_number")]
        indexes = [models.Index(fields=["brought", "decision", "number"])]
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.told.get("says", ""))
