"""The reference course: what a driver or a hazard is compared with.

Trials hardly say what their needles did to the tissue. Their pooled effect is taken to be that of one usual course,
simulated with the same uncertain network as the case at hand, draw by draw: what nobody knows of the network's
amplitudes then cancels, and only the difference between two courses is left. The usual course is a roller, the device of
most trials that name one, at the density that is taught; how hard the trials really needled is unknown and stays as a
spread (`reference_dose`). The stages are chained
by the twin; here stands only what the course is. Without a simulated reference, parameters give its usual drivers, much
more roughly.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..case.document import Patient, Settings, Zone
from ..core.vocabulary import REFERENCE_PHOTOTYPE
from ..evidence import Draws
from ..history import Person, stranger

DEVICE, SITE, SEX = "roller-192", "cheek", "female"


@dataclass(frozen=True)
class ReferenceCourse:
    """Person, zone, needling and days of the reference course."""

    person: Person
    zone: Zone
    device: str
    settings: Settings
    session_days: tuple[float, ...]
    horizon: float  # d, the day on which the effect is read


def reference_course(draws: Draws) -> ReferenceCourse:
    """The course behind the pooled effects of trials; every number is an evidence parameter."""
    sessions, interval = int(draws.median("reference_sessions", "1")), draws.median("reference_interval", "d")
    days = tuple(number * interval for number in range(sessions))
    age = _text(draws, "reference_person_age", "yr")
    patient = Patient.model_validate({"age": age, "sex": SEX, "phototype": REFERENCE_PHOTOTYPE})
    zone = Zone.model_validate({"zone": SITE, "area": _text(draws, "reference_area", "cm^2")})
    settings = Settings.model_validate(
        {
            "needle_length": _text(draws, "reference_needle_length", "mm"),
            "density": _text(draws, "reference_density", "1/cm^2"),
        }
    )
    return ReferenceCourse(
        stranger(patient, draws.evidence), zone, DEVICE, settings, days, days[-1] + draws.median("reference_followup", "d")
    )


def _text(draws: Draws, name: str, unit: str) -> str:
    return f"{draws.median(name, unit):g} {unit}"
