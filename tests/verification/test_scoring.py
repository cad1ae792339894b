"""Scores against answers known beforehand."""

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.validation.rows import Row
from dermatwin.validation.scoring import NotPredicted, Prediction, score, summarise

EVIDENCE = Evidence.packaged()
DRAWS = np.arange(1.0, 100.0)  # median 50, 5-95 % band 5.9 to 94.1


def row(source="one", line=2, **cells):
    return Row("closure.csv", line, {"source": source, "quantity": "closure_time", **cells})


@pytest.mark.parametrize(("measured", "bound", "inside"), [
    (50.0, "", True), (3.0, "", False), (99.0, "", False),
    (3.0, "lower", True), (99.0, "lower", False), (99.0, "upper", True), (3.0, "upper", False),
])
def test_a_bound_is_inside_when_a_value_that_it_allows_is(measured, bound, inside):
    assert score(row(), Prediction(DRAWS, measured, "log", "x", bound)).inside is inside


@pytest.mark.parametrize(("measured", "scale", "bound", "error"), [
    (500.0, "log", "", 1.0), (60.0, "absolute", "", 10.0), (60.0, "absolute", "upper", 0.0),
    (40.0, "absolute", "upper", 10.0), (5.0, "log", "lower", 0.0), (500.0, "log", "lower", 1.0),
])
def test_the_error_is_the_distance_of_the_median(measured, scale, bound, error):
    assert score(row(), Prediction(DRAWS, measured, scale, "x", bound)).error == pytest.approx(error)


@pytest.mark.parametrize(("draws", "sign", "right"), [
    (DRAWS, 1, True), (DRAWS, -1, False), (DRAWS - 50.0, 0, True), (DRAWS, 0, False), (-DRAWS, -1, True),
    (DRAWS, None, None),
])
def test_a_direction_is_right_when_the_draws_go_there(draws, sign, right):
    assert score(row(), Prediction(draws, 1.0, "sign", "x", sign=sign)).sign_right is right


def test_the_baseline_is_the_mean_of_the_other_studies():
    measured = {"a": [10.0, 1000.0], "b": [100.0], "c": [1000.0]}
    rows = [row(source, line, value=str(v)) for line, (source, v) in
            enumerate(((s, v) for s, values in measured.items() for v in values), start=2)]

    def predictor(entry):
        return Prediction(np.full(20, 100.0), entry.number("value"), "log", "x")

    found = summarise(rows, predictor, EVIDENCE)
    # a: mean of 2 and 3 in log10 is 2.5, errors 1.5 and 0.5; b: of 2 and 3, error 0.5; c: of 2 and 2, error 1
    assert found["baseline"]["median_abs_log10_error"] == pytest.approx((0.5 + 1.0) / 2.0, rel=1e-3)
    assert found["baseline"]["twin_on_the_same_rows"]["counted"]["log"] == 4


def test_a_calibrated_predictor_covers_nine_in_ten():
    luck = np.random.default_rng(4)
    rows = [row(f"s{i}", i + 2, value=str(luck.normal())) for i in range(400)]

    def predictor(entry):
        return Prediction(luck.normal(size=400), entry.number("value"), "absolute", "x")

    def narrow(entry):
        return Prediction(0.3 * luck.normal(size=400), entry.number("value"), "absolute", "x")

    assert summarise(rows, predictor, EVIDENCE)["coverage_90"] == pytest.approx(0.9, abs=0.045)
    assert summarise(rows, narrow, EVIDENCE)["coverage_90"] < 0.6


def test_a_row_that_breaks_is_listed_and_the_others_are_scored():
    def predictor(entry):
        if entry.line == 3:
            raise ZeroDivisionError("planted")
        return NotPredicted("no value") if entry.line == 4 else Prediction(DRAWS, 50.0, "log", "x")

    found = summarise([row(line=n) for n in (2, 3, 4)], predictor, EVIDENCE)
    assert (found["scored"], found["failed"]) == (1, 1)
    assert ["planted" in entry["reason"] for entry in found["not_predicted"]] == [True, False]


def test_a_prediction_leans_when_its_study_is_among_its_sources():
    source = EVIDENCE.sources_of("residual_depth")[0]

    def predictor(entry):
        return Prediction(DRAWS, 50.0, "log", "residual_depth")

    found = summarise([row(source), row("nobody1900", 3)], predictor, EVIDENCE)
    assert [entry["leans_on_itself"] for entry in found["predictions"]] == [True, False]
    assert found["not_leaning"]["counted"]["coverage"] == 1
