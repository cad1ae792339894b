"""Weights of possible people after what was observed of one.

    ln L_i = sum over groups of ln N(y_g; f_gi, S_g),   S = diag(s_k^2) + t^2 1 1',   w_i = L_i^b / sum over people of L^b

Observations of one quantity in one zone after one session share the chance t of that session: they are a group. Scores are
on the form of their measure (as they are, or on the logarithm). A bound counts with the chance of the side that it leaves
open. b = 1 unless fewer people than `least` would be left to speak (1 / sum w^2): then the likelihood is tempered until they
are, which leaves the answer wider than it could be and never narrower. Weights belong to one person of one run: nothing that
all people share is changed by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..core.chance import Luck

Form = Literal["additive", "ratio"]
TINY = 1e-9  # numerical: nothing has a logarithm
HALVINGS = 50  # numerical: of the exponent


@dataclass(frozen=True)
class Reading:
    """One observed value with how sure it is, in the form in which its error is meant.

    group : observations that share a session's chance. error, chance : standard deviations on the form.
    bound : 'upper' or 'lower' where the value is only that.
    """

    value: float
    form: Form
    floor: float
    error: float
    chance: float = 0.0
    group: str = ""
    bound: str = ""

    def formed(self, values: np.ndarray) -> np.ndarray:
        """Values on the form of the error."""
        return formed(values, self.form, self.floor)

    @property
    def target(self) -> float:
        """The observed value on the form of its error."""
        return float(self.formed(np.array(self.value)))

    @property
    def width(self) -> float:
        """Standard deviation of one reading of a person, the session's chance included."""
        return float(np.hypot(self.error, self.chance))


@dataclass(frozen=True)
class Weighed:
    """Weights of people, shape (draw,), how many of them speak, and how much of what was observed is believed (b)."""

    weights: np.ndarray
    effective: float
    exponent: float


def formed(values: np.ndarray, form: str, floor: float) -> np.ndarray:
    """Values as they are, or the logarithm of what lies above a floor."""
    return np.log(np.maximum(values + floor, TINY)) if form == "ratio" else np.asarray(values, float)


def unformed(values: np.ndarray, form: str, floor: float) -> np.ndarray:
    """The other way round."""
    return np.maximum(np.exp(values) - floor, 0.0) if form == "ratio" else values


def log_likelihood(readings: Sequence[Reading], predicted: Sequence[np.ndarray], people: int) -> np.ndarray:
    """Logarithm of the density of all readings under each person, shape (draw,); -inf where a person has no number."""
    total = np.zeros(people)
    groups: dict[str, list[int]] = {}
    for number, reading in enumerate(readings):
        single = reading.bound or not reading.group
        groups.setdefault(f"{number}" if single else f"@{reading.group}", []).append(number)
    for members in groups.values():
        total += _of_group([readings[n] for n in members], [predicted[n] for n in members])
    return np.where(np.isnan(total), -np.inf, total)


def _of_group(readings: Sequence[Reading], predicted: Sequence[np.ndarray]) -> np.ndarray:
    from scipy.special import log_ndtr

    first = readings[0]
    off = np.array([r.target - r.formed(values) for r, values in zip(readings, predicted, strict=True)])
    if first.bound:
        side = 1.0 if first.bound == "upper" else -1.0
        return log_ndtr(side * off[0] / first.width)
    cover = np.diag([reading.error**2 for reading in readings]) + first.chance**2
    lower = np.linalg.cholesky(cover)
    whitened = np.linalg.solve(lower, off)
    return -0.5 * (whitened**2).sum(axis=0) - np.log(np.diag(lower)).sum()


def weigh(likelihood: np.ndarray, least: float) -> Weighed:
    """Weights from logarithms of likelihoods; tempered where fewer than `least` people would speak.

    Law      they sum to one; equal likelihoods give equal weights (tests/laws/test_follow.py).
    """
    if not np.isfinite(likelihood).any():
        raise ValueError("no person could have shown what was observed")
    weights = _weights(likelihood, 1.0)
    if effective(weights) >= min(least, float(np.isfinite(likelihood).sum())):
        return Weighed(weights, effective(weights), 1.0)
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(_weights(likelihood, middle)) >= least else (low, middle)
    weights = _weights(likelihood, low)
    return Weighed(weights, effective(weights), low)


def _weights(likelihood: np.ndarray, exponent: float) -> np.ndarray:
    known = np.isfinite(likelihood)
    raised = np.where(known, np.exp(exponent * (np.where(known, likelihood, -np.inf) - likelihood[known].max())), 0.0)
    return raised / raised.sum()


def effective(weights: np.ndarray) -> float:
    """How many people speak: 1 / sum of squared weights."""
    return float(1.0 / (weights**2).sum())


def equal(people: int) -> np.ndarray:
    """Everybody counts alike."""
    return np.full(people, 1.0 / people)


def resampled(weights: np.ndarray, count: int, luck: Luck) -> np.ndarray:
    """Numbers of `count` people, each as often as he counts to the next whole number, in an order of luck.

    Systematic resampling: places (u + 0..count - 1) / count in the cumulated weights.
    """
    places = (np.arange(count) + luck.uniform("chance", "people like her")[0, 0]) / count
    chosen = np.searchsorted(np.cumsum(weights), places * weights.sum(), side="right")
    order = np.argsort(luck.uniform("chance", "order of people like her")[:, 0], kind="stable")
    return np.minimum(chosen, len(weights) - 1)[order]


def quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Quantiles of weighted values; those of numpy where all weights are equal. NaN where nobody has a number."""
    good = np.isfinite(values) & (weights > 0.0)
    if not good.any():
        return np.full(len(shares), np.nan)
    order = np.argsort(values[good], kind="stable")
    ranked, counted = values[good][order], weights[good][order] / weights[good].sum()
    if len(ranked) == 1:
        return np.full(len(shares), ranked[0])
    places = np.cumsum(counted) - 0.5 * counted
    return np.interp(shares, (places - places[0]) / (places[-1] - places[0]), ranked)


def below(reading: Reading, predicted: np.ndarray, weights: np.ndarray) -> float:
    """Share of people of whom the reader would write less than the observed value, error and chance included [-]."""
    from scipy.special import ndtr

    good = np.isfinite(predicted) & (weights > 0.0)
    off = (reading.target - reading.formed(predicted[good])) / reading.width
    return float(np.average(ndtr(off), weights=weights[good]))
