"""The person treated, as the front desk knows them, and when they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import models

from .record import Record

SEXES = [("female", "female"), ("male", "male")]


class Patient(Record):
    """Name, birthday, how to reach them. What is clinical stands in other records."""

    number = models.CharField("file number", max_length=30, unique=True)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField("first name", max_length=100)
    family_key = models.CharField(max_length=100, editable=False, db_index=True)
    given_key = models.CharField(max_length=100, editable=False, db_index=True)
    birth_date = models.DateField("date of birth")
    sex = models.CharField(max_length=6, choices=SEXES)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.TextField(max_length=500, blank=True)
    language = models.CharField("language of the sheets", max_length=5, default="en")
    note = models.TextField("note of the front desk", max_length=1000, blank=True)
    closed_on = models.DateField("file closed on", null=True, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["family_key", "given_key", "id"])]
        ordering = ["family_key", "given_key", "id"]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    def save(self, *args: object, **options: object) -> None:
        """Keep what is searched for beside what is shown."""
        self.family_key, self.given_key = self.family_name.casefold()[:100], self.given_name.casefold()[:100]
        super().save(*args, **options)

    def age_on(self, day: date) -> int:
        """Full years on a day."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Appointment(Record):
    """A visit that is or was expected."""

    KINDS = [("consultation", "consultation"), ("session", "session"), ("review", "review"), ("call", "call")]
    STATES = [("expected", "expected"), ("arrived", "arrived"), ("done", "done"), ("missed", "did not come"),
              ("cancelled", "cancelled")]  # fmt: skip

    get_kind_display: Callable[[], str]
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    at = models.DateTimeField("day and time", db_index=True)
    minutes = models.PositiveSmallIntegerField(default=45)
    kind = models.CharField(max_length=20, choices=KINDS, default="consultation")
    state = models.CharField(max_length=20, choices=STATES, default="expected")
    session = models.OneToOneField(
        "workbench.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="appointment"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "-at"])]
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
