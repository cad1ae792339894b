"""Courses of needling: what is benign, what raises the alarm for scars, and that the reason of a difference is shown."""

import numpy as np
import pytest

from builders import draws_of, person_of, punctures_of, skin_of
from dermatwin.healing import heal
from dermatwin.healing.tissue import myofibroblast_ratio

COUNT = 80
SPARSE, DENSE = 250.0, 1000.0  # punctures/cm2: as taught, and four times that


@pytest.fixture(scope="module")
def draws():
    return draws_of(COUNT)


def course(density, sessions, interval, draws):
    """The course with three months after its last session."""
    punctures = punctures_of(COUNT, density, width=0.12)
    last = interval * (sessions - 1)
    return heal(
        [punctures] * sessions, [interval * n for n in range(sessions)], skin_of(COUNT), person_of(), last + 91.0, draws
    )


def alarmed(history, draws):
    """Share of the people whose papillary dermis has more myofibroblasts than the alarm allows."""
    ratio = myofibroblast_ratio(history.state("fibroblasts"), history.state("myofibroblasts"))[:, 1]
    return np.mean(ratio > draws.median("alarm_fraction", "1"))


def warned(history):
    return any("myofibroblasts" in notice.message for notice in history.notices)


@pytest.mark.parametrize(("density", "sessions", "interval"), [(SPARSE, 4, 28.0), (SPARSE, 6, 14.0), (DENSE, 4, 28.0)])
def test_monthly_and_fortnightly_series_are_benign(density, sessions, interval, draws):
    history = course(density, sessions, interval, draws)
    assert alarmed(history, draws) <= 0.1
    assert not warned(history)


@pytest.mark.parametrize(("sessions", "interval"), [(12, 7.0), (20, 3.0)])
def test_dense_sessions_in_a_hurry_raise_the_alarm(sessions, interval, draws):
    history = course(DENSE, sessions, interval, draws)
    assert alarmed(history, draws) > 0.1
    assert warned(history)


def test_the_alarm_grows_with_haste(draws):
    shares = [alarmed(course(DENSE, 6, interval, draws), draws) for interval in (28.0, 7.0, 3.0)]
    assert shares[0] <= shares[1] <= shares[2]
    assert shares[2] > shares[0]
