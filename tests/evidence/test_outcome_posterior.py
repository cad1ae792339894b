"""The shipped effects of clinical outcome: what is left out is left out, controls stay controls, failures lower."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.joint import ALL, EFFECTS_RECORD
from dermatwin.evidence.making import effects_of
from dermatwin.evidence.rows.trials import OutcomeRow
from dermatwin.outcome import Schedule, TrialArm, pooled, predict_arm
from dermatwin.outcome.pooling import NOTHING

EVIDENCE = Evidence.packaged()

NEEDLED = TrialArm("acne_scar", "own_score", "needling", "roller", schedule=Schedule(4, 28, 84))


@pytest.fixture(scope="module")
def draws():
    return Draws(Evidence.packaged(), Luck(3, 400))


@pytest.fixture(scope="module")
def shipped(draws):
    return effects_of(draws.evidence)


def test_every_study_has_a_table_without_it(shipped):
    joint, record = shipped
    assert set(joint.blocks) == {ALL, NOTHING, *record["studies"]}
    assert all(np.isfinite(table).all() for table in joint.blocks.values())
    assert record["largest_scale_reduction"] < 1.05


def test_the_fit_is_that_of_the_rows(draws, shipped):
    from dermatwin.calibration.outcome import behind, problem

    whole, (_, record) = problem(EVIDENCE), shipped
    assert record["effects"] == list(whole.kept)
    assert record["studies"] == list(whole.trials.studies)
    assert record["behind"] == behind(whole), (
        f"{EFFECTS_RECORD} is of other rows: run python -m dermatwin.calibration outcome"
    )


def test_a_study_left_out_stands_behind_nothing(draws):
    found = pooled(draws, frozenset({"ablon2018"}))
    assert not any("ablon2018" in studies for studies in found.sources.values())
    assert not np.array_equal(found.table, pooled(draws).table)


def test_several_studies_left_out_leave_the_prior(draws):
    two = pooled(draws, frozenset({"ablon2018", "dogra2014"}))
    assert not any(two.sources.values())
    assert np.std(two.column("needle")) > 3.0 * np.std(pooled(draws).column("needle"))


def test_untreated_arms_are_not_predicted_as_treated(draws):
    bare = predict_arm(replace(NEEDLED, role="untreated", device_kind="none", schedule=Schedule(0, None, 182)), draws)
    needled = predict_arm(NEEDLED, draws)
    assert abs(np.median(bare.relative_improvement)) < 0.1
    assert np.median(needled.relative_improvement) > 0.2
    assert (np.quantile(bare.relative_improvement, [0.1, 0.9]) < 0.3).all()


def test_a_new_trial_and_more_people_are_told_apart(draws):
    def spread(n):
        return np.std(predict_arm(replace(NEEDLED, people=n), draws).relative_improvement)

    assert spread(2) > spread(20) > 0.05


def test_a_stricter_definition_counts_fewer(draws):
    graded = replace(NEEDLED, scale="goodman_baron_qualitative", baseline=4.0)
    share = [
        np.mean(predict_arm(replace(graded, definition=f"improved by >={n} grades"), draws).responders) for n in (1, 2, 3)
    ]
    assert share[0] > share[1] > share[2]


def test_time_brings_improvement(draws):
    course = [
        np.median(predict_arm(replace(NEEDLED, schedule=Schedule(4, 28, 7.0 * week)), draws).relative_improvement)
        for week in (4, 12, 26, 52)
    ]
    assert all(later >= earlier for earlier, later in pairwise(course))


def test_a_trial_whose_needling_did_nothing_makes_the_next_such_trial_likelier(draws):
    """The same luck with and without it. What it does to the mean is less than fits of 1500 rounds can tell."""
    everyone, without = (pooled(draws, e) for e in (frozenset(), frozenset({"chilicka2021"})))
    assert np.median(everyone.column("no_effect")) > np.median(without.column("no_effect"))


def test_a_count_of_nobody_lowers_the_next_count():
    """Not one of 25: raters have long tails, so that it speaks of raters first and hardly of scores."""
    draws = Draws(Evidence.packaged(), Luck(3, 1000))
    counted = replace(NEEDLED, scale="own_improvement_category", definition="good or excellent")
    everyone, without = (predict_arm(counted, draws, e).responders for e in (frozenset(), frozenset({"krithika2025"})))
    assert np.mean(everyone) < np.mean(without)
    assert np.mean(everyone < 0.1) > np.mean(without < 0.1)


def test_an_effect_nobody_studied_comes_from_its_family(draws):
    known = pooled(draws).draw(draws)
    assert "adjunct:moonlight" not in known.pooled.names
    assert np.std(known["adjunct:moonlight"]) == pytest.approx(np.sqrt(np.mean(known["adjunct_between"] ** 2)), rel=0.2)


def test_the_record_names_registered_sources(draws, shipped):
    _, record = shipped
    assert set(record["studies"]) <= {row.source for row in draws.evidence.rows(OutcomeRow)}
    assert set(record["studies"]) <= set(draws.evidence.sources)
