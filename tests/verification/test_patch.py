"""Diffusion in a layered box against closed forms, a matrix exponential, and the laws that hold for every step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from dermatwin.numerics.patch import Box, Factors, Medium, diffuse, factorise

LENGTH = 1.0


def box_of(nz, ny, nx, periodic=False, thickness=None):
    rows = np.full(nz, LENGTH / nz) if thickness is None else np.asarray(thickness, float)
    return Box(rows, ny, nx, LENGTH / ny, LENGTH / nx, periodic)


def medium_of(*diffusivities):
    d = np.array(diffusivities, float)[:, None]
    return Medium(d, d, d)


def centres(n):
    return (np.arange(n) + 0.5) / n


def after(u, factors, steps):
    u = np.array(u)
    for _ in range(steps):
        diffuse(u, factors)
    return u


def wave(nz, ny, nx, turns=1):
    """A product of cosines, an eigenfunction between tight sides."""
    z, y, x = (np.cos(turns * np.pi * centres(n)) for n in (nz, ny, nx))
    return 1.0 + 0.5 * z[:, None, None] * y[:, None] * x


def test_second_order_in_time_and_space():
    errors = []
    for n, steps in ((8, 2), (16, 4), (32, 8)):
        box, d, end = box_of(n, n, n), (0.5, 1.0), 0.1
        u = after(np.stack([wave(n, n, n)] * 2), factorise(box, medium_of(*d), end / steps), steps)
        exact = [1.0 + (wave(n, n, n) - 1.0) * np.exp(-3.0 * np.pi**2 * k * end) for k in d]
        errors.append(np.abs(u - np.stack(exact)).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[-1] < 1e-3
    assert (orders > 1.8).all()


def small(nz, ny, nx, periodic, seed=1):
    """A rough layered case whose matrix is small enough for its exponential."""
    rng = np.random.default_rng(seed)
    box = Box(rng.uniform(0.05, 0.3, nz), ny, nx, 0.2, 0.3, periodic)
    layers = rng.uniform(0.01, 0.1, (3, 1, nz))
    return box, Medium(*layers, top=np.array([0.2]), bottom=np.array([0.05])), rng.uniform(0.0, 1.0, (1, nz, ny, nx))


def line(n, rate, periodic):
    a = np.zeros((n, n))
    for j in range(n - 1 + periodic):
        k = (j + 1) % n
        a[j, j] -= rate
        a[k, k] -= rate
        a[j, k] += rate
        a[k, j] += rate
    return a


def matrix(box, medium):
    """The whole right-hand side, written cell by cell."""
    nz, ny, nx = box.shape
    thickness, dz = box.thickness, medium.along_z[0]
    column = np.zeros((nz, nz))
    for k in range(nz - 1):
        g = 1.0 / (0.5 * thickness[k] / dz[k] + 0.5 * thickness[k + 1] / dz[k + 1])
        for here, there in ((k, k + 1), (k + 1, k)):
            column[here, here] -= g / thickness[here]
            column[here, there] += g / thickness[here]
    for k, loss in ((0, medium.top[0]), (nz - 1, medium.bottom[0])):
        column[k, k] -= 1.0 / (1.0 / loss + 0.5 * thickness[k] / dz[k]) / thickness[k]
    whole = np.kron(column, np.eye(ny * nx))
    for k in range(nz):
        plane = np.kron(line(ny, medium.along_y[0, k] / box.dy**2, box.periodic), np.eye(nx))
        plane += np.kron(np.eye(ny), line(nx, medium.along_x[0, k] / box.dx**2, box.periodic))
        whole += np.kron(np.diag(np.eye(nz)[k]), plane)
    return whole


@pytest.mark.parametrize("periodic", [False, True])
def test_layered_anisotropic_box_with_exchange_against_the_matrix_exponential(periodic):
    box, medium, u = small(4, 5, 6, periodic)
    exact = expm(matrix(box, medium) * 1.0) @ u.reshape(-1)
    errors = [np.abs(after(u, factorise(box, medium, 1.0 / n), n).reshape(-1) - exact).max() for n in (8, 16, 32)]
    assert errors[-1] < 1e-3
    assert errors[0] / errors[1] > 3.5
    assert errors[1] / errors[2] > 3.5


def test_layers_of_unequal_conductance_reach_the_exact_flux():
    """Steady flux through two layers into an outside at zero: resistances in series, exact at the interface."""
    box = Box(np.array([0.1, 0.1, 0.3, 0.3]), 1, 1, 1.0, 1.0)
    d = np.array([[1.0, 1.0, 0.1, 0.1]])
    dt, source = 0.005, 1.0  # source into the first row, per area and time
    factors = factorise(box, Medium(d, d, d, bottom=np.array([1e9])), dt)
    u = np.zeros((1, 4, 1, 1))
    for _ in range(5000):
        u[0, 0] += 0.5 * dt * source / 0.1
        diffuse(u, factors)
        u[0, 0] += 0.5 * dt * source / 0.1
    below = u[0, 1:, 0, 0]
    np.testing.assert_allclose(below[0] - below[1], 0.05 / 1.0 + 0.15 / 0.1, rtol=2e-3)


def test_a_gaussian_spreads_by_its_variance_and_stays_round():
    n, d, end = 64, 0.01, 0.5
    x = (np.arange(n) + 0.5) / n - 0.5
    start = 0.05**2
    u = np.exp(-(x[:, None] ** 2 + x**2) / (2.0 * start))[None, None]
    out = after(u, factorise(box_of(1, n, n), medium_of(d), end / 20), 20)[0, 0]
    for axis in (0, 1):
        spread = (out.sum(axis=axis) * x**2).sum() / out.sum()
        np.testing.assert_allclose(spread, start + 2.0 * d * end, rtol=0.02)
    np.testing.assert_allclose(out, out.T, rtol=1e-10)
    assert out.min() >= 0.0


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    dt=st.floats(1e-4, 1e4),
    periodic=st.booleans(),
    nz=st.integers(1, 5),
    ny=st.integers(1, 9),
    nx=st.integers(1, 70),
)
def test_mass_and_sign_are_kept_for_any_step_and_any_jump(seed, dt, periodic, nz, ny, nx):
    rng = np.random.default_rng(seed)
    box = Box(rng.uniform(0.01, 1.0, nz), ny, nx, 0.1, 0.2, periodic)
    medium = Medium(*(10.0 ** rng.uniform(-6, 1, (3, 2, nz))))
    u = np.where(rng.random((2, *box.shape)) < 0.1, 1.0, 0.0)  # lonely holes
    out = after(u, factorise(box, medium, dt), 3)
    volume = box.volume[:, None, None]
    number = dt * max(
        medium.along_x.max() / box.dx**2, medium.along_y.max() / box.dy**2, medium.along_z.max() / box.thickness.min() ** 2
    )  # rounding grows with it
    mass, before = (out * volume).sum(axis=(1, 2, 3)), (u * volume).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(mass, before, rtol=1e-13 + 1e-15 * number)
    assert out.min() >= -1e-12
    assert out.max() <= 1.0 + 1e-12 + 1e-15 * number


def test_constants_stay_and_periodic_fields_shift():
    box = box_of(3, 8, 10, periodic=True)
    factors = factorise(box, medium_of(0.3), 0.02)
    np.testing.assert_allclose(after(np.ones((1, 3, 8, 10)), factors, 5), 1.0, rtol=1e-12)
    u = np.random.default_rng(2).random((1, 3, 8, 10))
    moved = np.roll(after(u, factors, 2), (3, 4), axis=(2, 3))
    np.testing.assert_allclose(after(np.roll(u, (3, 4), axis=(2, 3)), factors, 2), moved, rtol=1e-11)


def test_long_steps_next_to_a_jump_take_the_positive_way_and_short_ones_do_not():
    u = np.zeros((1, 1, 1, 41))
    u[..., 20] = 1.0
    box = box_of(1, 1, 41)
    long = after(u, factorise(box, medium_of(1.0), 0.1), 1)
    assert long.min() >= 0.0
    np.testing.assert_allclose(long.sum(), 1.0, rtol=1e-12)
    assert np.argmax(long) == 20


def test_fields_do_not_touch_one_another_and_units_do_not_matter():
    u = np.random.default_rng(3).random((3, 4, 5, 6))
    box, medium = box_of(4, 5, 6), medium_of(0.1, 0.0, 2.0)
    together = after(u, factorise(box, medium, 0.05), 2)
    for f, d in enumerate((0.1, 0.0, 2.0)):
        alone = after(u[f : f + 1], factorise(box, medium_of(d), 0.05), 2)
        np.testing.assert_array_equal(together[f], alone[0])
    np.testing.assert_allclose(together[1], u[1], rtol=1e-14)
    inches = Box(box.thickness / 25.4, 5, 6, box.dy / 25.4, box.dx / 25.4)
    hours = factorise(inches, Medium(*(m / 25.4**2 / 24.0 for m in (medium.along_x, medium.along_y, medium.along_z))), 1.2)
    np.testing.assert_allclose(after(u, hours, 2), together, rtol=1e-10)


def test_what_does_not_fit_is_refused():
    box, medium = box_of(2, 3, 4), medium_of(0.1)
    factors = factorise(box, medium, 0.1)
    with pytest.raises(ValueError, match="do not fit"):
        diffuse(np.zeros((1, 2, 4, 3)), factors)
    with pytest.raises(ValueError, match="contiguous"):
        diffuse(np.zeros((1, 2, 4, 3)).transpose(0, 1, 3, 2), factors)
    with pytest.raises(ValueError, match="negative"):
        factorise(box, medium_of(-0.1), 0.1)
    assert isinstance(factors, Factors)
