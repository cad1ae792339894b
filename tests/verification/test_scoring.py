"""Scores against answers known beforehand."""

import json

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row
from dermatwin.validation.scoring import given_report, score, summarise

EVIDENCE = Evidence.packaged()
DRAWS = np.arange(1.0, 100.0)  # median 50, 5-95 % band 5.9 to 94.1


def row(source="one", line=2, **cells):
    return Row("closure.csv", line, {"source": source, "quantity": "closure_time", **cells})


@pytest.mark.parametrize(
    ("measured", "bound", "inside"),
    [
        (50.0, "", True),
        (3.0, "", False),
        (99.0, "", False),
        (3.0, "lower", True),
        (99.0, "lower", False),
        (99.0, "upper", True),
        (3.0, "upper", False),
    ],
)
def test_a_bound_is_inside_when_a_value_that_it_allows_is(measured, bound, inside):
    assert score(row(), Prediction(DRAWS, measured, "log", "x", bound)).inside is inside


@pytest.mark.parametrize(
    ("measured", "scale", "bound", "error"),
    [
        (500.0, "log", "", 1.0),
        (60.0, "absolute", "", 10.0),
        (60.0, "absolute", "upper", 0.0),
        (40.0, "absolute", "upper", 10.0),
        (5.0, "log", "lower", 0.0),
        (500.0, "log", "lower", 1.0),
    ],
)
def test_the_error_is_the_distance_of_the_median(measured, scale, bound, error):
    assert score(row(), Prediction(DRAWS, measured, scale, "x", bound)).error == pytest.approx(error)


@pytest.mark.parametrize(
    ("draws", "sign", "right"),
    [
        (DRAWS, 1, True),
        (DRAWS, -1, False),
        (DRAWS - 50.0, 0, True),
        (DRAWS, 0, False),
        (-DRAWS, -1, True),
        (DRAWS, None, None),
    ],
)
def test_a_direction_is_right_when_the_draws_go_there(draws, sign, right):
    assert score(row(), Prediction(draws, 1.0, "sign", "x", sign=sign)).sign_right is right


def test_the_baseline_is_the_mean_of_the_other_studies():
    measured = {"a": [10.0, 1000.0], "b": [100.0], "c": [1000.0]}
    rows = [
        row(source, line, value=str(v))
        for line, (source, v) in enumerate(((s, v) for s, values in measured.items() for v in values), start=2)
    ]

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


def summary(measured, predicted=100.0, scale="log", **cells):
    """Scores of rows (source, value, bound, unit) that are all predicted to be `predicted`."""
    rows = [
        row(source, line, value=str(value), unit=unit, bound=bound, **cells)
        for line, (source, value, bound, unit) in enumerate(measured, start=2)
    ]

    def predictor(entry):
        return Prediction(np.full(20, predicted), entry.number("value"), scale, "x", entry["bound"])

    return summarise(rows, predictor, EVIDENCE)


def test_figures_by_quantity_beside_the_baseline():
    measured = [("a", 10.0, "", "h"), ("a", 1000.0, "", "h"), ("b", 100.0, "", "h"), ("c", 1000.0, "", "h")]
    found = summary(measured)["quantities"]
    assert list(found) == ["x"]
    entry = found["x"]
    assert (entry["scored"], entry["studies"], entry["bounds"], entry["unit"]) == (4, 3, 0, "h")
    assert entry["median_factor"] == pytest.approx(10.0)  # errors of 1, 1, 0 and 1 decades
    # a: mean of 2 and 3 in log10 is 2.5, errors 1.5 and 0.5; b: of 2 and 3, error 0.5; c: of 2 and 2, error 1
    assert entry["baseline"]["median_factor"] == pytest.approx(10.0**0.75, rel=1e-3)
    assert entry["baseline"]["scored"] == 4
    assert entry["better_than_baseline"] is False
    assert entry["mean_abs_error"] is None


