"""Scores against answers known beforehand."""

import json

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.validation.measures import LEVELS, bands, crps, decades, narrowest, shared
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row
from dermatwin.validation.scoring import by_study, given_report, score, summarise

EVIDENCE = Evidence.packaged()
DRAWS = np.arange(1.0, 100.0)  # median 50, 5-95 % band 5.9 to 94.1


SOURCES = ("kalluri2011", "gupta2011", "lam2008")  # any three that the register holds


@pytest.fixture
def known(tmp_path):
    """Evidence that holds known values of a quantity of nobody's, by study."""

    def lay(values, quantity="x", scale="log", **cells):
        lines = ["place,of,source,quantity,scale,bound,value,footing,share,concern,arm"]
        for study, numbers in values.items():
            lines += [
                ",".join(
                    (
                        f"closure.csv:{len(lines) + n}",
                        "closure.csv",
                        study,
                        quantity,
                        scale,
                        cells.get("bound", ""),
                        str(v),
                        "",
                        "",
                        "",
                        "",
                    )
                )
                for n, v in enumerate(numbers)
            ]
        (tmp_path / "known_values.csv").write_text("\n".join(lines) + "\n")
        return Evidence.read(tmp_path)

    return lay


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


def of_value(predicted=100.0, scale="log"):
    def predictor(entry):
        return Prediction(np.full(20, predicted), entry.number("value"), scale, "x", entry["bound"])

    return predictor


def rows_of(measured, **cells):
    pairs = [(study, value) for study, values in measured.items() for value in values]
    return [row(study, line, value=str(value), **cells) for line, (study, value) in enumerate(pairs, start=2)]


MEASURED = dict(zip(SOURCES, ([10.0, 1000.0], [100.0], [1000.0]), strict=True))


def test_the_baseline_is_the_mean_of_the_other_studies(known):
    found = summarise(rows_of(MEASURED), of_value(), known(MEASURED))
    # first: mean of 2 and 3 in log10 is 2.5, errors 1.5 and 0.5; second: of 2 and 3, error 0.5; third: of 2 and 2, error 1
    assert found["baseline"]["median_abs_log10_error"] == pytest.approx((0.5 + 1.0) / 2.0, rel=1e-3)
    assert found["baseline"]["twin_on_the_same_rows"]["counted"]["log"] == 4


def test_rows_that_are_scored_together_say_nothing_of_one_another(known):
    unseen = {"first2099": [7.0], "second2099": [7.0], "third2099": [7.0]}
    assert summarise(rows_of(unseen), of_value(), EVIDENCE)["baseline"]["counted"]["log"] == 0
    found = summarise(rows_of(unseen), of_value(), known({SOURCES[0]: [10.0], SOURCES[1]: [1000.0]}))["baseline"]
    assert found["median_factor"] == pytest.approx(
        100.0 / 7.0, rel=1e-3
    )  # the packaged studies' mean, whatever stands beside


def test_a_study_is_known_by_its_identifier_as_well_as_by_its_name(known):
    evidence = known({SOURCES[0]: [10.0], SOURCES[1]: [1000.0]})
    own = evidence.sources[SOURCES[0]].identifier
    assert own
    stranger = row("unseen2099", value="7", doi_or_pmcid=own.upper())
    assert summarise([stranger], of_value(), evidence)["baseline"]["counted"]["log"] == 0


def test_bounds_are_no_values_of_a_baseline(known):
    found = summarise(rows_of(MEASURED), of_value(), known(MEASURED, bound="upper"))
    assert found["baseline"]["counted"]["log"] == 0


@pytest.mark.parametrize(
    ("draws", "measured", "expected"),
    [
        ([3.0], 1.0, 2.0),
        ([0.0, 4.0], 1.0, 2.0 - 4.0 / 2.0),  # mean |x - y| = (1 + 3)/2; half of the mean distance of the pair
        ([0.0, 1.0, 3.0], 2.0, 4.0 / 3.0 - (1.0 + 3.0 + 2.0) / 3.0 / 2.0),
    ],
)
def test_the_probability_score_by_hand(draws, measured, expected):
    assert crps(np.array(draws), measured) == pytest.approx(expected)


def test_the_probability_score_of_a_normal_is_its_closed_form():
    from scipy.stats import norm

    draws, y = norm.ppf((np.arange(20000) + 0.5) / 20000), 0.7
    closed = y * (2.0 * norm.cdf(y) - 1.0) + 2.0 * norm.pdf(y) - 1.0 / np.sqrt(np.pi)  # Gneiting and Raftery 2007
    assert crps(draws, y) == pytest.approx(closed, abs=2e-4)


def test_the_probability_score_asks_for_the_truth():
    """On average nobody gains by saying something else than what is believed, nor by more or fewer draws."""
    luck = np.random.default_rng(11)
    truths = luck.normal(size=4000)

    def mean_score(spread, shift, count=50):
        return np.mean([crps(shift + spread * luck.normal(size=count), y) for y in truths])

    honest = mean_score(1.0, 0.0)
    assert honest < min(mean_score(0.4, 0.0), mean_score(2.5, 0.0), mean_score(1.0, 0.8))
    assert mean_score(1.0, 0.0, count=3) == pytest.approx(honest, abs=0.03)


def test_scores_on_a_scale_of_ratios_are_decades():
    found = score(row(), Prediction(np.full(20, 1000.0), 10.0, "log", "x"))
    assert found.crps == pytest.approx(2.0)
    assert list(decades(np.array([0.0, 1e99, 10.0]), 10.0)) == [-6.0, 6.0, 0.0]
    assert score(row(), Prediction(DRAWS, 10.0, "log", "x", "upper")).crps is None


