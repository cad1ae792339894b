"""The fit of intact permeability: once with every compound, once without each fold of compounds, and what is shipped of it.

Tempered particles find the posterior under normal deviations; then the variance factors that make them Student's t are
drawn in turn with the parameters (Gibbs steps between rounds of moves). A fit without a fold weighs its records out and
moves on. Shipped are joint draws of the parameters, the permeability of each compound that has records, and what each
laboratory adds of its own in each fit.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..evidence import Evidence
from ..validation.permeability import fold_of, left_out_name
from .fitting import MOVED, NARROWED
from .permeability import FITTED, RECORDS, Problem, folds, problem
from .sampler import Particles, counting, moved, redrawn, tempered
from .scatter import scales

PARTICLES = 256
ROUNDS, LAST_ROUNDS, ROUNDS_WITHOUT = 1, 40, 32  # rounds of moves at each power, at the end, and without a fold
ALL = ""
Table = list[tuple[str | float | int, ...]]


@dataclass(frozen=True)
class Fit:
    """One posterior: scores (draw, parameter), and mean and sd by study and by compound (log10, cm/h)."""

    scores: np.ndarray
    studies: dict[str, tuple[float, float]]
    compounds: dict[str, tuple[float, float]]
    memory: float
    counting: float = 1.0


def fit_all(
    evidence: Evidence, seed: int = 1, workers: int = 2, tell: Callable[[str], None] = print
) -> tuple[Problem, dict[str, Fit]]:
    """The whole fit under the key '' and one without each fold under 'fold N'."""
    whole = problem(evidence)
    tell(f"{len(whole.records)} records of {len(whole.compounds)} compounds in {len(whole.studies)} studies")
    chance = np.random.Generator(np.random.Philox(seed))
    found = fit(whole, chance, tell=tell)
    fits = {ALL: kept(whole, found)}
    tell(f"all compounds: remembers {fits[ALL].memory:.2f}")
    with ProcessPoolExecutor(workers) as pool:
        jobs = {fold: pool.submit(fit_without, evidence, fold, found, seed) for fold in folds()}
        for fold, job in jobs.items():
            fits[f"fold {fold}"] = job.result()
            tell(f"without fold {fold}: {job.result().counting:.0%} counted, remembers {job.result().memory:.2f}")
    return whole, fits


def fit(
    whole: Problem,
    chance: np.random.Generator,
    *,
    particles: int = PARTICLES,
    rounds: int = LAST_ROUNDS,
    tell: Callable[[str], None] = lambda text: None,
) -> Particles:
    """Particles of the posterior of a problem, variance factors included."""
    normal = tempered(
        whole.target, len(FITTED), particles, chance, rounds=ROUNDS, tell=lambda power: tell(f"power {power:.4f}")
    )
    states = np.concatenate([normal.states, np.zeros((particles, sum(whole.sizes)))], axis=1)
    return settled(whole, Particles(states, normal.levels, power=1.0), chance, rounds)


def settled(whole: Problem, now: Particles, chance: np.random.Generator, rounds: int) -> Particles:
    """Rounds of moves with the variance factors drawn anew before each; memory from the first round to the last."""
    first = now.states
    for _ in range(rounds):
        now = moved(whole.target, rescaled(whole, now, chance), chance, rounds=1)
    return replace(now, memory=_memory(first[:, : len(FITTED)], now.states[:, : len(FITTED)]))


def rescaled(whole: Problem, now: Particles, chance: np.random.Generator) -> Particles:
    """Draw every variance factor given a draw of the deviations that it scales."""
    p = whole.draws(now.states)
    crossed = whole.crossed(now.states, p, whole.law(p))
    spreads = (crossed.variances.compound, crossed.variances.study, crossed.variances.record)
    drawn = [
        np.log(scales(effect, variance / factor, whole.tail, chance))
        for effect, variance, factor in zip(crossed.draw(chance), spreads, whole.factors(now.states), strict=True)
    ]
    states = np.concatenate([now.states[:, : len(FITTED)], *drawn], axis=1)
    return replace(now, states=states, levels=whole.target.all(states))


def fit_without(evidence: Evidence, fold: int, found: Particles, seed: int) -> Fit:
    """The fit without the compounds of a fold, from the particles of the whole one."""
    whole = problem(evidence)
    rest, left = whole.without(fold)
    of_compound, of_study, of_record = np.split(found.states[:, len(FITTED) :], np.cumsum(whole.sizes)[:-1], axis=1)
    stay = [whole.compounds.index(name) for name in rest.compounds], [whole.studies.index(name) for name in rest.studies]
    states = np.concatenate(
        [found.states[:, : len(FITTED)], of_compound[:, stay[0]], of_study[:, stay[1]], of_record[:, left]], axis=1
    )
    levels = rest.target.all(states)
    weights = levels[:, RECORDS] - found.levels[:, RECORDS]
    chance = np.random.Generator(np.random.Philox([seed, fold]))
    start = redrawn(Particles(states, levels, power=1.0), weights, chance)
    return kept(rest, settled(rest, start, chance, ROUNDS_WITHOUT), counting(weights))


def kept(whole: Problem, found: Particles, counted: float = 1.0) -> Fit:
    """What is shipped of some particles."""
    p = whole.draws(found.states)
    law = whole.law(p)
    effects = whole.crossed(found.states, p, law).effects
    studies = _moments(effects.study, effects.study_variance)
    compounds = _moments(law.log10_neutral + effects.compound, effects.compound_variance)
    assert found.memory is not None
    return Fit(
        found.states[:, : len(FITTED)],
        dict(zip(whole.studies, studies, strict=True)),
        dict(zip(whole.compounds, compounds, strict=True)),
        float(found.memory.max()),
        counted,
    )


def _moments(mean: np.ndarray, variance: np.ndarray) -> list[tuple[float, float]]:
    """Mean and standard deviation over lanes of what each lane knows only so well, by column."""
    spread = np.sqrt(mean.var(axis=0) + variance.mean(axis=0))
    return [(float(a), float(b)) for a, b in zip(mean.mean(axis=0), spread, strict=True)]


def _memory(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    first, second = (values - values.mean(axis=0) for values in (before, after))
    return (first * second).sum(axis=0) / np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))


def tables(whole: Problem, fits: dict[str, Fit]) -> dict[str, Table]:
    """Rows of the three CSV files by name, headers first."""
    draws: Table = [("without", "draw", *FITTED)]
    draws += [
        (left, n, *(f"{score:.3f}" for score in row)) for left, one in fits.items() for n, row in enumerate(one.scores)
    ]
    studies: Table = [("without", "study", "mean", "sd")]
    studies += [
        (left, study, f"{mean:.3f}", f"{sd:.3f}") for left, one in fits.items() for study, (mean, sd) in one.studies.items()
    ]
    counts = {name: sum(r.compound == name for r in whole.records) for name in whole.compounds}
    own: Table = [("compound", "log10_permeability_cm_h", "sd", "records", "studies")]
    own += [
        (
            name,
            f"{mean:.3f}",
            f"{sd:.3f}",
            counts[name],
            "; ".join(sorted({r.source for r in whole.records if r.compound == name})),
        )
        for name, (mean, sd) in fits[ALL].compounds.items()
    ]
    return {"posteriors/permeability": draws, "permeability_studies": studies, "compound_permeability": own}


def record(whole: Problem, fits: dict[str, Fit], seed: int) -> dict[str, Any]:
    """How the posterior was made, which compounds each fold leaves out, and what it says of every parameter."""
    return {
        "made_by": "python -m dermatwin.calibration permeability",
        "method": "tempered particles moved by elliptical slices; compound, study and record deviations Student's t, "
        "integrated out in closed form given variance factors that are drawn by Gibbs steps",
        "seed": seed,
        "particles": PARTICLES,
        "last_rounds": LAST_ROUNDS,
        "rounds_without_a_fold": ROUNDS_WITHOUT,
        "rows": {"permeability_intact.csv": len(whole.records)},
        "studies": list(whole.studies),
        "groups": {left_out_name(name): f"fold {fold_of(name)}" for name in whole.compounds},
        "fits": {
            left or "all compounds": {
                "memory_of_last_rounds": round(one.memory, 2),
                "share_that_counted": round(one.counting, 2),
            }
            for left, one in fits.items()
        },
        "parameters": {name: _parameter(fits[ALL].scores[:, n]) for n, name in enumerate(FITTED)},
    }


def _parameter(scores: np.ndarray) -> dict[str, Any]:
    spread, shift = float(scores.std()), float(np.median(scores))
    return {
        "informed": bool(spread < NARROWED or abs(shift) > MOVED),
        "spread_over_prior": round(spread, 2),
        "median_in_prior_spreads": round(shift, 2),
    }
