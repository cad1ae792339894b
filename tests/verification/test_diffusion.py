"""Finite-dose diffusion kernel: closed forms, conservation, order in time and space."""

import numpy as np
import pytest
from scipy.optimize import brentq

from dermatwin.numerics.bordered import close_border, solve_band
from dermatwin.numerics.finite_dose import Clock, Side, Stack, graded_times, solve, stage_times, steady_permeance

ONE = np.ones(1)


def slab(cells=40, length=1.0, diffusivity=1.0, sink=False, partition=1.0):
    width = length / cells
    link = np.full((1, cells - 1), diffusivity * partition / width)
    loss = np.zeros((1, cells))
    if sink:
        loss[0, -1] = 2.0 * diffusivity / width**2
    entry = np.array([2.0 * diffusivity * partition / width])
    return Stack(np.full((1, cells), width * partition), link, link, entry, entry, loss, np.zeros(cells, int))


def clock(time, film, wipe=-1, gates=(0.0, 1.0, 1.0)):
    shape = (1, time.size - 1, 2)
    return Clock(time, np.full(shape, film), *(np.full(shape, gate) for gate in gates), wipe)


def free(dose=1.0):
    return dose * ONE, np.array([np.inf])


@pytest.mark.parametrize("n", [3, 4, 17])
def test_bordered_band_against_a_dense_solve(n):
    random = np.random.default_rng(n)
    band = -random.random((5, n))
    matrix = np.zeros((n + 1, n + 1))
    for row, offset in enumerate((-2, -1, 0, 1, 2)):
        for i in range(n):
            if 0 <= i + offset < n:
                matrix[i, i + offset] = band[row, i]
            else:
                band[row, i] = 0.0
    band[2] = matrix[range(n), range(n)] = 6.0 + random.random(n)
    column, row, f = -random.random(n), -random.random(n), random.random(n + 1)
    matrix[:n, n], matrix[n, :n], matrix[n, n] = column, row, 20.0
    right = np.stack([f[:n], column])
    solve_band(band, right, n)
    border = close_border(right, row, 20.0, f[n], n)
    assert np.append(right[0], border) == pytest.approx(np.linalg.solve(matrix, f), abs=1e-12)


def test_lag_and_steady_flux_of_a_slab():
    time = graded_times((0.0,), 2.0, first=1e-4, longest=0.01)
    film = 1e4
    course = solve(slab(60, sink=True), None, clock(time, film), *free(film))
    late = time > 1.0
    flux, offset = np.polyfit(time[late], course.lost[0, late], 1)
    assert flux == pytest.approx(1.0, rel=2e-3)
    assert -offset / flux == pytest.approx(1.0 / 6.0, rel=5e-3)


def test_finite_film_on_a_closed_slab_against_the_series():
    """Uptake from a stirred film of limited volume: M/M_inf = 1 - sum 2 a (1 + a)/(1 + a + a^2 q^2) exp(-q^2 t)."""
    a = 0.7
    roots = [brentq(lambda q: np.tan(q) + a * q, (n + 0.5) * np.pi + 1e-9, (n + 1.0) * np.pi) for n in range(60)]
    q = np.array(roots)
    time = graded_times((0.0,), 1.0, (0.03, 0.1, 0.3), first=1e-5, growth=1.1, longest=0.01)
    course = solve(slab(200), None, clock(time, a), *free(a))
    for t in (0.03, 0.1, 0.3, 1.0):
        share = 1.0 - (2.0 * a * (1.0 + a) / (1.0 + a + a**2 * q**2) * np.exp(-(q**2) * t)).sum()
        uptake = course.layers[0, 0, np.searchsorted(time, t)] / (a / (1.0 + a))
        assert uptake == pytest.approx(share, rel=3e-3)


