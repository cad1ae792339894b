"""What a needle leaves and how it is seen: shares, read-outs, rows that speak of something else, against sums by hand."""

from dataclasses import replace

import numpy as np
import pytest

from builders import skin_of
from dermatwin.calibration import fitting
from dermatwin.evidence import Evidence
from dermatwin.insertion import READOUTS, share_left, with_odds
from dermatwin.validation import closure, insertion
from dermatwin.validation.experiment import compliance_class, seen_by, stays_in
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row

LABORATORY = Laboratory(Evidence.packaged(), 60, 3)
COUNT = 60


def row(file="insertion.csv", **cells):
    usual = {"source": "one2099", "skin": "human, in vivo", "device": "array", "needle_length_um": "800", "applied": ""}
    kind = {"quantity": "depth", "value": "200", "unit": "um", "kind": "residual"}
    return Row(file, 2, {**usual, **kind, **cells})


def odds(share):
    return share / (1.0 - share)


def test_the_share_of_living_people_is_the_parameter_and_the_rest_multiplies_its_odds():
    p = LABORATORY.known
    base, skin = p("residual_depth_share", "1"), skin_of(COUNT)
    np.testing.assert_array_equal(share_left(skin, p), base)
    excised = share_left(replace(skin, alive=False), p)
    np.testing.assert_allclose(odds(excised) / odds(base), p("residual_excised_odds", "1"))
    pig = share_left(replace(skin, species="pig"), p)
    strays = p("residual_species_spread", "1") * p("residual_species_score[pig]", "1")
    np.testing.assert_allclose(np.log(odds(pig) / odds(base)), strays, atol=1e-12)
    for share in (base, excised, pig):
        assert np.all((share > 0.0) & (share < 1.0))


def test_odds_of_one_change_nothing_and_a_share_stays_one():
    np.testing.assert_allclose(with_odds(np.array([0.0, 0.3, 1.0]), np.full(3, 1.0)), [0.0, 0.3, 1.0])
    np.testing.assert_allclose(with_odds(np.array([0.5]), np.array([3.0])), [0.75])


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("residual  seen by OCT", "OCT"),
        ("depth in stained sections", "section"),
        ("confocal stacks", "confocal"),
        ("methylene blue", "dye"),
        ("dye, histology and confocal", None),
        ("after removal", None),
    ],
)
def test_a_method_counts_where_it_is_the_only_one(text, method):
    assert seen_by(text) == method
    assert method is None or method in READOUTS


def test_light_sees_less_of_a_channel_than_a_section_and_fluid_sees_the_share_itself():
    predict = insertion.predictor(LABORATORY)
    answers = {method: predict(row(note=method)) for method in ("oct", "histology", "dye")}
    light, section, fluid = (np.median(answer.draws) for answer in answers.values() if isinstance(answer, Prediction))
    assert light < 0.5 * fluid < section


@pytest.mark.parametrize(("tag", "says"), [("deposit", "coat"), ("potential", "is not known")])
def test_a_depth_that_is_no_needles_is_refused(tag, says):
    answer = insertion.predictor(LABORATORY)(row(kind=f"approx;{tag}"))
    assert isinstance(answer, NotPredicted)
    assert says in answer.reason


def test_a_depth_is_scored_under_the_draws_in_which_needles_went_in():
    answer = insertion.predictor(LABORATORY)(row(kind="in_situ", applied="manual press", needle_length_um="300"))
    assert isinstance(answer, Prediction)
    assert answer.reported is not None
    assert 0 < answer.reported.sum() < answer.reported.size
    assert answer.draws[answer.reported].min() > 1e-3
    assert answer.draws[~answer.reported].min() < 1e-3


def test_a_single_needle_meets_free_skin():
    assert compliance_class("single steel needle") == compliance_class("roller") == "roller"
    assert compliance_class("array of single crystals") == "stamp"


def test_a_patch_that_was_worn_leaves_no_channel_of_a_pin():
    worn = row("closure.csv", device="hydrogel-forming array worn 6 h", readout="TEWL", quantity="closure_time", unit="h")
    assert stays_in(worn["device"])
    answer = closure.predictor(LABORATORY)(worn)
    assert isinstance(answer, NotPredicted)
    assert "stayed in" in answer.reason


def test_a_half_life_with_a_spread_is_a_time_and_a_share_at_a_set_hour_is_a_share():
    timed = {
        "readout": "impedance",
        "quantity": "pore_open_fraction",
        "value": "0.5",
        "unit": "1",
        "time_h": "24",
        "kind": "",
    }
    predict = closure.predictor(LABORATORY)
    half_life, share = predict(row("closure.csv", time_sd_h="8", n="35", **timed)), predict(row("closure.csv", **timed))
    assert isinstance(half_life, Prediction)
    assert isinstance(share, Prediction)
    assert (half_life.scale, half_life.measured, share.scale, share.measured) == ("log", 24.0, "absolute", 0.5)


def test_a_course_is_read_where_it_falls_below_and_beyond_its_end_as_it_ends():
    time = np.array([0.0, 1.0, 2.0, 4.0])
    course = 2.0 ** -(time / np.array([[1.0], [3.0], [8.0]]))
    np.testing.assert_allclose(closure._first_below(course, 0.5, time), [1.0, 3.0, 8.0])


def test_a_parameter_says_which_studies_carry_it():
    """What the fit without a study says less of is what that study carries."""
    chance = np.random.Generator(np.random.Philox(1))
    whole = 0.3 * chance.standard_normal((4000, 2))
    without = {"mover": whole + np.array([1.0, 0.0]), "holder": whole * np.array([1.0, 3.0]), "nobody": whole}
    first, second = (fitting._carried(place, whole, without) for place in (0, 1))
    assert set(first["carried_by"]) == {"mover"}
    assert set(second["carried_by"]) == {"holder"}
    assert fitting._carried(0, whole, {"nobody": whole}) == {}
