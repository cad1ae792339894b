"""Two arms under one seed share their luck: a paired difference has less variance than an unpaired one."""

import numpy as np
import pytest

from dermatwin.twin import simulate


def arm(make_case, length, seed):
    course = {**make_case().model_dump(mode="json")["course"]}
    course["settings"] = {"cheek": {"needle_length": length, "passes": 4, "hand_speed": "3 cm/s"}}
    return simulate(make_case(course=course), draws=60, seed=seed)


@pytest.fixture(scope="module")
def arms(make_case):
    return {key: arm(make_case, *key) for key in (("1.0 mm", 3), ("1.4 mm", 3), ("1.5 mm", 3), ("1.5 mm", 4))}


NAMES = ["in_situ_depth", "closure_time_dye", "collagen_density", "relative_improvement"]


@pytest.mark.parametrize("name", NAMES)
def test_arms_that_hardly_differ_differ_hardly_in_anybody(arms, name):
    """A tenth of a millimetre: what is left of the variance of strangers is what the needles do."""
    near, deep, stranger = (arms[key].find(name)[-1].values for key in (("1.4 mm", 3), ("1.5 mm", 3), ("1.5 mm", 4)))
    assert np.var(deep - near) < 0.05 * np.var(stranger - near)


@pytest.mark.parametrize("name", NAMES)
def test_pairing_reduces_the_variance(arms, name):
    """Half a millimetre: people differ in what it does to them, so that much of the variance may be left."""
    shallow, deep, stranger = (arms[key].find(name)[-1].values for key in (("1.0 mm", 3), ("1.5 mm", 3), ("1.5 mm", 4)))
    assert np.var(deep - shallow) < np.var(stranger - shallow)
