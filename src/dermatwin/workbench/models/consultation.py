"""One consultation: the person as they were that day, what was asked, where and what bothers them, and the verdict."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from ...core import vocabulary
from .person import Patient
from .record import Record

PHOTOTYPES = [(name, name) for name in vocabulary.PHOTOTYPES]


class Consultation(Record):
    """A day on which a person was seen; the base of a case."""

    SUN = [("protected", "protects the skin"), ("usual", "usual"), ("strong", "strong sun")]

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consultations")
    day = models.DateField()
    phototype = models.CharField(max_length=3, choices=PHOTOTYPES)
    body_weight_kg = models.DecimalField(
        "body weight in kg",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(20), MaxValueValidator(350)],
    )
    smoker = models.BooleanField("smokes", default=False)
    pregnant = models.BooleanField(default=False)
    breastfeeding = models.BooleanField(default=False)
    sun = models.CharField(max_length=10, choices=SUN, default="usual")
    wish = models.TextField("what the person wishes, in their words", max_length=1000, blank=True)
    note = models.TextField(max_length=2000, blank=True)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["patient", "-day"])]
        ordering = ["-day", "-made_at"]

    def __str__(self) -> str:
        return f"Consultation of {self.day}"


class Answer(Record):
    """The answer to one question of the anamnesis."""

    ANSWERS = [("yes", "yes"), ("no", "no")]

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    answer = models.CharField(max_length=3, choices=ANSWERS)
    which = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    zone = models.CharField("where", max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["consultation", "question"], name="one_answer_to_a_question")]


class Zone(Record):
    """A stretch of skin that is to be treated."""

    SIDES = [("", "whole"), ("left", "left"), ("right", "right")]
    HYDRATIONS = [("dry", "dry"), ("usual", "usual"), ("hydrated", "hydrated")]

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="zones")
    site = models.CharField(max_length=60)
    side = models.CharField(max_length=5, choices=SIDES, blank=True)
    area_cm2 = models.DecimalField(
        "area in cm²", max_digits=6, decimal_places=1, validators=[MinValueValidator(1), MaxValueValidator(3000)]
    )
    hydration = models.CharField(max_length=10, choices=HYDRATIONS, default="usual")

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["consultation", "site", "side"], name="one_zone_of_a_site_and_side")]
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.side} {self.site}".strip().replace("_", " ")

    @property
    def key(self) -> str:
        """Its name in the case: unlike any other of the consultation."""
        return f"{self.site}_{self.side}" if self.side else self.site


class Concern(Record):
    """What bothers the person in a zone, on a scale of the field where there is one."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="concerns")
    concern = models.CharField(max_length=60)
    scale = models.CharField(max_length=60, blank=True)
    grade = models.FloatField(null=True, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["zone", "concern"], name="one_concern_of_a_zone")]
        ordering = ["made_at"]

    def __str__(self) -> str:
        return self.concern.replace("_", " ")


class Judgement(Record):
    """What a clinician says of words in the history that the twin does not know."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="judgements")
    about = models.CharField(max_length=200)
    reading = models.CharField(max_length=60)
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()


class Override(Record):
    """A prescriber's reason to go on in spite of a soft stop. Withdrawn, not deleted."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ["made_at"]


class ScreeningResult(Record):
    """What screening said, of which case, by which evidence: kept as it was said."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="screenings")
    verdict = models.CharField(max_length=10)
    complete = models.BooleanField()
    findings = models.JSONField(default=list)
    not_asked = models.JSONField(default=list)
    case_text = models.TextField()
    case_sha256 = models.CharField(max_length=64)
    dermatwin_version = models.CharField(max_length=40)
    evidence_version = models.CharField(max_length=80)

    class Meta(Record.Meta):
        ordering = ["-made_at"]
