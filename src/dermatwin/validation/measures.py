"""How good a prediction with a band is: where the measured value lies in it, how wide it is, how far its draws are off.

Everything here is about plain numbers: draws of one predicted value, and what was measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of the draws that a central band may hold, narrowest first."""
FURTHEST = 6.0  # decades: draws of nothing on a scale of ratios are counted as so far from what was measured
_ENDS = (*(0.5 * (1.0 - level) for level in reversed(LEVELS)), 0.5, *(0.5 * (1.0 + level) for level in LEVELS))


class Bands(NamedTuple):
    """Ends of the central bands of `LEVELS` around the median."""

    low: tuple[float, ...]
    median: float
    high: tuple[float, ...]


def bands(draws: np.ndarray) -> Bands:
    """Central bands of draws, one per level."""
    found = [float(value) for value in np.quantile(draws, _ENDS)]
    middle = len(LEVELS)
    return Bands(tuple(reversed(found[:middle])), found[middle], tuple(found[middle + 1 :]))


def holds(low: float, high: float, measured: float, bound: str = "") -> bool:
    """Whether a band holds the measured value, or some value that a bound allows."""
    slack = 1e-9 * max(abs(low), abs(high), 1e-12)
    if bound == "upper":
        return low <= measured + slack
    if bound == "lower":
        return high >= measured - slack
    return low - slack <= measured <= high + slack


def narrowest(found: Bands, measured: float, bound: str = "") -> float | None:
    """The smallest level whose band holds the measured value; None where even the widest does not."""
    levels = zip(LEVELS, found.low, found.high, strict=True)
    return next((level for level, low, high in levels if holds(low, high, measured, bound)), None)


def shared(draws: np.ndarray, measured: float, level: float) -> float:
    """Share of the measured value that the central band of a level holds, ties with the draws shared out [-].

    The value lies at the rank u, even between F(y-) and F(y): |u - 1/2| <= level/2 for the share of that stretch. Where no
    draw is equal to it this is 1 inside and 0 outside. Where many are (both nought, say) a band between quantiles holds
    more draws than its level says; here it does not, and over forecasts that are right the mean is the level (Czado,
    Gneiting, Held 2009, Biometrics 65:1254).
    """
    slack = 1e-9 * max(abs(measured), 1e-12)
    low, high = float(np.mean(draws < measured - slack)), float(np.mean(draws <= measured + slack))
    below, above = 0.5 * (1.0 - level), 0.5 * (1.0 + level)
    if high == low:
        return float(below <= low <= above)
    return max(min(high, above) - max(low, below), 0.0) / (high - low)


def crps(draws: np.ndarray, measured: float) -> float:
    """Continuous ranked probability score, in the unit of the draws: smaller is nearer and sharper.

    mean |X - y| - mean |X - X'| / 2 over pairs of different draws, so that ensembles of any size are judged alike (Ferro
    2014, Q J R Meteorol Soc 140:1917): few draws are no worse than many; on one row the score may fall below 0.
    """
    count = draws.size
    off = float(np.mean(np.abs(draws - measured)))
    if count < 2:
        return off
    pairs = float(np.sort(draws) @ (2.0 * np.arange(count) - count + 1.0))  # sum over i < j of x_j - x_i
    return off - pairs / (count * (count - 1.0))


def decades(values: np.ndarray, measured: float) -> np.ndarray:
    """log10(values / measured), at the most `FURTHEST` to either side; for a measured value above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(np.nan_to_num(np.log10(np.maximum(values, 0.0) / measured), nan=-FURTHEST), -FURTHEST, FURTHEST)
