"""Pain against the ratios of its source (Gill 2008), and against numbing."""

from __future__ import annotations

import numpy as np
import pytest

from builders import medians, punctures_of
from dermatwin.flows import NERVE_DEPTHS
from dermatwin.outcome.pain import along, pain, relief

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


def exponent():
    return float(medians()("pain_length_exponent", "1")[0])


def felt(depth, block):
    """Block along the way of one needle, the block at each depth below the surface given."""
    return float(along(np.array([depth]), np.array([[block(z) for z in NERVE_DEPTHS]]), medians())[0])


def test_where_all_depths_are_blocked_alike_the_needle_feels_that():
    assert felt(2.0, lambda z: 0.37) == pytest.approx(0.37)


def test_a_needle_feels_the_block_in_the_mean_over_its_pain():
    """B falls in a straight line from one depth to another: the integral of B(p u^(1/a)) by hand."""
    a, top, end = exponent(), NERVE_DEPTHS[0], NERVE_DEPTHS[-1]

    def line(z):
        return 0.9 - 0.8 * (z - top) / (end - top)

    depth = 2.0
    kink = (top / depth) ** a  # share of the pain above the first depth, where the block stays as there
    exact = 0.9 * kink + (0.9 + 0.8 * top / (end - top)) * (1.0 - kink)
    exact -= 0.8 / (end - top) * depth * (1.0 - kink ** (1.0 + 1.0 / a)) / (1.0 + 1.0 / a)
    assert felt(depth, line) == pytest.approx(exact, rel=2e-3)


def test_below_numb_skin_a_longer_needle_hurts():
    """Numb down to 0.6 mm only: what is eased goes as the share of the pain above, (0.6/p)^a."""

    def numb_above(z):
        return 1.0 if z <= 0.6 else 0.0

    shallow, deep = felt(1.7, numb_above), felt(2.5, numb_above)
    assert felt(0.5, numb_above) == pytest.approx(1.0)
    assert (0.6 / 2.5) ** exponent() < deep < (0.8 / 2.5) ** exponent()
    assert deep < shallow


def test_relief_is_the_strength_times_what_the_needle_feels():
    draws = faint()
    blocked = along(np.array([1.0]), np.full((1, len(NERVE_DEPTHS)), 0.5), draws)
    assert relief((), blocked, draws) == pytest.approx(0.5 * draws("anaesthesia_strength", "1"))
