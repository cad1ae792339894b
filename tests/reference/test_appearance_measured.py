"""Rendered skin against skin that others measured; no parameter was fitted to any of it.

NIST: 100 inner forearms, spectra with gloss, colours computed from them by colour-science 0.4.7. They have no phototypes,
so that people of the same typology angle are compared. Park 1997 and COLIPA: what the least sunburn does to the index of a
meter and to a*.
"""

import numpy as np
import pytest

from dermatwin.case.document import Patient, Zone
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.optics import MeasuredColourRow, MeasuredReflectanceRow
from dermatwin.outcome import appearance
from dermatwin.outcome.appearance import course
from dermatwin.skin import section_of

PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
ANGLES = ((55, 70), (45, 55), (30, 45), (10, 30), (-30, 10))
EVIDENCE = Evidence.packaged()


def rows(kind, *columns):
    return np.array([row.identity(columns) for row in EVIDENCE.rows(kind)])


@pytest.fixture(scope="module")
def forearms():
    """Spectra and colours of simulated forearms by phototype."""
    draws = Draws(EVIDENCE, Luck(1, 150, frozenset(("knowledge", "person"))))
    found = {}
    for phototype in PHOTOTYPES:
        skin = section_of(
            Zone(zone="volar_forearm", area="50 cm^2"), Patient(age="40 yr", sex="female", phototype=phototype), draws
        )
        model = appearance.optics(skin, draws)
        found[phototype] = model.reflectance(appearance.Complexion(model.film[:, None], np.zeros((150, 1))))[:, 0]
    return found


def test_the_packaged_spectra_give_the_colours_of_the_other_program():
    spectrum = rows(MeasuredReflectanceRow, "median")[:, 0]
    ours = appearance.lab(appearance.tristimulus(spectrum, EVIDENCE), EVIDENCE)
    theirs = np.median(rows(MeasuredColourRow, "l_star", "a_star", "b_star"), axis=0)
    assert ours == pytest.approx(theirs, abs=0.7)


@pytest.mark.parametrize(("low", "high"), ANGLES)
def test_people_of_the_same_typology_angle_have_the_same_colour(forearms, low, high):
    measured = rows(MeasuredColourRow, "l_star", "a_star", "b_star")
    simulated = appearance.lab(appearance.tristimulus(np.concatenate(list(forearms.values())), EVIDENCE), EVIDENCE)
    seen, made = (
        c[(appearance.ita(c, EVIDENCE) > low) & (appearance.ita(c, EVIDENCE) <= high)] for c in (measured, simulated)
    )
    assert np.median(made, axis=0) == pytest.approx(np.median(seen, axis=0), abs=2.5)


def test_the_spectrum_of_light_skin_lies_within_the_measured_band(forearms):
    wavelength, low, high = rows(MeasuredReflectanceRow, "wavelength_nm", "low", "high").T
    middle = np.median(np.concatenate([forearms["I"], forearms["II"]]), axis=0)
    visible = wavelength < 700
    assert (middle[visible] > low[visible]).all()
    assert (middle[visible] < high[visible] + 0.005).all()
    assert (middle < high + 0.05).all()  # in the far red too bright: a real dermis ends, and light leaves sideways


def test_the_six_types_span_the_lightness_of_193_volunteers(forearms):
    middle = [
        float(np.median(appearance.lab(appearance.tristimulus(forearms[p], EVIDENCE), EVIDENCE)[:, 0])) for p in PHOTOTYPES
    ]
    assert middle == sorted(middle, reverse=True)
    assert 60.0 < middle[0] < 75.96
    assert 30.15 - 5.0 < middle[-1] < 40.0


def test_types_and_typology_classes_pair_as_they_are_usually_paired(forearms):
    """Within a class: who is called type IV differs between studies, and one class is 20 degrees wide."""
    usual = {"I": (41, 90), "II": (41, 55), "III": (28, 41), "IV": (-5, 28), "V": (-30, 10), "VI": (-90, -30)}
    for phototype, (low, high) in usual.items():
        angle = np.median(
            appearance.ita(appearance.lab(appearance.tristimulus(forearms[phototype], EVIDENCE), EVIDENCE), EVIDENCE)
        )
        assert low - 3 <= angle <= high + 3, phototype


def test_a_melanin_meter_tells_the_types_apart_where_it_did_in_70_volunteers(forearms):
    """Melanin index 42 between types I-III and IV, 47 between IV and V-VI; type IV was placed by this."""
    wavelength = rows(MeasuredReflectanceRow, "wavelength_nm")[:, 0]
    index = {
        p: float(np.median(appearance.indices(spectra[:, 20], spectra[:, np.argmin(abs(wavelength - 660))])[1]))
        for p, spectra in forearms.items()
    }
    assert index["III"] < 42 < index["IV"] + 4
    assert index["IV"] < 50 < index["V"] + 4 < index["VI"]


def sunburnt(phototype):
    """Change of L*, a*, b* when a meter's index rises by 4.5 (8.7 to 13.2), as it does at the minimal erythema dose."""
    draws = Draws(EVIDENCE, Luck(1, 1, frozenset()))
    person = Patient(age="25 yr", sex="female", phototype=phototype)
    skin = section_of(Zone(zone="lower_back", area="50 cm^2"), person, draws)
    model = appearance.optics(skin, draws)
    blood = np.linspace(0.0, 0.03, 40)[None]
    enough = float(np.interp((13.2 - 8.7) / 100.0, course.meter_rise(blood, model, draws)[0], blood[0]))
    shown = appearance.Complexion(model.film[:, None] * np.ones((1, 2)), np.array([[0.0, enough]]))
    colours = appearance.lab(appearance.tristimulus(model.reflectance(shown), EVIDENCE), EVIDENCE)[0]
    return colours[1] - colours[0]


@pytest.mark.parametrize("phototype", ["II", "III"])
def test_the_least_sunburn_raises_a_star_about_as_much_as_sunscreen_tests_say(phototype):
    lightness, redness, _ = sunburnt(phototype)
    assert redness == pytest.approx(2.5, abs=1.0)
    assert lightness < 0.0


@pytest.mark.xfail(strict=True, reason="added blood raises b* a little on light skin; see evidence erythema_vessel_radius")
def test_redness_takes_yellow_away_as_a_day_after_sunburn():
    assert sunburnt("II")[2] < 0.0
