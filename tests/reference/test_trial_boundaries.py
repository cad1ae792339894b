"""Boundaries of group sequential trials beside those of another program.

Table: vignette of the R package ldbounds (Casper and Perez; it stands on the FORTRAN program ld98 of Reboussin, DeMets, Kim
and Lan), five equal looks, two-sided alpha 0.05: O'Brien-Fleming type and Pocock type spending.
"""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from dermatwin.trial.boundaries import boundaries, conditional_power, spent

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)
LDBOUNDS = {"obrien_fleming": (4.8769, 3.3569, 2.6803, 2.2898, 2.0310), "pocock": (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)}


@pytest.mark.parametrize(("kind", "published"), LDBOUNDS.items())
def test_boundaries_are_those_of_ldbounds(kind, published):
    assert boundaries(FIVE, 0.05, kind) == pytest.approx(published, abs=2e-4)


def test_one_look_is_the_test_without_looks():
    assert boundaries([1.0], 0.05, "pocock") == pytest.approx([1.959964], abs=1e-5)
    assert boundaries([1.0], 0.1, "obrien_fleming") == pytest.approx([1.644854], abs=1e-5)


@pytest.mark.parametrize("kind", LDBOUNDS)
def test_looks_at_uneven_times_spend_what_they_should(kind):
    """Beside a multivariate normal of scipy's: the chance to cross at any of three looks is alpha."""
    times = np.array([0.3, 0.7, 1.0])
    limits = boundaries(times, 0.05, kind)
    correlation = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    inside = multivariate_normal(np.zeros(3), correlation, seed=1).cdf(limits, lower_limit=-limits)
    assert 1.0 - inside == pytest.approx(0.05, abs=1e-4)
    assert spent(times, 0.05, kind)[-1] == pytest.approx(0.05)


def test_conditional_power_by_hand():
    """Half of the information, z 1.96: the trend is 2.77 at the end, and (2.77 - 1.97)/sqrt(0.5) = 1.13 below it."""
    assert conditional_power(np.array([1.96]), 0.5, 1.97) == pytest.approx([0.8717], abs=2e-3)
