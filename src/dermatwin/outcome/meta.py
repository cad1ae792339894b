"""One quantity pooled over studies: random effects on a grid, with bounds.

    value of study i ~ N(mu, tau^2 + v_i),   mu ~ N(m, S^2),   tau ~ half-normal(T)

A value known only as an upper bound contributes the probability of lying below it. Everything is computed on a fixed
grid of equal prior weight, so the answer depends on nothing but the rows. Pain scores (logit) and durations of redness
(logarithm) use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CELLS = 100  # of the mean
SPREADS = 10


@dataclass(frozen=True)
class Observation:
    """What one study says about a quantity."""

    source: str
    value: float
    variance: float = 0.0
    upper_bound: bool = False


@dataclass(frozen=True)
class ValuePool:
    """Posterior of mean and spread between studies on a grid, sorted by the mean."""

    mean: np.ndarray  # (cell,)
    spread: np.ndarray  # (cell,)
    weight: np.ndarray  # (cell,)
    sources: tuple[str, ...]

    def draw(self, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and spread between studies from uniform numbers; shapes as `uniform`."""
        edges = np.cumsum(self.weight)
        cell = np.minimum(np.searchsorted(edges, uniform * edges[-1]), len(edges) - 1)
        return self.mean[cell], self.spread[cell]


def pool_values(found: Sequence[Observation], centre: float, width: float, between: float) -> ValuePool:
    """Posterior from observations with the prior N(centre, width^2) of the mean and half-normal(between) of the spread."""
    from scipy.special import log_ndtr, ndtri

    levels = (np.arange(CELLS) + 0.5) / CELLS
    mean = np.repeat(centre + width * ndtri(levels), SPREADS)
    spread = np.tile(between * ndtri(0.5 + 0.5 * (np.arange(SPREADS) + 0.5) / SPREADS), CELLS)
    log = np.zeros_like(mean)
    for item in found:
        scale = np.sqrt(spread**2 + item.variance)
        score = (item.value - mean) / scale
        log += log_ndtr(score) if item.upper_bound else -0.5 * score**2 - np.log(scale)
    weight = np.exp(log - log.max())
    return ValuePool(mean, spread, weight / weight.sum(), tuple(sorted({item.source for item in found})))