@pytest.mark.parametrize(
    ("measured", "bound", "level"),
    [(50.0, "", 0.1), (70.0, "", 0.5), (90.0, "", 0.9), (99.0, "", None), (99.0, "upper", 0.1), (80.0, "lower", 0.7)],
)
def test_the_narrowest_band_that_holds_a_value(measured, bound, level):
    # of 1 to 99 the band of level p runs from 50 - 49 p to 50 + 49 p
    assert narrowest(bands(DRAWS), measured, bound) == level


def test_bands_lie_within_one_another_and_hold_their_share():
    found = bands(np.random.default_rng(2).normal(size=5000))
    assert list(found.low) == sorted(found.low, reverse=True)
    assert list(found.high) == sorted(found.high)
    from scipy.stats import norm

    assert found.high[-1] == pytest.approx(norm.ppf(0.95), abs=0.06)
    assert found.low[LEVELS.index(0.5)] == pytest.approx(norm.ppf(0.25), abs=0.06)


def test_a_study_counts_once_however_many_rows_it_has():
    def predictor(entry):
        draws = DRAWS if entry["source"] == "large" else -DRAWS
        return Prediction(draws, 1.0, "sign", "x", sign=1)

    found = summarise([row("large", n) for n in range(2, 11)] + [row("small", 20)], predictor, EVIDENCE)
    assert found["sign_accuracy"] == pytest.approx(0.9)
    assert found["by_study"]["sign_accuracy"] == pytest.approx(0.5)
    assert found["studies"]["sign"] == 2
    assert by_study([], lambda entry: True) is None


def test_coverage_of_all_three_bands_and_how_wide_they_are():
    rows = [row(f"s{n}", n, value=str(v)) for n, v in enumerate((50.0, 70.0, 85.0, 99.0), start=2)]
    found = summarise(rows, lambda entry: Prediction(DRAWS, entry.number("value"), "log", "x"), EVIDENCE)
    assert [found[f"coverage_{level}"] for level in (50, 80, 90)] == [0.5, 0.75, 0.75]
    assert found["width_decades"] == pytest.approx(np.log10(94.1 / 5.9), abs=1e-5)
    assert found["quantities"]["x"]["width"] == pytest.approx(np.log10(94.1 / 5.9), abs=1e-5)


def test_the_twins_score_over_that_of_the_other_studies(known):
    found = summarise(rows_of(MEASURED), of_value(), known(MEASURED))
    # the twin says 2 decades and is off by 1, 1, 0, 1. The others say (2, 3) for 1 and 3: 1.5 - 0.5 and 0.5 - 0.5 each;
    # their means for 2 are (2, 3): 0.5 - 0.5; for the last 3 they are (2, 2): 1
    assert found["quantities"]["x"]["crps"] == pytest.approx(0.75)
    assert found["quantities"]["x"]["baseline"]["crps"] == pytest.approx((1.0 + 0.0 + 0.0 + 1.0) / 4.0)
    assert found["quantities"]["x"]["crps_ratio"] == pytest.approx(1.5)
    assert found["baseline"]["crps_ratio"] == pytest.approx(1.5)


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


def test_figures_by_quantity_beside_the_baseline(known):
    found = summarise(rows_of(MEASURED, unit="h"), of_value(), known(MEASURED))["quantities"]
    assert list(found) == ["x"]
    entry = found["x"]
    assert (entry["scored"], entry["studies"], entry["bounds"], entry["unit"]) == (4, 3, 0, "h")
    assert entry["median_factor"] == pytest.approx(10.0)  # errors of 1, 1, 0 and 1 decades
    assert entry["baseline"]["median_factor"] == pytest.approx(10.0**0.75, rel=1e-3)  # as above
    assert entry["baseline"]["scored"] == 4
    assert entry["better_than_baseline"] is False
    assert entry["mean_abs_error"] is None


def test_a_twin_that_knows_is_better_than_the_mean_of_others(known):
    measured = dict(zip(SOURCES, ([1.0], [10.0], [1000.0]), strict=True))

    def predictor(entry):
        return Prediction(np.full(20, 1.1 * entry.number("value")), entry.number("value"), "log", "x")

    assert summarise(rows_of(measured), predictor, known(measured))["quantities"]["x"]["better_than_baseline"] is True


@pytest.mark.parametrize(
    ("values", "bound"),
    [
        (([10.0], [20.0], []), ""),  # two studies: no baseline
        (([100.0], [100.0], [100.0]), ""),  # a tie
        (([10.0], [20.0], [30.0]), "upper"),  # bounds have no distance
    ],
)
def test_better_is_left_open_where_it_cannot_be_told(values, bound, known):
    measured = dict(zip(SOURCES, values, strict=True))
    found = summarise(rows_of(measured, bound=bound), of_value(), known(measured))
    assert found["quantities"]["x"]["better_than_baseline"] is None


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


def test_ties_are_shared_out_so_that_right_forecasts_of_counts_hold_their_level():
    """Of all that ten people with an event of 5 % can count, weighed by its chance, a level holds just its share."""
    from scipy.stats import binom

    draws = binom.ppf((np.arange(4000) + 0.5) / 4000, 10, 0.05)
    for level in LEVELS:
        held = sum(binom.pmf(k, 10, 0.05) * shared(draws, float(k), level) for k in range(11))
        assert held == pytest.approx(level, abs=2e-3)
    assert (
        narrowest(bands(draws), 0.0) == LEVELS[0]
    )  # between quantiles even a band of a tenth holds the six in ten with none


@pytest.mark.parametrize(("measured", "held"), [(0.5, 1.0), (0.8, 0.0), (2.0, 0.0)])
def test_without_ties_sharing_out_is_being_inside(measured, held):
    draws = np.linspace(0.0, 1.0, 1000, endpoint=False) + 1e-4
    assert shared(draws, measured, 0.5) == held
