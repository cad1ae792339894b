"""Pain against the ratios of its source (Gill 2008), and against numbing."""

from __future__ import annotations

import numpy as np
import pytest

from builders import medians, punctures_of
from dermatwin.outcome.pain import pain

TRIALS = frozenset({"nafl_mn_striae2018", "pain_review2020"})


def faint():
    """Believe in hardly any pain, where the scale's end is far away and the power laws stand alone."""
    return medians(pain_prior_score=0.001)


def score(depth=0.4, density=25.0, adjuncts=(), numb=None):
    return pain(punctures_of(density=density, depth=depth, needles=np.size(depth)), adjuncts, faint(), TRIALS, numb=numb)[0]


def test_three_times_the_depth_hurts_seven_times():
    assert score(depth=0.3) / score(depth=0.1) == pytest.approx(7.0, rel=0.01)


def test_ten_times_the_needles_hurt_twice():
    assert score(density=250.0) / score(density=25.0) == pytest.approx(2.0, rel=0.01)


def test_needles_that_do_not_pierce_are_counted_once():
    """They are out of the density, so that they must not lower the depth as well."""
    assert score(depth=[0.4, 0.4, 0.0, 0.0]) == pytest.approx(score(depth=[0.4, 0.4]))


def test_a_block_of_half_the_nerves_takes_half_of_its_strength():
    draws = faint()
    eased = 1.0 - 0.5 * draws("anaesthesia_strength", "1")[0]
    assert score(numb=np.array([0.5])) / score() == pytest.approx(eased)
    assert score(adjuncts=("anaesthetised",)) / score() == pytest.approx(1.0 - draws("anaesthetised_relief", "1")[0])