def test_a_twin_that_knows_is_better_than_the_mean_of_others():
    rows = [
        row(source, line, value=str(value))
        for line, (source, value) in enumerate((("a", 1.0), ("b", 10.0), ("c", 1000.0)), start=2)
    ]

    def predictor(entry):
        return Prediction(np.full(20, 1.1 * entry.number("value")), entry.number("value"), "log", "x")

    assert summarise(rows, predictor, EVIDENCE)["quantities"]["x"]["better_than_baseline"] is True


@pytest.mark.parametrize(
    "measured",
    [
        [("a", 10.0, "", "h"), ("b", 20.0, "", "h")],  # two studies: no baseline
        [("a", 100.0, "", "h"), ("b", 100.0, "", "h"), ("c", 100.0, "", "h")],  # a tie
        [("a", 10.0, "upper", "h"), ("b", 20.0, "upper", "h"), ("c", 30.0, "upper", "h")],  # bounds have no distance
    ],
)
def test_better_is_left_open_where_it_cannot_be_told(measured):
    assert summary(measured)["quantities"]["x"]["better_than_baseline"] is None


def test_a_bound_that_holds_does_not_flatter_the_factor():
    bounds = [("a", 1e3, "upper", "h"), ("b", 1e4, "upper", "h"), ("c", 1e5, "upper", "h")]
    entry = summary([*bounds, ("d", 1000.0, "", "h")])["quantities"]["x"]
    assert entry["bounds"] == 3
    assert entry["median_factor"] == pytest.approx(10.0)
    assert summary(bounds)["quantities"]["x"]["median_factor"] is None


def test_differences_in_different_units_are_never_averaged():
    same = summary([("a", 90.0, "", "%"), ("b", 80.0, "", "%")], scale="absolute")["quantities"]["x"]
    assert (same["mean_abs_error"], same["unit"]) == (pytest.approx(15.0), "%")
    mixed = summary([("a", 90.0, "", "%"), ("b", 80.0, "", "um")], scale="absolute")["quantities"]["x"]
    assert (mixed["mean_abs_error"], mixed["unit"]) == (None, "")


def test_the_unit_of_a_row_is_not_lent_to_something_else_that_is_compared():
    def ratio(entry):
        return Prediction(np.full(20, 2.0), 3.0, "log", "ratio of arms")

    found = summarise([row(value="150", unit="ug/cm2")], ratio, EVIDENCE)
    assert found["quantities"]["ratio of arms"]["unit"] == found["predictions"][0]["unit"] == ""


def test_the_quantity_with_most_rows_comes_first_and_all_is_json():
    rows = [row(f"s{n}", n, value="0") for n in range(2, 8)]

    def predictor(entry):
        name = "rare" if entry.line == 2 else "common"
        return (
            Prediction(DRAWS * 1e-200, 1e200, "log", name)
            if name == "common"
            else Prediction(DRAWS, 1.0, "sign", name, sign=1)
        )

    found = summarise(rows, predictor, EVIDENCE)
    assert list(found["quantities"]) == ["common", "rare"]
    assert found["quantities"]["rare"]["sign_accuracy"] == 1.0
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_row_says_what_it_is_about():
    found = summarise(
        [row(skin="human, in vivo", needle_length_um="600", occluded="false", species="")],
        lambda entry: Prediction(DRAWS, 50.0, "log", "x"),
        EVIDENCE,
    )
    assert found["predictions"][0]["about"] == "human, in vivo; 600 um; not covered"


def test_a_report_is_scored_under_the_draws_in_which_it_could_have_been_made():
    asked = Prediction(DRAWS, 80.0, "log", "x", reported=DRAWS > 60.0)
    assert given_report(asked).draws.min() == 61.0
    found = summarise([row()], lambda _: asked, EVIDENCE)["predictions"][0]
    assert found["median"] == pytest.approx(80.0)


def test_a_report_that_hardly_any_draw_allows_speaks_against_the_twin():
    asked = Prediction(DRAWS, 95.0, "log", "x", reported=DRAWS > 92.0)
    assert given_report(asked).draws.size == DRAWS.size
