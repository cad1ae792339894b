"""Inflammation of a small injury: closed moments against the chain integrated, and how far a needle's way counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from builders import draws_of, person_of, punctures_of, skin_of
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.inflammation import CALM, _chain, response
from dermatwin.healing.injury import alarmed_depth, injury_of
from dermatwin.healing.person import constants

QUICK = settings(max_examples=15, deadline=None)
COUNT = 20


def rates(count=COUNT, **changed):
    values, _ = constants(skin_of(count), person_of(), draws_of(count))
    for name, factor in changed.items():
        values[:, kernel.CONSTANTS.index(name)] *= factor
    return values


def test_moments_are_those_of_the_integrated_chain():
    values = rates(3)
    amount, time = response(values)
    times = np.linspace(0.0, 400.0, 40_001)
    for person, chain in enumerate(_chain(values)):
        step, state = (
            expm(chain * times[1]),
            np.array([1.0, values[person, kernel.CONSTANTS.index("danger_per_activation")], 0, 0]),
        )
        course = np.empty(times.size)
        for place in range(times.size):
            course[place] = state[1] + 0.5 * state[2]
            state = step @ state
        assert amount[person] == pytest.approx(np.trapezoid(course, times), rel=1e-3)
        assert time[person] == pytest.approx(np.trapezoid(times * course, times) / np.trapezoid(course, times), rel=1e-3)


@pytest.mark.parametrize("name", ["neutrophil_removal", "m1_removal"])
def test_cells_that_leave_more_slowly_make_inflammation_longer_and_stronger(name):
    (little, short), (much, long) = response(rates()), response(rates(**{name: 0.8}))
    assert (much > little).all()
    assert (long > short).all()


def test_an_alarm_that_feeds_itself_still_calms_down():
    amount, time = response(rates(neutrophil_removal=0.2))
    assert np.isfinite(amount).all()
    assert (amount > 0.0).all()
    assert (time > 0.0).all()
    assert CALM < 1.0


@QUICK
@given(depth=st.floats(0.05, 3.0), deeper=st.floats(0.01, 1.0), density=st.floats(1.0, 3000.0), more=st.floats(1.05, 5.0))
def test_every_tenth_of_a_millimetre_and_every_puncture_adds(depth, deeper, density, more):
    draws = draws_of(COUNT)
    here, below, beside = (
        alarmed_depth(punctures_of(COUNT, density=n, depth=p), draws)
        for n, p in ((density, depth), (density, depth + deeper), (density * more, depth))
    )
    assert (below > here).all()
    assert (beside > here).all()


def test_the_alarm_of_equal_needles_is_that_of_a_layer_times_their_way():
    needles, draws = punctures_of(COUNT, depth=0.7), draws_of(COUNT)
    hurt = injury_of(needles, draws)
    assert alarmed_depth(needles, draws) == pytest.approx((hurt.activated_fraction * hurt.activation)[:, 0] * 0.7)


def test_a_needle_that_did_not_pierce_adds_nothing_and_takes_no_share():
    draws = draws_of(1)
    mixed = punctures_of(1, depth=np.array([[0.0, 0.5, 1.0]]))
    half, all_of_them = (alarmed_depth(punctures_of(1, density=n, depth=0.5), draws)[0] for n in (150.0, 300.0))
    assert alarmed_depth(mixed, draws)[0] == pytest.approx(all_of_them + half)
    assert alarmed_depth(punctures_of(1, density=0.0, depth=0.0), draws)[0] == 0.0
