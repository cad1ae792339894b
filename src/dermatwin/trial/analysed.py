"""Tests of one comparison, for many trials at once: estimate, standard error, p, interval of each trial.

Means, paired means, ANCOVA and proportions are closed forms over (trial, person); ranks are scipy's; proportional odds and
the mixed model are statsmodels', trial by trial. All are two-sided, the first arm against the second, positive is better.
What is not observed follows the estimand: `treatment_policy` reads everybody as if they had come, `hypothetical` who came
(of who left, earlier visits in the mixed model), `composite` counts who left as unchanged.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .document import Analysis
from .drawing import Bench, Drawn

SMALLEST = 1e-12  # numerical: a spread below it is none


@dataclass(frozen=True)
class Tested:
    """A test in each trial, arrays (trial,); NaN where it could not be made."""

    estimate: np.ndarray
    error: np.ndarray
    p: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def z(self) -> np.ndarray:
        """The normal score of p with the sign of the estimate; 0 where there was no test."""
        from scipy.special import ndtri

        score = -ndtri(np.clip(self.p, 1e-300, 1.0) / 2.0)
        return np.nan_to_num(np.sign(self.estimate) * score)

    def significant(self, alpha: float) -> np.ndarray:
        """Whether each trial says that the first arm is better, or worse."""
        return np.nan_to_num(self.p, nan=1.0) <= alpha


@dataclass(frozen=True)
class Data:
    """What a test is made of."""

    gain: np.ndarray  # (trial, person) of one slot, or (trial, person, 2)
    baseline: np.ndarray
    reading: np.ndarray
    kept: np.ndarray  # what counts
    first: np.ndarray  # (trial, person) who had the first arm
    drawn: Drawn
    bench: Bench
    responder: float
    alpha: float


def analysed(bench: Bench, drawn: Drawn, analysis: Analysis | None = None) -> Tested:
    """The test of a document's analysis in every trial."""
    wanted = analysis or bench.pool.plan.document.analysis
    data = data_of(bench, drawn, wanted)
    return _TESTS[wanted.method, bench.pool.plan.document.design == "parallel"](data)


def data_of(bench: Bench, drawn: Drawn, analysis: Analysis) -> Data:
    """What is tested, by the estimand: gains at the last visit of those in the two arms."""
    gain, kept = drawn.gain[..., -1], drawn.seen[..., -1]
    reading = drawn.reading[..., -1]
    if analysis.estimand == "treatment_policy":
        kept = np.ones(kept.shape, bool)
    if analysis.estimand == "composite":
        gain, reading = np.where(kept, gain, 0.0), np.where(kept, reading, drawn.baseline)
        kept = np.ones(kept.shape, bool)
    first, second = bench.compared
    if drawn.gain.shape[2] == 1:
        counts = np.asarray(kept[..., 0] & np.isin(drawn.arm, (first, second)))
        had = drawn.arm == first
        before, after = drawn.baseline[..., 0], reading[..., 0]
        return Data(gain[..., 0], before, after, counts, had, drawn, bench, analysis.responder, analysis.alpha)
    return Data(
        gain,
        drawn.baseline,
        reading,
        np.asarray(kept.all(axis=-1)),
        drawn.arm == 0,
        drawn,
        bench,
        analysis.responder,
        analysis.alpha,
    )


def _from_t(estimate: np.ndarray, error: np.ndarray, freedom: np.ndarray, alpha: float) -> Tested:
    from scipy.special import stdtr, stdtrit

    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / error
    possible = (error > SMALLEST) & (freedom > 0)
    degrees = np.maximum(freedom, 1)
    p = np.where(possible, 2.0 * stdtr(degrees, -np.abs(np.where(possible, t, 0.0))), np.nan)
    half = stdtrit(degrees, 1.0 - alpha / 2.0) * error
    return Tested(estimate, np.where(possible, error, np.nan), p, estimate - half, estimate + half)


