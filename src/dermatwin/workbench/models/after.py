"""What was seen afterwards: photographs, observations, symptoms, incidents; and the links that ask a person at home."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import models

from .person import Patient
from .plan import Plan
from .record import Record
from .session import Consent, Session


class Photo(Record):
    """A photograph, without its EXIF, stored outside everything that is served; tied to a consent."""

    VIEWS = [("front", "front"), ("left", "left profile"), ("right", "right profile"), ("left_oblique", "left at 45°"),
             ("right_oblique", "right at 45°"), ("close", "close up"), ("body", "body")]  # fmt: skip

    get_view_display: Callable[[], str]
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photos")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.PROTECT, related_name="photos")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="photos")
    view = models.CharField(max_length=20, choices=VIEWS)
    zone = models.CharField(max_length=60, blank=True)
    taken_at = models.DateTimeField()
    stored = models.CharField("file in the store", max_length=100, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "view", "taken_at"])]
        ordering = ["-taken_at"]

    def __str__(self) -> str:
        return f"{dict(self.VIEWS)[self.view]} {self.zone}".strip().replace("_", " ")


class Observation(Record):
    """Something measured, in the terms of the case: quantity, zone, day, value, unit, and who read it."""

    READERS = [("clinician", "clinician"), ("patient", "the person"), ("device", "device"), ("photo", "photograph")]

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="observations")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="observations")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.PROTECT, related_name="observations")
    quantity = models.CharField(max_length=200)
    zone = models.CharField(max_length=60)
    seen_on = models.DateField()
    value = models.FloatField()
    unit = models.CharField(max_length=80)
    read_by = models.CharField("read by", max_length=10, choices=READERS)
    confirmed = models.BooleanField("asked about and right", default=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "-seen_on"])]
        ordering = ["seen_on", "made_at"]

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.quantity}, {self.zone}: {self.value:g}{unit}".replace("_", " ")


class Symptom(Record):
    """What the person noticed, in plain words, with what triage said of it."""

    GETTING = [("", "not said"), ("better", "better"), ("same", "the same"), ("worse", "worse")]

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="symptoms")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="symptoms")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.PROTECT, related_name="symptoms")
    words = models.CharField("what was noticed", max_length=300)
    zone = models.CharField(max_length=60, blank=True)
    noticed_on = models.DateField()
    getting = models.CharField(max_length=6, choices=GETTING, blank=True)
    triage = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "-noticed_on"])]
        ordering = ["-noticed_on", "-made_at"]

    def __str__(self) -> str:
        return self.words


class AdverseEvent(Record):
    """An incident: what happened, after which session, what was done, how it ended, to whom it was reported."""

    GRADES = [(1, "mild"), (2, "moderate"), (3, "severe"), (4, "life-threatening")]
    OUTCOMES = [("open", "not over"), ("healed", "healed"), ("lasting", "left something behind")]

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="events")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=60)
    noticed_on = models.DateField(db_index=True)
    grade = models.PositiveSmallIntegerField(choices=GRADES)
    zone = models.CharField(max_length=60, blank=True)
    told = models.TextField("what happened", max_length=2000)
    done = models.TextField("what was done", max_length=2000, blank=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, default="open")
    reported_on = models.DateField("reported to the maker or the authority on", null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    get_grade_display: Callable[[], str]
    get_outcome_display: Callable[[], str]

    class Meta(Record.Meta):
        ordering = ["-noticed_on"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_grade_display()}".replace("_", " ")


class Invitation(Record):
    """A link that works once: a person at home fills a form. Only the hash of its token is kept."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invitations")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="invitations")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ["-made_at"]
