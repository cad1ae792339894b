"""The stepper against problems whose answers are known: order, damping, interpolation, failure."""

import numpy as np
import pytest
from numba import njit

from dermatwin.numerics import rosenbrock

KAPS, VAN_DER_POL, LINEAR, DROP = 0.0, 1.0, 2.0, 3.0
ONE_STEP = 1e12  # a tolerance so loose that every call takes exactly one step
FREE = -np.inf


@njit
def rates(y, p, dy):
    kind, e = p[0], p[1]
    if kind == KAPS:  # Kaps 1981: stiff and nonlinear, solution exp(-2t), exp(-t) for every e
        dy[0] = -(1.0 / e + 2.0) * y[0] + y[1] ** 2 / e
        dy[1] = y[0] - y[1] - y[1] ** 2
    elif kind == VAN_DER_POL:
        dy[0] = y[1]
        dy[1] = ((1.0 - y[0] ** 2) * y[1] - y[0]) / e
    elif kind == LINEAR:
        dy[0] = -y[0] / e
        dy[1] = y[0] / e - y[1]
    else:
        dy[0] = -1.0
        dy[1] = 0.0


@njit
def jacobian(y, p, j):
    kind, e = p[0], p[1]
    j[:] = 0.0
    if kind == KAPS:
        j[0, 0], j[0, 1] = -(1.0 / e + 2.0), 2.0 * y[1] / e
        j[1, 0], j[1, 1] = 1.0, -1.0 - 2.0 * y[1]
    elif kind == VAN_DER_POL:
        j[0, 1] = 1.0
        j[1, 0], j[1, 1] = (-2.0 * y[0] * y[1] - 1.0) / e, (1.0 - y[0] ** 2) / e
    elif kind == LINEAR:
        j[0, 0], j[1, 0], j[1, 1] = -1.0 / e, 1.0 / e, -1.0


@pytest.fixture(scope="module")
def solve():
    """The stepper of these equations, compiled."""
    made = rosenbrock.make_stepper(rates, jacobian)
    one(made, LINEAR, 1.0, [1.0, 0.0], 1e-3)
    return made


def one(solve, kind, e, y, span, times=(), rtol=1e-8, atol=1e-10, lowest=FREE):
    return solve(np.array([y], float), np.array([[kind, e]]), span, np.array(times, float), rtol, atol, lowest)


def fixed_steps(solve, e, count):
    """Kaps' problem to t = 1 in equal steps; error at the end."""
    y = np.array([1.0, 1.0])
    for _ in range(count):
        end, _, _, steps = one(solve, KAPS, e, y, 1.0 / count, rtol=ONE_STEP, atol=ONE_STEP)
        assert steps[0] == 1
        y = end[0]
    return np.abs(y - np.exp([-2.0, -1.0])).max()


@pytest.mark.parametrize("e", [1.0, 1e-2, 1e-8])
def test_order_is_four_from_mild_to_very_stiff(solve, e):
    counts = np.array([8, 16, 32, 64])
    errors = np.array([fixed_steps(solve, e, count) for count in counts])
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert 3.7 < order < 5.0 or (e == 1e-2 and order > 3.0)  # between the regimes the order bends


def test_interpolant_has_order_three(solve):
    """Its local error shrinks with the fourth power of the step."""
    sizes = np.array([0.1, 0.05, 0.025, 0.0125])
    errors = []
    for h in sizes:
        inside = h * np.array([0.3, 0.5, 0.8])
        _, out, _, steps = one(solve, KAPS, 1.0, (1.0, 1.0), h, inside, ONE_STEP, ONE_STEP)
        assert steps[0] == 1
        errors.append(np.abs(out[0] - np.exp(np.outer(-inside, [2.0, 1.0]))).max())
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] > 3.7


def test_interpolant_ends_on_the_step(solve):
    end, out, _, _ = one(solve, KAPS, 1e-3, (1.0, 1.0), 0.7, [0.7])
    np.testing.assert_array_equal(out[0, 0], end[0])


def test_a_very_fast_decay_is_gone_after_one_step(solve):
    end, _, _, steps = one(solve, LINEAR, 1e-6, (1.0, 0.0), 1.0, rtol=ONE_STEP, atol=ONE_STEP)
    assert steps[0] == 1
    assert abs(end[0, 0]) < 1e-4


@pytest.mark.parametrize("e", [1.0, 1e-3, 1e-6])
@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-7])
def test_error_follows_the_tolerance(solve, e, rtol):
    times = np.linspace(0.1, 3.0, 30)
    _, out, status, _ = one(solve, KAPS, e, (1.0, 1.0), 3.0, times, rtol, 1e-3 * rtol)
    assert status[0] == rosenbrock.DONE
    exact = np.exp(np.outer(-times, [2.0, 1.0]))
    assert (np.abs(out[0] - exact) / exact).max() < 100.0 * rtol


def test_van_der_pol_against_scipy(solve):
    from scipy.integrate import solve_ivp

    e = 1e-3
    times = np.linspace(0.05, 2.0, 40)

    def right(_, y):
        return [y[1], ((1.0 - y[0] ** 2) * y[1] - y[0]) / e]

    exact = solve_ivp(right, (0.0, 2.0), [2.0, 0.0], method="Radau", t_eval=times, rtol=1e-10, atol=1e-12).y.T
    _, out, _, steps = one(solve, VAN_DER_POL, e, (2.0, 0.0), 2.0, times, 1e-7, 1e-9)
    np.testing.assert_allclose(out[0][:, 0], exact[:, 0], atol=1e-4)
    assert steps[0] < 2000


def test_nothing_happens_where_nothing_changes(solve):
    end, out, status, steps = one(solve, LINEAR, 1.0, (0.0, 0.0), 1e4, [1.0, 5e3])
    assert status[0] == rosenbrock.DONE
    assert steps[0] <= 2
    assert not end.any()
    assert not out.any()


def test_a_state_that_would_fall_below_its_limit_fails_loudly(solve):
    """y' = -1 from 1 cannot stay above 0 until t = 2: NaN after t = 1 and a status, not a wrong number."""
    end, out, status, _ = one(solve, DROP, 1.0, (1.0, 1.0), 2.0, [0.5, 1.9], lowest=-1e-6)
    assert status[0] == rosenbrock.STEP_TOO_SMALL
    assert np.isnan(end).all()
    np.testing.assert_allclose(out[0, 0], [0.5, 1.0])
    assert np.isnan(out[0, 1]).all()


def test_a_start_that_is_not_a_number_fails_alone(solve):
    y = np.array([[np.nan, 1.0], [1.0, 1.0]])
    p = np.array([[KAPS, 1.0], [KAPS, 1.0]])
    end, _, status, _ = solve(y, p, 1.0, np.array([0.5]), 1e-6, 1e-8, FREE)
    assert status.tolist() == [rosenbrock.BAD_START, rosenbrock.DONE]
    np.testing.assert_allclose(end[1], np.exp([-2.0, -1.0]), rtol=1e-5)


def test_a_batch_is_a_loop(solve):
    y = np.array([[1.0, 1.0], [2.0, 0.0], [1.0, 0.3]])
    p = np.array([[KAPS, 1e-4], [VAN_DER_POL, 1e-2], [LINEAR, 0.1]])
    times = np.array([0.2, 0.9])
    together = solve(y, p, 1.0, times, 1e-6, 1e-8, FREE)
    for i in range(3):
        alone = solve(y[i : i + 1], p[i : i + 1], 1.0, times, 1e-6, 1e-8, FREE)
        for a, b in zip(together, alone, strict=True):
            np.testing.assert_array_equal(a[i : i + 1], b)
