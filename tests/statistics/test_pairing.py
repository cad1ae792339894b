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
    return arm(make_case, "1.0 mm", 3), arm(make_case, "1.5 mm", 3), arm(make_case, "1.5 mm", 4)


@pytest.mark.parametrize("name", ["in_situ_depth", "closure_time_dye", "collagen_density", "relative_improvement"])
def test_pairing_reduces_the_variance(arms, name):
    shallow, deep, stranger = (run.find(name)[-1].values for run in arms)
    paired, unpaired = np.var(deep - shallow), np.var(stranger - shallow)
    assert paired < 0.5 * unpaired
