"""A treatment session as it was held: checklist, device, sterile piece, products by lot, every zone, every deviation."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .catalogue import Cartridge, ConsentText, Device, ProductLot
from .person import Patient
from .plan import Plan
from .record import Record


class Consent(Record):
    """What somebody agreed to, in which words; withdrawn, not deleted."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    signed_name = models.CharField("signed by", max_length=120)
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.text}{', withdrawn' if self.withdrawn_at else ''}"


class Session(Record):
    """One session of a signed plan."""

    STATES = [("planned", "planned"), ("under_way", "under way"), ("done", "done"), ("missed", "missed"),
              ("dropped", "dropped for another plan")]  # fmt: skip

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sessions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    planned_for = models.DateField(db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default="planned")
    checklist = models.JSONField(default=dict)
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    cartridge = models.OneToOneField(Cartridge, null=True, blank=True, on_delete=models.PROTECT, related_name="session")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_session_of_a_number")]
        indexes = [models.Index(fields=["patient", "-planned_for"])]
        ordering = ["planned_for"]

    def __str__(self) -> str:
        return f"Session {self.number}"


class SessionZone(Record):
    """One zone as it was needled: `zone` is its key in the case, `used` the settings that differed from the plan."""

    ENDPOINTS = [("none", "none"), ("erythema", "even redness"), ("pinpoint", "pinpoint bleeding"), ("bleeding", "bleeding")]

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="zones")
    zone = models.CharField(max_length=60)
    needle_length_mm = models.DecimalField("needle length in mm", max_digits=4, decimal_places=2)
    passes = models.PositiveSmallIntegerField()
    used = models.JSONField("other settings as used", default=dict, blank=True)
    endpoint = models.CharField("endpoint seen", max_length=10, choices=ENDPOINTS, blank=True)
    deviates = models.BooleanField(default=False)
    deviation = models.CharField("why it differs from the plan", max_length=500, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["session", "zone"], name="one_row_for_a_zone_of_a_session")]


class SessionProduct(Record):
    """Something put on the skin in a session, of which lot, how much, when."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="products")
    lot = models.ForeignKey(ProductLot, on_delete=models.PROTECT, related_name="uses")
    zone = models.CharField(max_length=60, blank=True)
    grams = models.DecimalField(max_digits=6, decimal_places=2)
    applied_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
