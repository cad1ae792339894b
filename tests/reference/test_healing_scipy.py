"""The same network by SciPy's LSODA at a tight tolerance."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from builders import draws_of, person_of, skin_of
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.person import constants
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL

PEOPLE = 4
TIMES = np.concatenate([np.linspace(0.05, 10.0, 80), np.linspace(11.0, 364.0, 60)])


@pytest.fixture(scope="module")
def problem():
    """A few people after a session, and LSODA's answer."""
    draws = draws_of(PEOPLE, 5)
    one = np.ones(PEOPLE)
    p, _ = constants(skin_of(PEOPLE, sex="male", phototype="IV"), person_of(sex="male", phototype="IV"), draws)
    y = kernel.untreated(p)
    kernel.session(y, p, 0.25 * one, 0.1 * one)

    def right(_, state, row):
        speed = np.empty(state.size)
        kernel.rates(state, row, speed)
        return speed

    def slope(_, state, row):
        j = np.zeros((state.size, state.size))
        kernel.jacobian(state, row, j)
        return j

    exact = [
        solve_ivp(
            right, (0.0, TIMES[-1]), y[i], method="LSODA", jac=slope, t_eval=TIMES, rtol=1e-10, atol=1e-12, args=(p[i],)
        ).y.T
        for i in range(PEOPLE)
    ]
    return p, y, np.array(exact)


@pytest.mark.parametrize(("rtol", "atol", "allowed"), [(RTOL, ATOL, 1e-3), (1e-7, 1e-9, 1e-5)])
def test_agrees_with_lsoda(problem, rtol, atol, allowed):
    p, y, exact = problem
    _, found, status, _ = kernel.integrate(y, p, TIMES[-1], TIMES, rtol, atol, LOWEST)
    assert not status.any()
    scale = np.maximum(np.abs(exact).max(axis=1, keepdims=True), 1e-3)
    assert (np.abs(found - exact) / scale).max() < allowed
