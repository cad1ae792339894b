"""The qualitative exam of a model of needled skin: what crosses anyway gains nothing, what is blocked gains a hundredfold.

Enhancement in a diffusion cell, roller channels in excised skin, everything unknown drawn: medians. The measured order is
that of published experiments (pramipexole 1.0, carbamazepine 1.2-1.4, calcein 27, doxorubicin nothing without needles).
"""

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.delivery import Donor, find_solute, needled_permeation, open_holes
from dermatwin.evidence import Draws, Evidence

EVIDENCE = Evidence.packaged()


def enhancement(name, draws=48):
    p = Draws(Evidence.packaged(), Luck(11, draws))
    holes = open_holes(150.0, 0.2, 0.07, p, 0.1)
    found = needled_permeation(find_solute(name, EVIDENCE), holes, Donor(1000.0), np.array([12.0, 24.0]), p)
    return np.median(found.enhancement_ratio[:, -1])


@pytest.mark.parametrize("name", ["pramipexole 2HCl", "carbamazepine", "tetramethylpyrazine"])
def test_what_crosses_anyway_gains_little(name):
    assert 0.9 < enhancement(name) < 4.0


@pytest.mark.parametrize("name", ["calcein", "sodium fluorescein", "FITC-dextran 4 kDa", "doxorubicin"])
def test_what_is_blocked_gains_tens_to_thousands(name):
    assert enhancement(name) > 20.0


def test_the_order_is_that_of_the_experiments():
    found = [enhancement(name) for name in ("carbamazepine", "L-ascorbic acid", "calcein")]
    assert found == sorted(found)
