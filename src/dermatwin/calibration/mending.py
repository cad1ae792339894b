"""The fit of the healing network: once with every study, once without each fold of studies, and what is shipped of it.

Tempered particles find the posterior; without the studies of a fold they are moved on from there until they have forgotten
it, which the record says in numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import numpy as np

from ..evidence import Evidence
from .fitting import DRAWS, MOVED, NARROWED, Fit
from .healing import FILE, FOLDS, Problem, fold_of, problem
from .permeating import Table
from .sampler import Particles, moved, tempered

PARTICLES = 384
ROUNDS, LAST_ROUNDS, ROUNDS_WITHOUT = 1, 24, 16  # rounds of moves at each power, at the end, and without a fold
ALL = ""


def fit_all(
    evidence: Evidence, seed: int = 1, workers: int = 2, tell: Callable[[str], None] = print
) -> tuple[Problem, dict[str, Fit]]:
    """The whole fit under the key '' and one without each fold under 'fold N'."""
    whole = problem(evidence)
    tell(f"{len(whole.rows)} rows of {len(whole.studies)} studies, {len(whole.names)} unknowns, {len(whole.kept)} kept")
    chance = np.random.Generator(np.random.Philox(seed))
    found = tempered(
        whole.target, len(whole.names), PARTICLES, chance, rounds=ROUNDS, tell=lambda power: tell(f"power {power:.4f}")
    )
    found = moved(whole.target, found, chance, rounds=LAST_ROUNDS)
    fits = {ALL: _kept(whole, found)}
    tell(f"all studies: remembers {fits[ALL].memory:.2f}")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        jobs = {fold: pool.submit(fit_without, evidence, fold, found, seed) for fold in range(FOLDS)}
        for fold, job in jobs.items():
            fits[f"fold {fold}"] = job.result()
            tell(f"without fold {fold}: remembers {job.result().memory:.2f}")
    return whole, fits


def _one_thread() -> None:
    import numba

    numba.set_num_threads(1)


def fit_without(evidence: Evidence, fold: int, found: Particles, seed: int) -> Fit:
    """The fit without the studies of a fold, from the particles of the whole one."""
    rest = problem(evidence).without(fold)
    chance = np.random.Generator(np.random.Philox([seed, fold]))
    start = replace(found, levels=rest.target.all(found.states))
    return _kept(rest, moved(rest.target, start, chance, rounds=ROUNDS_WITHOUT))


def _kept(whole: Problem, found: Particles) -> Fit:
    kept = list(whole.kept)
    assert found.memory is not None
    chosen = np.linspace(0, len(found.states) - 1, DRAWS).round().astype(int)
    return Fit(found.states[chosen][:, kept], float(np.quantile(found.memory[kept], 0.95)))


def table(whole: Problem, fits: dict[str, Fit]) -> Table:
    """Rows of the CSV file, header first: the joint draws of every fit."""
    rows: Table = [("without", "draw", *(whole.names[n] for n in whole.kept))]
    return rows + [
        (left, number, *(f"{score:.2f}" for score in row))
        for left, one in fits.items()
        for number, row in enumerate(one.scores)
    ]


def record(whole: Problem, fits: dict[str, Fit], seed: int) -> dict[str, Any]:
    """How the posterior was made, which studies each fold leaves out, and what it says of every parameter."""
    names = [whole.names[n] for n in whole.kept]
    scores = fits[ALL].scores
    return {
        "made_by": "python -m dermatwin.calibration healing",
        "method": "tempered particles turned along ellipses of one another; studies' own tempo, size and density of "
        "punctures integrated out, discrepancy inferred; directions and bounds as probabilities",
        "seed": seed,
        "particles": PARTICLES,
        "last_rounds": LAST_ROUNDS,
        "rounds_without_a_fold": ROUNDS_WITHOUT,
        "rows": {FILE: len(whole.rows)},
        "studies": list(whole.studies),
        "groups": {study: f"fold {fold_of(study, whole.studies)}" for study in whole.studies},
        "fits": {left or "all studies": {"memory_of_last_rounds": round(one.memory, 2)} for left, one in fits.items()},
        "parameters": {name: _parameter(scores[:, n]) for n, name in enumerate(names)},
    }


def _parameter(scores: np.ndarray) -> dict[str, Any]:
    spread, shift = float(scores.std()), float(np.median(scores))
    return {
        "informed": bool(spread < NARROWED or abs(shift) > MOVED),
        "spread_over_prior": round(spread, 2),
        "median_in_prior_spreads": round(shift, 2),
    }
