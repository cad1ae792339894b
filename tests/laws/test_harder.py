"""More aggressive never means fewer days or a smaller risk: the same people, needled deeper and more densely, end to end."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from builders import case_of, course_of
from dermatwin.twin import simulate

PEOPLE = 20
DAYS = (
    "redness_duration",
    "swelling_duration",
    "soreness_duration",
    "bruise_duration",
    "crust_duration",
    "downtime_makeup",
    "downtime_unnoticeable",
    "peak_erythema",
)
RISKS = ("pih_risk", "tram_track_risk", "hypertrophic_scar_risk", "prolonged_bleeding_risk", "granuloma_risk")
DEEPER = [{"needle_length": f"{length} mm", "density": "250 1/cm^2"} for length in (0.3, 0.5, 1.0, 1.5, 2.5)]
DENSER = [{"needle_length": "1.5 mm", "density": f"{density} 1/cm^2"} for density in (30, 100, 250, 700, 2000)]
PASSED = [{"needle_length": "1.5 mm", "passes": passes} for passes in (2, 6, 20, 60)]


@cache
def run_of(settings, device="pen-12", zone="cheek"):
    zones = [{"zone": zone, "area": "50 cm^2", "concerns": [{"concern": "acne_scar"}]}]
    course = course_of(zone, count=1, device=device)
    course["settings"] = {zone: dict(settings)}
    return simulate(case_of(zones=zones, course=course, horizon="16 weeks"), PEOPLE, 1)


def values_of(settings, name, **where):
    return run_of(tuple(settings.items()), **where).find(name)[0].values


@pytest.mark.parametrize("name", [*DAYS, *RISKS])
@pytest.mark.parametrize("harder", [DEEPER, DENSER, PASSED], ids=["deeper", "denser", "more passes"])
def test_harder_is_never_over_sooner_or_safer(harder, name):
    ordered = [values_of(settings, name) for settings in harder]
    for mild, hard in pairwise(ordered):
        assert (hard >= mild * (1.0 - 1e-9)).all(), name
    assert np.median(ordered[-1]) >= np.median(ordered[0])


@pytest.mark.parametrize("harder", [DEEPER, DENSER], ids=["deeper", "denser"])
def test_redness_rises_and_lasts_with_depth_and_with_density(harder):
    peaks, days = (
        [float(np.median(values_of(settings, name))) for settings in harder]
        for name in ("peak_erythema", "redness_duration")
    )
    assert all(more > less for less, more in pairwise(peaks))
    assert days[-1] > 1.5 * days[1]


def test_a_roller_over_bone_leaves_tracks_and_a_pen_on_the_cheek_hardly_any():
    settings = {"needle_length": "1.5 mm", "density": "250 1/cm^2"}
    worst, roller, pen = (
        values_of(settings, "tram_track_risk", device=device, zone=zone)
        for device, zone in (("roller-192", "forehead"), ("roller-192", "cheek"), ("pen-12", "cheek"))
    )
    assert np.median(worst) > 1.5 * np.median(roller)
    assert np.median(roller) > 2.0 * np.median(pen)
    assert (pen > 0.0).all()


def test_raised_scars_are_commoner_on_shoulders_and_chest():
    settings = {"needle_length": "1.5 mm", "density": "250 1/cm^2"}
    thigh = np.median(values_of(settings, "hypertrophic_scar_risk", zone="thigh"))
    for zone in ("shoulder", "decollete", "back"):
        assert np.median(values_of(settings, "hypertrophic_scar_risk", zone=zone)) > 1.5 * thigh
