"""Scales and ticks: from a quantity to a place on the page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .. import words

NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
DAY_STEPS = (1, 2, 7, 14, 28, 56, 84, 91, 182, 364)
TINIEST = 1e-100  # of what is drawn; one over it is the largest
MOST_TICKS, FINEST = 1000, 1e12  # ticks of an axis; steps from nought to an axis whose ticks can be told apart
HOUR_STEPS = (1, 2, 3, 6, 12, 24, 48)


@dataclass(frozen=True)
class Scale:
    """A linear (or logarithmic) map from low..high to start..end."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: np.ndarray | float) -> np.ndarray:
        """Places of values; values outside are kept at the edge of what can be drawn."""
        low, high = self._inner(self.low), self._inner(self.high)
        share = (self._inner(np.asarray(value, float)) - low) / ((high - low) or 1.0)
        return self.start + np.clip(share, -0.02, 1.02) * (self.end - self.start)

    def at(self, value: float) -> float:
        """Place of one value."""
        return float(self(value))

    def share(self, value: float) -> float:
        """Place of one value as a share of the length, kept within 0..1."""
        return min(max((self.at(value) - self.start) / (self.end - self.start), 0.0), 1.0)

    def ticks(self, wanted: int = 4) -> list[float]:
        """About so many round numbers within the scale."""
        if self.log:
            first, last = math.ceil(math.log10(max(self.low, TINIEST)) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            step = max(1, round((last - first) / max(wanted, 1)))
            return [10.0**power for power in range(first, last + 1, step)]
        return multiples(self.low, self.high, nice_step(self.high - self.low, wanted))

    def _inner(self, value: np.ndarray | float) -> np.ndarray:
        return np.log10(np.maximum(value, self.low * 1e-3)) if self.log else np.asarray(value, float)


def nice_step(width: float, wanted: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that cuts a width into about `wanted` parts."""
    if not TINIEST <= width <= 1.0 / TINIEST:
        return 1.0
    raw = width / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step for step in NICE_STEPS if step * power >= raw * (1.0 - 1e-9)) * power


def multiples(low: float, high: float, step: float) -> list[float]:
    """Multiples of a step within low..high; none where they cannot be told apart, or are more than anybody reads."""
    if not max(abs(low), abs(high)) < FINEST * step or not high - low <= MOST_TICKS * step:
        return []
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [round(index * step, 12) for index in range(first, last + 1)]


def time_ticks(low: float, high: float, wanted: int, steps: Iterable[int]) -> list[float]:
    """Ticks of a time axis at steps that people count in (days and weeks, or hours)."""
    step = next((s for s in steps if (high - low) / s <= wanted), None)
    return multiples(low, high, float(step)) if step else multiples(low, high, nice_step(high - low, wanted))


def tick_labels(ticks: list[float]) -> list[str]:
    """Labels with as many decimals as the step between ticks needs."""
    if len(ticks) < 2:
        return [words.number(tick) for tick in ticks]
    step = min(abs(b - a) for a, b in itertools.pairwise(ticks))
    decimals = next((d for d in range(8) if abs(round(step, d) - step) < 1e-9 * max(step, 1e-9) + 1e-12), 2)
    return [words.fixed(tick, decimals) for tick in ticks]


def cover(values: Iterable[np.ndarray | float], *, zero: bool = False, around: float | None = None) -> tuple[float, float]:
    """Limits that hold all finite values, with a little air; `zero` starts at zero, `around` must be inside."""
    flat = np.concatenate([np.ravel(np.asarray(v, float)) for v in values] or [np.array([])])
    flat = flat[np.abs(flat) <= 1.0 / TINIEST]
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 1.0)
    if around is not None:
        low, high = min(low, around), max(high, around)
    if zero and low >= 0.0:
        low = 0.0
    if high - low <= max(1e-12 * abs(high), TINIEST):
        low, high = (low - 0.5 * abs(low), high + 0.5 * abs(high)) if abs(high) > TINIEST else (0.0, 1.0)
    air = 0.04 * (high - low)
    return (low if zero and low == 0.0 else low - air), high + air
