"""Rows of many scales on one footing: figures by group against sums done by hand."""

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.validation.groups import ALL, by_group
from dermatwin.validation.prediction import Common, Prediction
from dermatwin.validation.rows import Row
from dermatwin.validation.scoring import score, summarise

EVIDENCE = Evidence.packaged()
A, B, C = "kalluri2011", "gupta2011", "lam2008"  # any three that the register holds


@pytest.fixture
def known(tmp_path):
    """Evidence that holds shares on a footing of nobody's: (study, share, concern) each."""

    def lay(*shares, kind="points"):
        lines = ["place,of,source,quantity,scale,bound,value,footing,share,concern,arm"]
        lines += [
            f"outcomes.csv:{9000 + n},outcomes.csv,{study},x,absolute,,{share},{kind},{share},{concern},needled"
            for n, (study, share, concern) in enumerate(shares)
        ]
        (tmp_path / "known_values.csv").write_text("\n".join(lines) + "\n")
        return Evidence.read(tmp_path)

    return lay


def entry(source, value, *, size=1.0, concern="melasma", kind="improvement", draws=(0.4, 0.5, 0.6), sign=None):
    draws = size * np.array(draws)
    common = Common({"concern": concern}, kind, size)
    return score(
        Row("outcomes.csv", 2, {"source": source}),
        Prediction(draws, size * value, "absolute", "x", sign=sign, common=common),
    )


def test_a_change_and_its_share_are_the_same_value():
    """-10 of 25, lower is better, is 0.4 better; so is -0.4."""
    points, share = (by_group([entry("a", 0.4, size=size)], EVIDENCE)["concern"]["melasma"] for size in (-25.0, -1.0))
    assert points == share
    assert points["measured"] == pytest.approx(0.4)
    assert points["mean_abs_error"] == pytest.approx(0.1)


def test_the_baseline_is_the_mean_of_other_studies_of_the_group(known):
    measured = [(A, 0.2, "melasma"), (B, 0.4, "melasma"), (B, 0.6, "melasma"), (C, 0.9, "striae")]
    rows = [entry(study, share, concern=concern, kind="points") for study, share, concern in measured]
    found = by_group(rows, known(*measured))["concern"]
    own = abs(0.2 - 0.5), abs(0.4 - 0.2), abs(0.6 - 0.2)  # B counts once; C is another concern
    assert found["melasma"]["baseline"] == pytest.approx(np.mean(own), abs=1e-5)
    everyone = abs(0.2 - 0.7), abs(0.4 - 0.55), abs(0.6 - 0.55)
    assert found["melasma"]["baseline_of_all"] == pytest.approx(np.mean(everyone), abs=1e-5)
    assert found["striae"]["baseline"] == found["striae"]["baseline_of_all"] == pytest.approx(abs(0.9 - 0.35))


def test_unseen_studies_side_by_side_are_no_baseline_for_one_another():
    found = by_group([entry("first2099", 0.2, kind="points"), entry("second2099", 0.3, kind="points")], EVIDENCE)
    assert found["concern"]["melasma"]["baseline"] is None


def test_shares_of_responders_are_no_baseline_for_improvements(known):
    evidence = known((B, 1.0, "melasma"), kind="share of somebody")
    found = by_group([entry(A, 0.2, kind="points")], evidence)["concern"]["melasma"]
    assert found["baseline"] is None


def test_the_interval_holds_eight_in_ten():
    even = np.linspace(0.0, 1.0, 1001)
    values = (0.05, 0.15, 0.85, 0.95)
    found = by_group([entry("a", value, draws=even) for value in values], EVIDENCE)["concern"]["melasma"]
    assert found["coverage_80"] == pytest.approx(0.5)


def test_directions_count_without_a_value():
    rows = [entry("a", 1.0, kind="", sign=1), entry("b", -1.0, kind="", sign=-1)]
    found = by_group(rows, EVIDENCE)["concern"]["melasma"]
    assert (found["rows"], found["directions"], found["sign_accuracy"]) == (0, 2, pytest.approx(0.5))
    assert found["mean_abs_error"] is None


def test_rows_without_a_footing_give_no_table():
    def predictor(row):
        return Prediction(np.array([1.0, 2.0]), 1.0, "absolute", "x")

    assert summarise([Row("outcomes.csv", 2, {"source": "a"})], predictor, EVIDENCE)["groups"] == {}


def test_all_stands_last_and_holds_everything():
    found = by_group([entry("a", 0.2), entry("b", 0.4), entry("c", 0.9, concern="striae")], EVIDENCE)["concern"]
    assert list(found) == ["melasma", "striae", ALL]
    assert found[ALL]["rows"] == 3
