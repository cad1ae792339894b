"""Do two samplers say the same of a posterior? Means and spreads, each beside what chance alone does to it.

Draws come in batches that know next to nothing of one another: whole runs, or stretches of a chain that are long beside its
memory. How far the batches' own means scatter is the Monte Carlo error of the whole mean, whatever the memory within them
(batch means: Flegal and Jones 2010, Ann Stat 38:1034); the same with squares is the error of the spread. An effective size
is how many independent draws would have that error. Differences are judged by Student's t with the freedom that few
batches leave (Welch 1947, Biometrika 34:28) and by how many of them are looked at (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Means and standard deviations of a posterior by name, with standard errors: of a mean, and of the ln of a spread.

    batches : how many batches the errors were told from.
    """

    mean: np.ndarray
    mean_error: np.ndarray
    spread: np.ndarray
    spread_error: np.ndarray
    batches: int

    @property
    def effective(self) -> np.ndarray:
        """How many independent draws would know the means as well."""
        return (self.spread / self.mean_error) ** 2


@dataclass(frozen=True)
class Difference:
    """How far two samplers are apart by name, in units of their errors together: means, and ln of the ratio of spreads.

    ratio : of the spreads, the first over the second. chance : of a difference as large as the largest, if there is none.
    """

    mean: np.ndarray
    spread: np.ndarray
    ratio: np.ndarray
    chance: float

    @property
    def largest(self) -> float:
        """The largest difference of all, in units of its error."""
        return float(np.abs([self.mean, self.spread]).max())


def batched(chains: np.ndarray, count: int) -> np.ndarray:
    """Each chain of (chain, state, name) as `count` batches; states that do not fill a batch are left out at the front."""
    length = chains.shape[1] // count
    return chains[:, chains.shape[1] - count * length :].reshape(-1, length, chains.shape[2])


def moments(batches: np.ndarray) -> Moments:
    """Means and spreads of draws (batch, draw, name) with their errors."""
    mean = batches.mean(axis=(0, 1))
    squares = (batches - mean) ** 2
    variance, root = squares.mean(axis=(0, 1)), np.sqrt(len(batches))
    mean_error = batches.mean(axis=1).std(axis=0, ddof=1) / root
    spread_error = 0.5 * squares.mean(axis=1).std(axis=0, ddof=1) / root / variance
    return Moments(mean, mean_error, np.sqrt(variance), spread_error, len(batches))


def apart(one: Moments, other: Moments) -> Difference:
    """How far two samplers are apart beyond chance."""
    ratio = one.spread / other.spread
    pairs = (
        (one.mean - other.mean, one.mean_error, other.mean_error),
        (np.log(ratio), one.spread_error, other.spread_error),
    )
    mean, spread = (gap / np.hypot(a, b) for gap, a, b in pairs)
    chances = [_chance(gap, a, b, one.batches, other.batches) for gap, a, b in pairs]
    return Difference(mean, spread, ratio, float(min(1.0, np.size(chances) * np.min(chances))))


def _chance(gap: np.ndarray, a: np.ndarray, b: np.ndarray, batches: int, others: int) -> np.ndarray:
    """Chance of gaps as large, were there none, with standard errors a and b told from so many batches."""
    from scipy.stats import t

    freedom = (a**2 + b**2) ** 2 / (a**4 / (batches - 1) + b**4 / (others - 1))
    return 2.0 * t.sf(np.abs(gap) / np.hypot(a, b), freedom)
