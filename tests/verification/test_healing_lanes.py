"""Eight lanes side by side: every lane is what it would be alone, to the last bit, whoever stands beside it."""

import numpy as np
import pytest
from numba import get_num_threads, njit, set_num_threads

from builders import draws_of, person_of, skin_of
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.person import constants
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL
from dermatwin.numerics import rosenbrock

PEOPLE = 37  # several crews of eight and some left over
SPAN = 120.0
TIMES = np.concatenate([np.linspace(0.02, 5.0, 25), np.linspace(6.0, SPAN, 20)])


@pytest.fixture(scope="module")
def people():
    """Constants and states of people of whom some were hit hard, some lightly, some not at all."""
    draws = draws_of(PEOPLE, 11)
    p, _ = constants(skin_of(PEOPLE, sex="male", phototype="IV"), person_of(sex="male", phototype="IV"), draws)
    y = kernel.untreated(p)
    hit = np.arange(PEOPLE) % 4 > 0
    struck = y.copy()
    kernel.session(struck, p, np.linspace(0.02, 1.0, PEOPLE), np.linspace(0.0, 0.4, PEOPLE))
    return p, np.where(hit[:, None], struck, y)


def run(y, p, times=TIMES, span=SPAN):
    return kernel.integrate(y, p, span, times, RTOL, ATOL, LOWEST)


def test_a_batch_is_a_loop(people):
    p, y = people
    together = run(y, p)
    assert not together[2].any()
    assert np.ptp(together[3]) > 20  # lanes do take different numbers of steps
    for i in range(PEOPLE):
        for whole, alone in zip(together, run(y[i : i + 1], p[i : i + 1]), strict=True):
            np.testing.assert_array_equal(whole[i : i + 1], alone)


def test_neighbours_and_threads_change_nothing(people):
    p, y = people
    together = run(y, p)
    shuffled = np.random.default_rng(1).permutation(PEOPLE)
    before = get_num_threads()
    try:
        set_num_threads(1)
        again = run(y[shuffled], p[shuffled])
    finally:
        set_num_threads(before)
    for first, second in zip(together, again, strict=True):
        np.testing.assert_array_equal(first[shuffled], second)


def test_a_lane_that_fails_harms_no_other(people):
    p, y = (a.copy() for a in people)
    good = run(y, p)
    y[5, 3] = np.nan
    p[20, kernel.CONSTANTS.index("danger_decay")] = np.inf
    end, out, status, _ = run(y, p)
    assert status[5] == rosenbrock.BAD_START
    assert status[20] != rosenbrock.DONE
    assert np.isnan(end[[5, 20]]).all()
    assert np.isnan(out[5]).all()
    others = np.setdiff1d(np.arange(PEOPLE), [5, 20])
    np.testing.assert_array_equal(out[others], good[1][others])
    assert not status[others].any()


def test_eight_lanes_round_as_one_does(people):
    """The same source on plain floats, one lane at a time: what is proven of that stepper holds for the octets."""
    p, y = people
    crew = rosenbrock.make_crew(
        "plain_network", kernel.prepare, kernel.speed, kernel.slope, kernel.eliminate, kernel.substitute, rosenbrock.PLAIN
    )

    @njit
    def solve(y, p, span, times, out, status, steps):
        work = np.zeros((rosenbrock.rows(y.shape[1], kernel.PREPARED), 1))
        crew(work, y, p, np.empty(kernel.PREPARED), 0, len(y), span, times, out, 0, status, steps, RTOL, ATOL, LOWEST)

    end, out = y.copy(), np.empty((PEOPLE, TIMES.size, y.shape[1]))
    status, steps = np.ones(PEOPLE, np.int64), np.zeros(PEOPLE, np.int64)
    solve(end, p, SPAN, TIMES, out, status, steps)
    for eight, one in zip(run(y, p), (end, out, status, steps), strict=True):
        np.testing.assert_array_equal(eight, one)


def test_prepared_rates_and_slopes_are_those_of_the_network(people):
    p, _ = people
    y = np.random.default_rng(1).uniform(0.2, 0.9, (PEOPLE, len(kernel.STATES)))
    size = len(kernel.STATES)
    for i in range(PEOPLE):
        c, fast, plain = np.empty(kernel.PREPARED), np.empty(size), np.empty(size)
        steep, slow = np.zeros((size, size)), np.zeros((size, size))
        kernel.prepare(p[i], c)
        kernel.speed(y[i], c, fast)
        kernel.rates(y[i], p[i], plain)
        kernel.slope(y[i], c, steep)
        kernel.jacobian(y[i], p[i], slow)
        np.testing.assert_allclose(fast, plain, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(steep, slow, rtol=1e-11, atol=1e-13)


def test_times_can_be_written_into_a_part_of_a_larger_array(people):
    p, y = people
    out = np.full((PEOPLE, TIMES.size + 5, y.shape[1]), -7.0)
    kernel.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST, out=out, column=2)
    np.testing.assert_array_equal(out[:, 2 : 2 + TIMES.size], run(y, p)[1])
    assert (out[:, :2] == -7.0).all()
    assert (out[:, 2 + TIMES.size :] == -7.0).all()


def test_nobody_takes_no_time_at_all(people):
    p, y = people
    end, out, status, _ = run(y[:0], p[:0])
    assert end.size == out.size == status.size == 0


@pytest.mark.parametrize("change", [lambda y, p: (y[:3], p), lambda y, p: (y[:, :-1], p), lambda y, p: (y, p[:, :-1])])
def test_arrays_that_do_not_fit_are_refused(people, change):
    p, y = people
    with pytest.raises(ValueError, match="do not fit"):
        run(*change(y, p))


def test_an_output_that_does_not_fit_is_refused(people):
    p, y = people
    with pytest.raises(ValueError, match="do not fit"):
        kernel.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST, out=np.empty((PEOPLE, TIMES.size, y.shape[1])), column=1)
