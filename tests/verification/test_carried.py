"""Needles that carry the drug themselves, against sums done by hand."""

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.insertion import Penetration
from dermatwin.validation import carried, permeation
from dermatwin.validation.laboratory import Laboratory, unstated
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row

LABORATORY = Laboratory(Evidence.packaged(), 60, 3)
PEOPLE = LABORATORY.people


def row(**cells):
    usual = {
        "source": "one2099",
        "skin": "porcine, in vitro",
        "permeant": "caffeine",
        "device": "dissolving polymer MN",
        "needle_length_um": "600",
        "patch_load_ug": "500",
        "patch_area_mm2": "100",
        "time_h": "6",
        "quantity": "cumulative",
        "value_treated": "40",
        "unit": "% of dose",
    }
    return Row("permeation_microneedle.csv", 2, {**usual, **cells})


@pytest.mark.parametrize(
    ("device", "kind"),
    [
        ("dissolving polymer MN", "dissolving"),
        ("dissolvable PVP array", "dissolving"),
        ("PVA microneedles", "dissolving"),
        ("coated MN, 350 ug", "coated"),
        ("hydrogel (drug-loaded) MN", "gel"),
        ("swellable hydrogel-forming array", "gel"),
        ("solid MN then solution", ""),
        ("stainless-steel microneedle roller", ""),
        ("uncoated steel array", ""),
    ],
)
def test_a_carrier_is_known_by_its_words(device, kind):
    assert carried.carrier_of(row(device=device)) == kind


def rate():
    return np.log(2.0) / unstated("carrier_half_time[gel]", "h", "one2099", PEOPLE)


def test_what_passes_at_once_comes_as_fast_as_it_is_released():
    found = carried.released(np.ones((60, 5)), np.linspace(0.0, 9.0, 5), "gel", "one2099", PEOPLE)
    assert found == pytest.approx(1.0 - np.exp(-9.0 * rate()))


def test_what_passes_at_a_steady_pace_lags_by_the_release():
    """y' = k (a t - y), y(0) = 0:  y = a t - a (1 - exp(-k t)) / k."""
    hours = np.linspace(0.0, 8.0, 4)
    found = carried.released(np.tile(0.1 * hours, (60, 1)), hours, "gel", "one2099", PEOPLE)
    assert found == pytest.approx(0.8 - 0.1 * (1.0 - np.exp(-8.0 * rate())) / rate())


def test_what_a_study_reports_stays_a_share():
    found = carried.strayed(np.array([0.0, 0.5, 1.0] * 20), "one2099", PEOPLE)
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert found[0::3] == pytest.approx(0.0)
    assert found[2::3] == pytest.approx(1.0)
    assert np.std(np.log(found[1::3] / (1.0 - found[1::3]))) == pytest.approx(0.7, rel=0.4)


def test_needles_reach_through_a_membrane_that_is_thinner():
    depth = np.array([[0.8, 0.0], [0.4, 0.6]])  # a needle that did not pierce does not count
    done = Penetration(depth > 0.0, depth, depth, depth, depth, depth, depth, reads={})
    assert carried.through(done, np.array([0.7, 0.7])).tolist() == [True, False]


def test_slow_release_lets_less_through(monkeypatch):
    fast, slow = (permeation.predictor(LABORATORY)(row(device=device)) for device in ("coated MN", "hydrogel MN"))
    assert isinstance(fast, Prediction)
    assert isinstance(slow, Prediction)
    assert np.median(slow.draws) < np.median(fast.draws) < 1.0
    assert (fast.quantity, slow.quantity) == ("share of the load of coated needles", "share of the load of gel needles")


def test_what_stays_in_the_skin_is_another_quantity():
    left = permeation.predictor(LABORATORY)(row(quantity="retained"))
    assert isinstance(left, Prediction)
    assert left.quantity.endswith("left in the skin")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"device": "hollow microneedles"}, "hollow"),
        ({"unit": "ug/cm2", "patch_load_ug": "", "value_untreated": "3"}, "without their load"),
    ],
)
def test_what_cannot_be_known_of_a_carrier_is_refused(cells, says):
    answer = permeation.predictor(LABORATORY)(row(**cells))
    assert isinstance(answer, NotPredicted)
    assert says in answer.reason