def _moments(values: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number, mean, and sum of squares about it, of what is kept in each trial."""
    count = kept.sum(axis=1)
    mean = np.where(kept, values, 0.0).sum(axis=1) / np.maximum(count, 1)
    return count, mean, np.where(kept, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)


def t_test(data: Data) -> Tested:
    """Student's t of two means, pooled variance."""
    ones, twos = data.kept & data.first, data.kept & ~data.first
    (n1, m1, s1), (n2, m2, s2) = _moments(data.gain, ones), _moments(data.gain, twos)
    freedom = n1 + n2 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((s1 + s2) / freedom * (1.0 / n1 + 1.0 / n2))
    return _from_t(m1 - m2, np.nan_to_num(error, posinf=0.0), np.where((n1 > 0) & (n2 > 0), freedom, 0), data.alpha)


def ancova(data: Data) -> Tested:
    """Least squares of the gain on arm and baseline."""
    ones, twos = data.kept & data.first, data.kept & ~data.first
    (n1, y1, _), (n2, y2, _) = _moments(data.gain, ones), _moments(data.gain, twos)
    (_, x1, sx1), (_, x2, sx2) = _moments(data.baseline, ones), _moments(data.baseline, twos)
    dy = np.where(data.first, data.gain - y1[:, None], data.gain - y2[:, None]) * data.kept
    dx = np.where(data.first, data.baseline - x1[:, None], data.baseline - x2[:, None]) * data.kept
    sxx, sxy, syy = sx1 + sx2, (dx * dy).sum(axis=1), (dy**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(sxx > SMALLEST, sxy / sxx, 0.0)
        freedom = n1 + n2 - 2 - (sxx > SMALLEST)
        variance = np.maximum(syy - slope * sxy, 0.0) / freedom
        lever = np.where(sxx > SMALLEST, (x1 - x2) ** 2 / sxx, 0.0)
        error = np.sqrt(variance * (1.0 / n1 + 1.0 / n2 + lever))
    estimate = y1 - y2 - slope * (x1 - x2)
    return _from_t(estimate, np.nan_to_num(error, posinf=0.0), np.where((n1 > 0) & (n2 > 0), freedom, 0), data.alpha)


def paired_t(data: Data) -> Tested:
    """Student's t of differences within people; of a crossover by sequence, so that a trend over periods drops out."""
    difference = data.gain[..., 0] - data.gain[..., 1]
    if data.bench.pool.plan.document.design != "crossover":
        n, mean, squares = _moments(difference, data.kept)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(squares / (n - 1) / n)
        return _from_t(mean, np.nan_to_num(error, posinf=0.0), n - 1, data.alpha)
    ones, twos = data.kept & data.first, data.kept & ~data.first
    (n1, m1, s1), (n2, m2, s2) = _moments(difference, ones), _moments(difference, twos)
    freedom = n1 + n2 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((s1 + s2) / freedom * (1.0 / n1 + 1.0 / n2)) / 2.0
    return _from_t((m1 + m2) / 2.0, np.nan_to_num(error, posinf=0.0), np.where((n1 > 0) & (n2 > 0), freedom, 0), data.alpha)


def proportions(data: Data) -> Tested:
    """Two shares of responders: z with the pooled share (score test); the interval with their own."""
    responds = data.gain >= data.responder * np.abs(data.baseline)
    ones, twos = data.kept & data.first, data.kept & ~data.first
    n1, n2 = ones.sum(axis=1), twos.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = (responds & ones).sum(axis=1) / n1, (responds & twos).sum(axis=1) / n2
        both = (n1 * p1 + n2 * p2) / (n1 + n2)
        error = np.sqrt(both * (1.0 - both) * (1.0 / n1 + 1.0 / n2))
        own = np.sqrt(p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2)
    return _from_z(p1 - p2, error, own, data.alpha)


def _from_z(estimate: np.ndarray, error: np.ndarray, own: np.ndarray, alpha: float) -> Tested:
    from scipy.special import ndtr, ndtri

    possible = np.nan_to_num(error) > SMALLEST
    score = np.where(possible, np.abs(estimate) / np.where(possible, error, 1.0), 0.0)
    p = np.where(np.isfinite(estimate), np.where(possible, 2.0 * ndtr(-score), 1.0), np.nan)
    half = -ndtri(alpha / 2.0) * own
    return Tested(estimate, own, p, estimate - half, estimate + half)


def mcnemar(data: Data) -> Tested:
    """Responders on one half and not on the other: exact (binomial) test of McNemar."""
    from scipy.special import bdtr

    responds = data.gain >= data.responder * np.abs(data.baseline)
    b = (responds[..., 0] & ~responds[..., 1] & data.kept).sum(axis=1)
    c = (~responds[..., 0] & responds[..., 1] & data.kept).sum(axis=1)
    n = np.maximum(data.kept.sum(axis=1), 1)
    p = np.where(b + c > 0, np.minimum(2.0 * bdtr(np.minimum(b, c), np.maximum(b + c, 1), 0.5), 1.0), 1.0)
    estimate = (b - c) / n
    own = np.sqrt(np.maximum(b + c - (b - c) ** 2 / n, 0.0)) / n
    from scipy.special import ndtri

    half = -ndtri(data.alpha / 2.0) * own
    return Tested(estimate, own, p, estimate - half, estimate + half)


def rank_sum(data: Data) -> Tested:
    """Wilcoxon's rank sum (Mann-Whitney), ties corrected, with the difference of means as estimate."""
    from scipy.stats import mannwhitneyu

    def p_of(trial: int) -> float:
        one, two = (data.gain[trial][data.kept[trial] & mine] for mine in (data.first[trial], ~data.first[trial]))
        if not one.size or not two.size or np.ptp(np.concatenate([one, two])) == 0.0:
            return 1.0 if one.size and two.size else np.nan
        return float(mannwhitneyu(one, two, method="asymptotic").pvalue)

    return _with_p(t_test(data), p_of)


def signed_rank(data: Data) -> Tested:
    """Wilcoxon's signed ranks of differences within people, zeros left out, ties corrected."""
    from scipy.stats import wilcoxon

    def p_of(trial: int) -> float:
        difference = (data.gain[trial, :, 0] - data.gain[trial, :, 1])[data.kept[trial]]
        difference = np.round(difference[difference != 0.0], _DIGITS)
        found: Any = wilcoxon(difference, method="approx") if difference.size > 1 else None
        return 1.0 if found is None else float(found.pvalue)

    return _with_p(paired_t(data), p_of)


_DIGITS = 9  # numerical: differences that are the same but for rounding are ties


def _with_p(tested: Tested, p_of: Callable[[int], float]) -> Tested:
    p = np.array([p_of(trial) for trial in range(len(tested.estimate))])
    return Tested(tested.estimate, tested.error, p, tested.low, tested.high)


def _each(data: Data, fit: Callable[[int], tuple[float, float, float]]) -> Tested:
    """A model fitted trial by trial; NaN where the fit fails."""
    from scipy.special import ndtri

    found = np.full((3, len(data.first)), np.nan)
    for trial in range(found.shape[1]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found[:, trial] = fit(trial)
            except (np.linalg.LinAlgError, ValueError):
                continue
    estimate, error, p = found
    half = -ndtri(data.alpha / 2.0) * error
    return Tested(estimate, error, p, estimate - half, estimate + half)


def proportional_odds(data: Data) -> Tested:
    """Log odds ratio of being a grade better, from the grades at the last visit, adjusted for the grade before."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    sign = data.bench.pool.plan.scale.sign

    def fit(trial: int) -> tuple[float, float, float]:
        kept = data.kept[trial]
        grade = np.unique(np.round(sign * data.reading[trial][kept], _DIGITS), return_inverse=True)[1]
        before = data.baseline[trial][kept]
        columns = [data.first[trial][kept].astype(float)]
        if np.ptp(before) > 0.0:
            columns.append(before - before.mean())
        if grade.max() == 0 or np.ptp(columns[0]) == 0.0:
            return np.nan, np.nan, np.nan
        found = OrderedModel(grade, np.column_stack(columns), distr="logit").fit(method="bfgs", disp=False, maxiter=200)
        return float(found.params[0]), float(found.bse[0]), float(found.pvalues[0])

    return _each(data, fit)


def mixed_model(data: Data) -> Tested:
    """Difference at the last visit from all visits: arm by visit, baseline, an intercept of each person's own (REML)."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    drawn = data.drawn
    visits = drawn.gain.shape[-1]

    def fit(trial: int) -> tuple[float, float, float]:
        inside = (drawn.arm[trial] == data.bench.compared[0]) | (drawn.arm[trial] == data.bench.compared[1])
        kept = drawn.seen[trial, :, 0] & inside[:, None]
        person, visit = np.nonzero(kept)
        arm = data.first[trial][person].astype(float)
        at = np.eye(visits)[visit]
        fixed = np.column_stack([at, at * arm[:, None], data.baseline[trial][person] - data.baseline[trial].mean()])
        if np.ptp(data.baseline[trial]) == 0.0:
            fixed = fixed[:, :-1]
        found = MixedLM(drawn.gain[trial, :, 0][kept], fixed, person).fit(reml=True, method="lbfgs", disp=False)
        last = 2 * visits - 1
        return float(found.fe_params[last]), float(found.bse_fe[last]), float(found.pvalues[last])

    return _each(data, fit)


_TESTS: dict[tuple[str, bool], Callable[[Data], Tested]] = {
    ("t_test", True): t_test,
    ("ancova", True): ancova,
    ("wilcoxon", True): rank_sum,
    ("responders", True): proportions,
    ("proportional_odds", True): proportional_odds,
    ("mixed_model", True): mixed_model,
    ("paired_t", False): paired_t,
    ("wilcoxon", False): signed_rank,
    ("responders", False): mcnemar,
}
