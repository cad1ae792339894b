"""Scales and ticks of figures end for any numbers, and are those of before for numbers of this world."""

import math

import numpy as np
import pytest

from dermatwin.report.figures.scales import MOST_TICKS, Scale, cover, multiples, nice_step, tick_labels

LARGEST, LEAST = 1.7e308, 5e-324
ODD = (-LARGEST, -1.0, -1e-320, 0.0, LEAST, 1e-320, 1e-200, 1.0, 1.0 + 1e-15, 1e18, 1e200, LARGEST)


@pytest.mark.parametrize("low", ODD)
@pytest.mark.parametrize("high", ODD)
@pytest.mark.parametrize("log", [False, True])
def test_any_two_numbers_have_an_axis(low, high, log):
    with np.errstate(all="raise"):
        start, end = cover([np.array([low, high])])
        assert math.isfinite(start)
        assert math.isfinite(end)
        assert start < end
        scale = Scale(start, end, 0.0, 100.0, log and start > 0.0)
        ticks = scale.ticks()
        assert len(ticks) <= MOST_TICKS
        assert all(map(math.isfinite, ticks))
        assert len(tick_labels(ticks)) == len(ticks)


@pytest.mark.parametrize(
    ("low", "high", "step"), [(1e308, 1.7e308, 1.0), (1.0, 2.0, 1e-320), (0.0, 1e-320, 1.0), (1e18, 1e18 + 256.0, 1.0)]
)
def test_steps_that_nobody_can_tell_apart_make_no_ticks(low, high, step):
    assert len(multiples(low, high, step)) <= 1


def test_usual_axes_are_as_they_were():
    assert multiples(0.0, 1.0, nice_step(1.0, 4)) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert multiples(-3.0, 100.0, 50.0) == [0.0, 50.0, 100.0]
    assert Scale(0.01, 1000.0, 0.0, 1.0, log=True).ticks() == [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]
    assert cover([np.array([1.0, 3.0])], zero=True) == (0.0, 3.12)
