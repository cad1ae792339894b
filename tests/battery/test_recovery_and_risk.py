"""Concern x zone x phototype x kind of device: all answer, with finite numbers in the order of the laws."""

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from builders import patient_of, zone_of
from dermatwin import barrier, healing, insertion, outcome
from dermatwin.case.document import Phototype, Settings
from dermatwin.core import Luck
from dermatwin.device import find
from dermatwin.evidence import Draws, Evidence
from dermatwin.history import stranger
from dermatwin.outcome import reference_course
from dermatwin.skin import section_of, sites

EVIDENCE = Evidence.packaged()

COUNT, HORIZON, DAYS = 16, 100.0, (0.0, 28.0)
DEVICES = {"pen": "pen-12", "roller": "roller-192", "stamp": "stamp-35"}
PLACES = ("cheek", "forehead", "periorbital", "upper_lip", "neck", "scalp", "abdomen", "thigh", "buttock")
RISKS = (
    "pih_risk",
    "tram_track_risk",
    "hypertrophic_scar_risk",
    "infection_risk",
    "herpes_risk",
    "prolonged_bleeding_risk",
    "serious_event_risk",
    "granuloma_risk",
)
SIGNS = (
    "peak_erythema",
    "redness_duration",
    "swelling_duration",
    "soreness_duration",
    "bruise_duration",
    "downtime_makeup",
    "downtime_unnoticeable",
    "bleeding_points",
    "pain_vas",
)
DRAWS = Draws(Evidence.packaged(), Luck(3, COUNT))


@pytest.fixture(scope="module")
def usual():
    """The reference course under the same draws."""
    course = reference_course(DRAWS)
    skin = section_of(course.zone, course.person.patient, DRAWS)
    device = find(course.device, EVIDENCE)
    needles = [insertion.insert(device, course.settings, skin, DRAWS, n) for n in range(len(course.session_days))]
    return healing.heal(needles, course.session_days, skin, course.person, course.horizon, DRAWS)


def read(site, phototype, kind, usual, *, length="1.5 mm", sun="usual", days=DAYS, density="250 / cm^2"):
    zone = zone_of(site, *outcome.concerns(EVIDENCE), area="30 cm^2")
    patient = patient_of(phototype=phototype, sun=sun)
    skin, who = section_of(zone, patient, DRAWS), stranger(patient, EVIDENCE)
    settings = Settings.model_validate({"needle_length": length, "density": density})
    needles = [insertion.insert(find(DEVICES[kind], EVIDENCE), settings, skin, DRAWS, n) for n in range(len(days))]
    channels = [barrier.close(p, skin, DRAWS) for p in needles]
    history = healing.heal(needles, days, skin, who, HORIZON, DRAWS)
    course, belief = outcome.Course(history, needles, channels), outcome.Belief(DRAWS, reference=usual)
    return outcome.read_out(zone, who, skin, course, belief)


def middle(found, name):
    """Mean of a reading over the draws that healed."""
    return float(np.nanmean(next(r.values for r in found.readings if r.name == name)))


def test_the_places_are_sites():
    assert set(PLACES) <= set(sites(EVIDENCE))


@pytest.mark.parametrize("kind", DEVICES)
@pytest.mark.parametrize("site", PLACES)
def test_every_combination_answers_in_order(site, kind, usual):
    """A number with grade, 'no evidence' or 'refer' for every concern; pigment never falls from phototype I to VI."""
    pigment, hidden = [], []
    for phototype in get_args(Phototype):
        found = read(site, phototype, kind, usual)
        assert {a.concern for a in found.answers} == set(outcome.concerns(EVIDENCE))
        assert {a.kind for a in found.answers} <= {"number", "no_evidence", "refer"}
        assert all(a.grade in tuple("ABCDE") for a in found.answers if a.kind == "number")
        numbered = {r.name for r in found.readings if r.name.startswith("relative_improvement")}
        assert numbered == {f"relative_improvement[{a.concern}]" for a in found.answers if a.kind == "number"}
        for reading in found.readings:
            base = reading.quantity
            assert np.isfinite(reading.values).all(), reading.name
            if base in RISKS:
                assert ((reading.values >= 0.0) & (reading.values <= 1.0)).all(), reading.name
            if base in SIGNS:
                assert (reading.values >= 0.0).all(), reading.name
        assert {r.name for r in found.readings} >= {*RISKS, *(f"{sign}[{n}]" for sign in SIGNS for n in (1, 2))}
        pigment.append(middle(found, "pih_risk"))
        hidden.append(middle(found, "downtime_unnoticeable[1]"))
    assert all(light <= dark for light, dark in pairwise(pigment))
    assert pigment[-1] > pigment[0]
    assert all(light >= dark - 1e-9 for light, dark in pairwise(hidden))


@pytest.mark.parametrize("kind", DEVICES)
def test_deeper_and_denser_never_bleed_or_hurt_less(kind, usual):
    shallow, deep = (read("cheek", "III", kind, usual, length=length) for length in ("0.5 mm", "2 mm"))
    few, many = (read("cheek", "III", kind, usual, density=density) for density in ("100 / cm^2", "400 / cm^2"))
    for one, more in ((shallow, deep), (few, many)):
        for name in ("bleeding_points[1]", "pain_vas[1]", "peak_erythema[1]", "pih_risk"):
            assert middle(one, name) <= middle(more, name), name
    assert middle(shallow, "prolonged_bleeding_risk") <= middle(deep, "prolonged_bleeding_risk")


def test_sun_sessions_and_body_raise_what_they_should(usual):
    calm, plain, sunny = (
        middle(read("cheek", "IV", "pen", usual, sun=sun), "pih_risk") for sun in ("protected", "usual", "strong")
    )
    assert calm <= plain <= sunny
    assert calm < sunny
    one, three = (read("cheek", "III", "pen", usual, days=days) for days in ((0.0,), (0.0, 28.0, 56.0)))
    for name in ("pih_risk", "infection_risk", "tram_track_risk", "herpes_risk", "serious_event_risk"):
        assert middle(one, name) < middle(three, name)


def test_never_seen_is_a_bound_and_not_zero(usual):
    found = read("cheek", "III", "pen", usual)
    assert set(found.counts) == set(RISKS)
    for name in ("hypertrophic_scar_risk", "herpes_risk", "prolonged_bleeding_risk", "serious_event_risk"):
        counts = found.counts[name]
        assert counts.needled.events == 0
        assert counts.upper == pytest.approx(1.0 - 0.05 ** (1.0 / counts.needled.people))
        assert counts.upper == pytest.approx(3.0 / counts.needled.people, rel=0.05)
        assert middle(found, name) > 0.0
    assert found.counts["pih_risk"].upper is None
    assert 0 < found.counts["pih_risk"].needled.events < found.counts["pih_risk"].needled.people