def test_two_layers_with_partition_in_series():
    cells, k, d = 12, (3.0, 0.5), (0.2, 4.0)
    widths = np.full(cells, 1.0 / cells)
    dk = np.repeat([d[0] * k[0], d[1] * k[1]], cells // 2)
    half = 0.5 * widths / dk
    link = (1.0 / (half[1:] + half[:-1]))[None, :]
    capacity = (widths * np.repeat(k, cells // 2))[None, :]
    loss = np.zeros((1, cells))
    loss[0, -1] = 1.0 / (half[-1] * capacity[0, -1])
    entry = np.array([1.0 / half[0]])
    stack = Stack(capacity, link, link, entry, entry, loss, np.repeat([0, 1], cells // 2))
    exact = 1.0 / (0.5 / (d[0] * k[0]) + 0.5 / (d[1] * k[1]))
    assert steady_permeance(stack, None, 0 * ONE, 0 * ONE, 0 * ONE)[0] == pytest.approx(exact, rel=1e-12)
    closed = Stack(capacity, link, link, entry, entry, 0.0 * loss, stack.layer)
    rest = solve(closed, None, clock(graded_times((0.0,), 100.0), 1.0), *free())
    concentration = rest.layers[0, :, -1] / 0.5
    assert concentration == pytest.approx(np.array(k) * rest.film[0, -1], rel=1e-6)


def side_problem():
    cells, beside = 10, 8
    stack = slab(cells, sink=True)
    random = np.random.default_rng(3)
    side = Side(np.full((1, beside), 0.01), random.random((1, beside - 1)), random.random((1, beside)))
    return stack, side


def test_side_chain_settles_at_the_steady_permeance():
    stack, side = side_problem()
    film = 1e7
    course = solve(stack, side, clock(graded_times((0.0,), 20.0), film, gates=(0.8, 0.6, 1.7)), *free(film))
    flux = (course.lost[0, -1] - course.lost[0, -2]) / (course.time[-1] - course.time[-2])
    assert flux == pytest.approx(steady_permeance(stack, side, 0.8 * ONE, 0.6 * ONE, 1.7 * ONE)[0], rel=1e-4)


def test_mass_is_conserved_and_nothing_is_negative_on_coarse_steps():
    stack, side = side_problem()
    course = solve(stack, side, clock(np.linspace(0.0, 30.0, 12), 0.3, wipe=7, gates=(5.0, 1.0, 3.0)), *free())
    assert course.total == pytest.approx(np.ones((1, 12)), abs=1e-12)
    assert min(course.film.min(), course.layers.min(), course.lost.min()) >= -1e-12
    assert (course.film[0, 8:] == 0.0).all()
    assert np.ptp(course.through_mouth[0, 7:]) == 0.0


def test_a_saturated_film_feeds_at_a_constant_rate():
    stack = slab(4, sink=True)
    time = np.linspace(0.0, 4.0, 401)
    course = solve(stack, None, clock(time, 0.1), ONE, np.array([0.05]))
    late = slice(200, 401)
    assert course.film[0, 400] > 0.5
    assert np.diff(course.film[0, late]) / np.diff(time[late]) == pytest.approx(-0.05 * np.ones(200), rel=1e-3)


def order(errors):
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


def test_second_order_in_time():
    stack, side = side_problem()

    def lost(steps):
        time = np.linspace(0.0, 1.0, steps + 1)
        ramp = stage_times(time)[None]
        run = Clock(time, np.full_like(ramp, 0.5), 1.0 + ramp, np.exp(-ramp), 1.0 / (1.0 + ramp), -1)
        return solve(stack, side, run, *free()).lost[0, -1]

    reference = lost(4096)
    assert order([abs(lost(n) - reference) for n in (32, 64, 128)]) == pytest.approx([2.0, 2.0], abs=0.25)


def test_second_order_in_space():
    time = np.linspace(0.0, 0.3, 400)

    def lost(cells):
        return solve(slab(cells, sink=True), None, clock(time, 0.5), *free(0.5)).lost[0, -1]

    reference = lost(640)
    assert order([abs(lost(n) - reference) for n in (10, 20, 40)]) == pytest.approx([2.0, 2.0], abs=0.25)
