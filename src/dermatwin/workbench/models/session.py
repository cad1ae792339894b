"""A treatment session as it was held: checklist, device, sterile piece, products by lot, every zone, every deviation.

A session that is finished never changes: not through a form, not through the model, not past it (triggers of the database).
What has to be put right afterwards is an addendum beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from .catalogue import Cartridge, ConsentText, Device, ProductLot
from .person import Patient
from .plan import Plan
from .record import Fixed, Record


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

    @property
    def valid(self) -> bool:
        """Whether it still holds: not withdrawn, and the words are those that were signed."""
        return self.withdrawn_at is None and self.text_sha256 == self.text.sha256

    def save(self, *args: Any, **options: Any) -> None:
        """Give it, or withdraw it; raises `Fixed` for any other change of what was signed."""
        before = None if self._state.adding else type(self)._base_manager.get(pk=self.pk)
        if before is not None and any(getattr(before, name) != getattr(self, name) for name in SIGNED):
            raise Fixed("what was signed never changes; it is withdrawn, and given anew")
        super().save(*args, **options)


SIGNED = ("patient_id", "plan_id", "text_id", "text_sha256", "given_at", "signed_name", "witnessed_by_id")
"""What of a consent stands as it was signed."""


class OfHeld(Record):
    """Base of what belongs to a session: it is fixed once the session is finished."""

    class Meta(Record.Meta):
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save while the session is under way; raises `Fixed` afterwards."""
        require_open(self.session_id)  # pyright: ignore[reportAttributeAccessIssue]
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Take out what was entered wrongly, while the session is under way; raises `Fixed` afterwards."""
        require_open(self.session_id)  # pyright: ignore[reportAttributeAccessIssue]
        return super().delete(*args, **options)


def require_open(session: UUID | None) -> None:
    """Raises `Fixed` for a session that is finished."""
    if Session.objects.filter(pk=session, state="done").exists():
        raise Fixed("a finished session never changes; write an addendum")


class Session(Record):
    """One session of a signed plan."""

    get_state_display: Callable[[], str]
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
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField("signed by", max_length=120, blank=True)
    note = models.TextField(max_length=2000, blank=True)

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_session_of_a_number"),
            models.CheckConstraint(
                name="held_with_consent_device_and_cartridge",
                condition=~Q(state__in=["under_way", "done"])
                | Q(
                    consent__isnull=False,
                    device__isnull=False,
                    cartridge__isnull=False,
                    held_by__isnull=False,
                    started_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="finished_by_somebody_with_a_name",
                condition=~Q(state="done") | (Q(ended_at__isnull=False, signed_by__isnull=False) & ~Q(signed_name="")),
            ),
        ]
        indexes = [models.Index(fields=["patient", "-planned_for"])]
        ordering = ["planned_for"]

    def __str__(self) -> str:
        return f"Session {self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        """Save a session that is not finished; raises `Fixed` for one that is."""
        if not self._state.adding:
            require_open(self.pk)
        super().save(*args, **options)


class Addendum(Record):
    """What is put right about a session that is finished; signed by whoever writes it, and itself never changed."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField("what is put right", max_length=2000)
    signed_name = models.CharField(max_length=120)

    class Meta(Record.Meta):
        ordering = ["made_at"]
        verbose_name_plural = "addenda"

    def save(self, *args: Any, **options: Any) -> None:
        """Write it once."""
        if not self._state.adding:
            raise Fixed("an addendum never changes; write another")
        super().save(*args, **options)


class SessionZone(OfHeld):
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

    get_endpoint_display: Callable[[], str]

    class Meta(OfHeld.Meta):
        constraints = [models.UniqueConstraint(fields=["session", "zone"], name="one_row_for_a_zone_of_a_session")]


class SessionProduct(OfHeld):
    """Something put on the skin in a session, of which lot, how much, when."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="products")
    lot = models.ForeignKey(ProductLot, on_delete=models.PROTECT, related_name="uses")
    zone = models.CharField(max_length=60, blank=True)
    grams = models.DecimalField(max_digits=6, decimal_places=2)
    applied_at = models.DateTimeField("put on at", null=True, blank=True)
    removed_at = models.DateTimeField("taken off at", null=True, blank=True)

    class Meta(OfHeld.Meta):
        ordering = ["made_at"]
