"""From one person to a study's mean, against sums done by hand."""

import numpy as np
import pytest

from dermatwin.core.chance import Luck
from dermatwin.validation.spread import study_mean

LUCK = Luck(1, 4, frozenset({"chance"}))


def test_what_differs_between_people_shrinks_with_their_number():
    people, known = np.array([1.0, 3.0, 5.0, 7.0]), np.array([1.0, 2.0, 3.0, 4.0])
    assert study_mean(people, known, 1.0, LUCK, "x") == pytest.approx(people)
    personal = people - known  # 0, 1, 2, 3 around 1.5
    assert study_mean(people, known, 4.0, LUCK, "x") == pytest.approx(known + 1.5 + (personal - 1.5) / 2.0)


@pytest.mark.parametrize("log", [False, True])
def test_a_person_who_failed_moves_nobody_elses_mean(log):
    whole = Luck(1, 3, frozenset({"chance"}))
    people, known = np.array([1.0, 3.0, 5.0]), np.array([1.0, 2.0, 3.0])
    failed = study_mean(np.append(people, np.nan), np.append(known, np.nan), 4.0, LUCK, "x", log=log)
    assert np.isnan(failed[3])
    assert failed[:3] == pytest.approx(study_mean(people, known, 4.0, whole, "x", log=log))
    measured = study_mean(np.append(people, np.nan), np.append(known, np.nan), 4.0, LUCK, "x", sd=1.0, log=log)
    assert np.isfinite(measured[:3]).all()
