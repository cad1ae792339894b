"""Simulation-based calibration of the outcome fit: are the ranks of known truths uniform?

Run: python benchmarks/outcome_calibration.py [--trials 100] [--workers 2]. Prints, for each watched unknown, how often the
truth lay in the central 80 % of the fit (80 wanted) and the chance of ranks as uneven as these.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from dermatwin.calibration.checking import WATCHED, ranks, unevenness
from dermatwin.calibration.outcome import problem
from dermatwin.evidence import Evidence

EVIDENCE = Evidence.packaged()

ROUNDS, BURN, THIN = 4_000, 1_000, 20


def one(seed: int) -> np.ndarray:
    """Ranks of one synthetic set of trials."""
    return ranks(problem(EVIDENCE), [seed], rounds=ROUNDS, burn=BURN, thin=THIN)[0]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=100)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with ProcessPoolExecutor(chosen.workers) as pool:
        shares = np.array(list(pool.map(one, range(1, chosen.trials + 1))))
    inside = ((shares > 0.1) & (shares < 0.9)).mean(axis=0)
    for name, covered, chance in zip(WATCHED, inside, unevenness(shares), strict=True):
        print(f"{name:20} {covered:5.0%} in the central 80 %   p = {chance:.3f}")


if __name__ == "__main__":
    main()
