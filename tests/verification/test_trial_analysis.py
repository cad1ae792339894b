"""Tests of trials beside those of statsmodels and scipy, trial by trial, on the same numbers; missing people included."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportions_ztest

from dermatwin.trial.analysed import analysed, data_of
from dermatwin.trial.drawing import draw_trials
from trials import bench, document

LEAVING = {"leaving": {"at_random": "25 %"}}
RATED = {"raters": {"step": 0.5, "disagreement": 1.0}}


def drawn_of(method, trials=6, design="parallel", seed=2, **changes):
    raw = document(design=design, **{"analysis": {"method": method}, **RATED, **LEAVING, **changes})
    found = bench(raw, (0.3, 0.15), severity=None)
    return found, draw_trials(found, trials, 40, np.random.default_rng(seed))


def groups(found, drawn, trial):
    data = data_of(found, drawn, found.pool.plan.document.analysis)
    kept, first = data.kept[trial], data.first[trial]
    return data.gain[trial], data.baseline[trial], kept, first


@pytest.mark.parametrize("trial", range(3))
def test_two_means(trial):
    found, drawn = drawn_of("t_test")
    gain, _, kept, first = groups(found, drawn, trial)
    theirs = stats.ttest_ind(gain[kept & first], gain[kept & ~first])
    ours = analysed(found, drawn)
    assert kept.sum() < 40
    assert ours.p[trial] == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (ours.low[trial], ours.high[trial]) == pytest.approx(tuple(theirs.confidence_interval()), rel=1e-9)


@pytest.mark.parametrize("trial", range(3))
def test_covariance(trial):
    found, drawn = drawn_of("ancova")
    gain, before, kept, first = groups(found, drawn, trial)
    columns = sm.add_constant(np.column_stack([first[kept], before[kept]]).astype(float))
    theirs = sm.OLS(gain[kept], columns).fit()
    ours = analysed(found, drawn)
    assert (ours.estimate[trial], ours.error[trial], ours.p[trial]) == pytest.approx(
        (theirs.params[1], theirs.bse[1], theirs.pvalues[1]), rel=1e-8
    )


@pytest.mark.parametrize("trial", range(3))
def test_two_proportions(trial):
    found, drawn = drawn_of("responders")
    gain, before, kept, first = groups(found, drawn, trial)
    hit = gain >= 0.25 * before
    counts, sizes = zip(*[((hit & kept & side).sum(), (kept & side).sum()) for side in (first, ~first)], strict=True)
    _, p = proportions_ztest(counts, sizes)
    assert analysed(found, drawn).p[trial] == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("trial", range(3))
def test_rank_sum(trial):
    found, drawn = drawn_of("wilcoxon")
    gain, _, kept, first = groups(found, drawn, trial)
    p = stats.mannwhitneyu(gain[kept & first], gain[kept & ~first]).pvalue
    assert analysed(found, drawn).p[trial] == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("trial", range(3))
def test_within_people(trial):
    found, drawn = drawn_of("paired_t", design="split_face")
    gain, _, kept, _ = groups(found, drawn, trial)
    theirs = stats.ttest_rel(gain[kept, 0], gain[kept, 1])
    assert analysed(found, drawn).p[trial] == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize("trial", range(3))
def test_responders_within_people(trial):
    found, drawn = drawn_of("responders", design="split_face")
    gain, before, kept, _ = groups(found, drawn, trial)
    hit = gain >= 0.25 * before
    one, two = hit[kept, 0], hit[kept, 1]
    table = [[(one & two).sum(), (one & ~two).sum()], [(~one & two).sum(), (~one & ~two).sum()]]
    assert analysed(found, drawn).p[trial] == pytest.approx(mcnemar(table, exact=True).pvalue, rel=1e-9)


@pytest.mark.parametrize("trial", range(3))
def test_crossover_by_sequence(trial):
    """Hills and Armitage: differences between periods compared between sequences."""
    found, drawn = drawn_of("paired_t", design="crossover")
    gain, _, kept, first = groups(found, drawn, trial)
    periods = np.where(first, gain[:, 0] - gain[:, 1], gain[:, 1] - gain[:, 0])
    theirs = stats.ttest_ind(periods[kept & first], periods[kept & ~first])
    assert analysed(found, drawn).p[trial] == pytest.approx(theirs.pvalue, rel=1e-9)


def test_two_grades_are_a_logistic_regression():
    """Of two grades, proportional odds are a logistic regression, which statsmodels fits by other means."""
    found = bench(document(analysis={"method": "proportional_odds"}, raters={"step": 20.0}), (0.25, 0.15))
    drawn = draw_trials(found, 1, 40, np.random.default_rng(2))
    ours = analysed(found, drawn)
    data = data_of(found, drawn, found.pool.plan.document.analysis)
    kept = data.kept[0]
    better = -data.reading[0][kept]
    assert len(np.unique(better)) == 2
    before = data.baseline[0][kept] - data.baseline[0][kept].mean()
    columns = [np.ones(kept.sum()), data.first[0][kept]] + ([before] if np.ptp(before) else [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sm.Logit(better == better.max(), np.column_stack(columns).astype(float)).fit(disp=False)
    assert (ours.estimate[0], ours.p[0]) == pytest.approx((theirs.params[1], theirs.pvalues[1]), rel=2e-3)


def test_with_everybody_at_every_visit_the_mixed_model_compares_the_means_of_the_last():
    """Balanced and complete: generalised least squares of arm by visit are the differences of means at each visit."""
    found = bench(document(analysis={"method": "mixed_model"}), (0.3, 0.15))
    drawn = draw_trials(found, 1, 40, np.random.default_rng(2))
    noisy = replace(drawn, gain=drawn.gain + np.random.default_rng(3).standard_normal(drawn.gain.shape) * 3.0)
    gain, first = noisy.gain[0, :, 0, -1], noisy.arm[0] == 0
    ours = analysed(found, noisy)
    assert ours.estimate[0] == pytest.approx(gain[first].mean() - gain[~first].mean(), rel=1e-6)
    apart = np.sqrt(gain[first].var(ddof=1) / 20 + gain[~first].var(ddof=1) / 20)
    assert ours.error[0] == pytest.approx(apart, rel=0.15)  # all visits say how people differ


def test_estimands_differ_in_who_left():
    found, drawn = drawn_of("t_test")
    analysis = found.pool.plan.document.analysis
    by = {
        name: data_of(found, drawn, analysis.model_copy(update={"estimand": name}))
        for name in ("treatment_policy", "hypothetical", "composite")
    }
    left = ~drawn.seen[:, :, 0, -1]
    assert left.any()
    assert by["treatment_policy"].kept.all()
    assert not by["hypothetical"].kept[left].any()
    assert (by["composite"].gain[left] == 0.0).all()
    assert by["composite"].kept.all()


def test_all_alike_is_no_difference_and_no_error():
    """Nobody differs from anybody: there is no test of means, and it is said (NaN), not significant."""
    found = bench(document(raters={"step": 80.0}), (0.0, 0.0), spread=0.0)
    tested = analysed(found, draw_trials(found, 5, 40, np.random.default_rng(1)))
    assert np.isnan(tested.p).all()
    assert not tested.significant(0.05).any()
    assert (tested.z == 0.0).all()
