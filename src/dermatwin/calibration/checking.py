"""Does the outcome fit find what is true? Simulation-based calibration on trials that never were.

A truth is drawn from the prior, every packaged reading is replaced by what would have been reported under it (same arms,
same people, same definitions), and the fit is made anew. The rank of the truth among the draws of the fit is uniform if
prior, likelihood and sampler belong together (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv:1804.06788).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..outcome.pooling import SCALARS, SPREADS, odds
from .gibbs import COUNT, NO_EFFECT, PERSON, RANGE, RATIO, SATURATION, SCORE, System, means, never
from .outcome import SIGNIFICANT, Problem, fit, prior_draws

WATCHED = (
    "needle",
    "rf",
    "active",
    "drift",
    "adjunct",
    "rating",
    "chosen",
    "concern:acne_scar",
    "study_between",
    "scale_between",
    "adjunct_between",
    "person",
    "saturation",
    "no_effect",
    "never",
    "never_between",
)


def simulated(whole: Problem, truth: np.ndarray, seed: int) -> Problem:
    """The same trials with the results that they would have had under a state, (name,)."""
    chance, s = np.random.Generator(np.random.Philox(seed)), whole.system
    effects, _, scalars = np.split(truth, np.cumsum([len(whole.effects), len(SPREADS)]))
    assert len(scalars) == len(SCALARS)
    works = (chance.random(len(s.studies)) >= odds(scalars[NO_EFFECT])).astype(float)
    mean, bases = means(s, effects, scalars[SATURATION], works), chance.standard_normal(len(s.widths))
    numbers = np.array([_reported(row, m, scalars, bases, s, chance) for row, m in zip(s.numbers, mean, strict=True)])
    return replace(whole, system=s._replace(numbers=numbers))


def _reported(
    row: np.ndarray, mean: float, scalars: np.ndarray, bases: np.ndarray, system: System, chance: np.random.Generator
) -> np.ndarray:
    from scipy.special import ndtr

    row, person, n = row.copy(), scalars[PERSON], row[2]
    least, indirect, scatter = system.other
    own = np.exp(system.widths[int(row[8])] * bases[int(row[8])]) if row[8] >= 0.0 else 1.0
    if row[0] == SCORE:
        spread = person if np.isnan(row[3]) else row[3]
        row[1] = chance.normal(mean * own, np.hypot(spread / np.sqrt(n), least))
    elif row[0] == COUNT:
        responding = 1.0 - never(row, scalars, bases, system.widths)
        row[1] = chance.binomial(int(n), responding * ndtr((mean - row[3]) / (person * scalars[RATIO] * own)))
    elif row[0] == RANGE:
        error = person * np.sqrt(row[6])
        row[4:6] = _limits(chance.normal(mean, np.hypot(error, indirect * row[7])) / error, row[4:6])
    else:
        row[1] = chance.normal(np.log(person), np.sqrt(scatter**2 + 0.5 / n))
    return row


def _limits(score: float, stated: np.ndarray) -> tuple[float, float]:
    """What is reported of a mean in standard errors: its sign where signs are reported, else its significance."""
    if 0.0 in stated:
        return (0.0, np.inf) if score > 0.0 else (-np.inf, 0.0)
    if abs(score) <= SIGNIFICANT:
        return -SIGNIFICANT, SIGNIFICANT
    return (SIGNIFICANT, np.inf) if score > 0.0 else (-np.inf, -SIGNIFICANT)


def ranks(whole: Problem, seeds: Sequence[int], *, rounds: int, burn: int, thin: int) -> np.ndarray:
    """Share of the draws below the truth for every seed and watched unknown, (seed, name)."""
    columns = [whole.names.index(name) for name in WATCHED if name in whole.names]
    found = []
    for seed in seeds:
        truth = prior_draws(whole, 1, seed)[0]
        states = fit(simulated(whole, truth, seed), seed, rounds, thin=thin, burn=burn)
        found.append((states[:, columns] < truth[columns]).mean(axis=0))
    return np.array(found)


def unevenness(shares: np.ndarray, bins: int = 5) -> np.ndarray:
    """Chance of ranks as uneven as these, were they uniform, for every column (chi square)."""
    from scipy.stats import chisquare

    counts = np.stack([np.histogram(column, bins, (0.0, 1.0 + 1e-9))[0] for column in shares.T])
    return np.array([chisquare(row).pvalue for row in counts])
