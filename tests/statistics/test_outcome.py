"""Rates on synthetic truth, and what leaving a study out does."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.trials import OutcomeRow
from dermatwin.outcome import Schedule, Treated, TrialArm, predict_arm, predict_erythema, predict_event, predict_pain
from dermatwin.outcome.events import Count, pool_counts


@pytest.fixture(scope="module")
def draws():
    return Draws(Evidence.packaged(), Luck(2, 300))


def test_a_rare_rate_is_covered():
    rng, inside, runs = np.random.default_rng(3), 0, 60
    for _ in range(runs):
        rates = 0.05 * rng.gamma(1.5, 1.0 / 1.5, 8)
        counts = [Count(str(i), float(rng.binomial(40, min(r, 1.0))), 40.0, 1.0, 1.0) for i, r in enumerate(rates)]
        low, high = pool_counts(counts, (1.5, 0.8)).draw(np.array([0.1, 0.9]))[0]
        inside += low <= 0.05 <= high
    assert 0.65 <= inside / runs <= 0.95


NEEDLED = TrialArm("acne_scar", "own_score", "needling", "roller", schedule=Schedule(4, 28, 84))
DARK = Treated("IV-V", "face", "roller", 5)


def arm_of(draws, exclude=frozenset(), **more):
    return predict_arm(replace(NEEDLED, **more), draws, exclude)


def test_leaving_a_study_out_changes_the_estimate(draws):
    everyone, without = arm_of(draws), arm_of(draws, frozenset({"leheta2011", "dogra2014"}))
    assert np.median(without.relative_improvement) < np.median(everyone.relative_improvement)
    assert "dogra2014" in everyone.sources
    assert "dogra2014" not in without.sources
    for event in ("pih", "tram_track_scar"):
        kept, left = (predict_event(event, DARK, draws, e).mean() for e in (frozenset(), frozenset({"dogra2014"})))
        assert left < kept
    assert (predict_pain("roller", draws) != predict_pain("roller", draws, frozenset({"nafl_mn_striae2018"}))).any()
    assert (predict_erythema(draws) != predict_erythema(draws, frozenset({"hk2018"}))).any()


def test_everything_left_out_leaves_the_prior_and_no_source(draws):
    nobody = arm_of(draws, frozenset(row.source for row in draws.evidence.rows(OutcomeRow)))
    assert nobody.sources == ()
    assert np.isfinite(nobody.relative_improvement).all()
    assert np.std(nobody.relative_improvement) > np.std(arm_of(draws).relative_improvement)


def test_a_small_trial_scatters_more_and_is_significant_less_often(draws):
    small, large = arm_of(draws, people=10), arm_of(draws, people=1000)
    assert np.std(small.relative_improvement) > np.std(large.relative_improvement)
    assert small.significant_probability < large.significant_probability
    assert arm_of(draws).significant_probability is None


def test_signs_follow_the_scale(draws):
    often = Schedule(12, 7, 84)
    grown = TrialArm("hair_loss_aga", "hair_diameter_um", "needling_plus", "roller", "minoxidil", often, baseline=50.0)
    hair = predict_arm(grown, draws)
    missing = draws("hair_missing_share", "1")  # what improves is the hair that is missing
    assert hair.relative_change == pytest.approx(missing * hair.relative_improvement)
    scar = arm_of(draws, scale="goodman_baron_qualitative", baseline=3.0)
    assert scar.relative_change == pytest.approx(-scar.relative_improvement)
    assert scar.change.min() >= -2.0  # 3 cannot fall below the scale's 1


def test_counted_rates_are_counts(draws):
    rate = predict_event("pih", replace(DARK, people=30), draws)
    assert rate * 30 == pytest.approx(np.round(rate * 30))
    assert ((rate >= 0.0) & (rate <= 1.0)).all()


def test_two_arms_share_their_luck(draws):
    one, two = arm_of(draws), arm_of(draws)
    assert (one.relative_improvement == two.relative_improvement).all()
    more = arm_of(draws, schedule=Schedule(6, 28, 84))
    assert (more.relative_improvement - one.relative_improvement).std() < one.relative_improvement.std()
