"""Simulation-based calibration of the outcome fit, small; benchmarks/outcome_calibration.py is the full one."""

import numpy as np
import pytest

from dermatwin.calibration.checking import WATCHED, ranks, simulated, unevenness
from dermatwin.calibration.outcome import fit, prior_draws, problem
from dermatwin.calibration.trials import Trials
from dermatwin.evidence import Evidence

EVIDENCE = Evidence.packaged()

STUDIES = 12


@pytest.fixture(scope="module")
def part():
    """The first studies: enough to learn from, few enough to be quick."""
    whole = problem(EVIDENCE).trials
    kept = whole.studies[:STUDIES]
    return problem(EVIDENCE, given=Trials(kept, tuple(r for r in whole.readings if r.study in kept)))


def test_ranks_of_known_truths_are_even(part):
    shares = ranks(part, range(1, 31), rounds=1000, burn=400, thin=15)
    assert shares.shape == (30, sum(name in part.names for name in WATCHED))
    inside = ((shares > 0.1) & (shares < 0.9)).mean()
    assert 0.72 <= inside <= 0.88
    assert np.median(unevenness(shares)) > 0.1


def test_uneven_ranks_are_seen():
    even, early = np.linspace(0.01, 0.99, 40)[:, None], np.linspace(0.01, 0.4, 40)[:, None]
    assert unevenness(even)[0] > 0.5
    assert unevenness(early)[0] < 1e-6


def test_results_follow_the_truth(part):
    """Trials in which needles work and trials in which they do not are told apart."""
    truth = prior_draws(part, 2, 3)
    place = part.names.index("needle")
    truth[:, :] = truth[0]
    truth[:, place] = [0.0, 0.8]
    none, much = (np.median(fit(simulated(part, state, 5), 5, 600, burn=200)[:, place]) for state in truth)
    assert none < 0.4 < much
