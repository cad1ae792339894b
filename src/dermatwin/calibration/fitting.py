"""One fit with every study and one without each of them, and what the measurements could and could not see.

The fit without a study takes the particles of the whole fit, weighs the study's own likelihood out step by step and moves
them until they have settled anew. A parameter that came out as it went in is named as one on which the prior alone speaks;
of another it is told which studies carry it: without them it would lie elsewhere, or be known less well.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..evidence import Evidence
from .needling import Problem, problem
from .sampler import Particles, counting, faded, moved, tempered

PARTICLES = 384
ROUNDS, LAST_ROUNDS = 1, 10  # rounds of moves at each power, or step without a study, and at the end
DRAWS = 256  # joint draws that are shipped
NARROWED = 0.85  # spread of a score after the fit below which the measurements count as having been heard
MOVED = 0.6  # or by how many prior spreads its median moved
CARRIES = 0.5, 1.25  # a study carries what moves by so many prior spreads, or becomes so many times as wide, without it


@dataclass(frozen=True)
class Fit:
    """One posterior: scores (draw, parameter) of what is kept, and how far the last moves remembered their beginning."""

    scores: np.ndarray
    memory: float
    counting: float = 1.0  # share of the particles that would have counted, had a study been weighed out at once
    steps: int = 0  # steps in which it was


def fit_all(
    evidence: Evidence, seed: int = 1, workers: int = 2, tell: Callable[[str], None] = print
) -> tuple[Problem, dict[str, Fit]]:
    """The whole fit under the key '' and one without each study under its name."""
    whole = problem(evidence)
    tell(f"{len(whole.rows)} rows of {len(whole.studies)} studies, {len(whole.names)} unknowns, {len(whole.kept)} kept")
    chance = np.random.Generator(np.random.Philox(seed))
    found = tempered(
        whole.target, len(whole.names), PARTICLES, chance, rounds=ROUNDS, tell=lambda power: tell(f"power {power:.4f}")
    )
    found = moved(whole.target, found, chance, rounds=LAST_ROUNDS)
    fits = {"": _kept(whole, found)}
    tell(f"all studies: remembers {fits[''].memory:.2f}")
    with ProcessPoolExecutor(workers) as pool:
        jobs = {study: pool.submit(_fit_without, evidence, study, found, seed) for study in whole.studies}
        for study, job in jobs.items():
            fits[study] = job.result()
            tell(f"without {study}: {fits[study].counting:.0%} counted, remembers {fits[study].memory:.2f}")
    return whole, fits


def _fit_without(evidence: Evidence, study: str, whole: Particles, seed: int) -> Fit:
    everything = problem(evidence)
    rest, place = everything.without(study), everything.studies.index(study)
    chance = np.random.Generator(np.random.Philox(seed))
    counted = counting(-whole.levels[:, place])
    found, steps = faded(everything.target, whole, place, chance, rounds=ROUNDS)
    found = replace(found, levels=np.delete(found.levels, place, axis=1))
    more = rounds_after(counted)
    return _kept(rest, moved(rest.target, found, chance, rounds=more) if more else found, counted, steps)


def rounds_after(counted: float) -> int:
    """Rounds of moves once a study is out: one for every power of ten of particles that it would have cost at once."""
    return round(-np.log10(counted))


def _kept(problem: Problem, found: Particles, counted: float = 1.0, steps: int = 0) -> Fit:
    kept = list(problem.kept)
    assert found.memory is not None
    chosen = np.linspace(0, len(found.states) - 1, DRAWS).round().astype(int)
    return Fit(found.states[chosen][:, kept], float(found.memory[kept].max()), counted, steps)


def record(problem: Problem, fits: dict[str, Fit], seed: int) -> dict[str, Any]:
    """How the posterior was made and what it says of every parameter."""
    names = [problem.names[n] for n in problem.kept]
    scores = fits[""].scores
    return {
        "made_by": "python -m dermatwin.calibration needling",
        "method": "tempered particles moved by elliptical slices, of all unknowns together and by blocks, "
        "under a likelihood that knows bounds and yes or no; what the studies leave unsaid and the discrepancy "
        "between study and model integrated out",
        "seed": seed,
        "particles": PARTICLES,
        "last_rounds": LAST_ROUNDS,
        "rows": {name: sum(row.file == name for row in problem.rows) for name in sorted({r.file for r in problem.rows})},
        "studies": list(problem.studies),
        "fits": {
            study or "all studies": {
                "memory_of_last_rounds": round(found.memory, 2),
                "share_that_counted": round(found.counting, 2),
                "rounds": found.steps + rounds_after(found.counting),
            }
            for study, found in fits.items()
        },
        "parameters": {
            name: _parameter(scores[:, n]) | _carried(n, scores, {s: f.scores for s, f in fits.items() if s})
            for n, name in enumerate(names)
        },
    }


def _carried(place: int, whole: np.ndarray, without: dict[str, np.ndarray]) -> dict[str, Any]:
    """Which studies carry what the fit says of a parameter: how far its median moves without each, how much it widens."""
    found = {}
    for study, scores in without.items():
        shift = float(np.median(scores[:, place]) - np.median(whole[:, place]))
        wider = float(scores[:, place].std() / whole[:, place].std())
        if abs(shift) > CARRIES[0] or wider > CARRIES[1]:
            found[study] = f"without it {shift:+.1f} prior spreads, {wider:.1f} times as wide"
    return {"carried_by": found} if found else {}


def _parameter(scores: np.ndarray) -> dict[str, Any]:
    spread, shift = float(scores.std()), float(np.median(scores))
    return {
        "informed": bool(spread < NARROWED or abs(shift) > MOVED),
        "spread_over_prior": round(spread, 2),
        "median_in_prior_spreads": round(shift, 2),
    }


def table(problem: Problem, fits: dict[str, Fit]) -> str:
    """The joint draws of every fit as CSV."""
    names = [problem.names[n] for n in problem.kept]
    lines = [",".join(("without", "draw", *names))]
    lines += [
        f"{study},{number}," + ",".join(f"{score:.3f}" for score in row)
        for study, found in fits.items()
        for number, row in enumerate(found.scores)
    ]
    return "\n".join(lines) + "\n"
