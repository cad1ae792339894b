"""The lumped channel law of the delivery stage against an axisymmetric finite-volume unit cell.

The reference solves div(D grad u) = 0 in a cylinder of radius b = 1/sqrt(pi N) and height L with one cylindrical channel
in its axis; the mouth is held at u = 1, the bottom at u = 0, skin outside the mouth is closed. It shares nothing with
the production law but the two diffusivities.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from dermatwin.delivery.channel import steady_permeability

RADIUS, DEPTH, HEIGHT = 35e-4, 150e-4, 500e-4  # cm
HOUR = 3600.0


def edges(radius: float, outer: float) -> tuple[np.ndarray, np.ndarray]:
    """Radial and axial cell edges, cm: fine in and near the channel."""
    inside = np.linspace(0.0, radius, 9)
    outside = radius + (outer - radius) * np.linspace(0.0, 1.0, 28)[1:] ** 1.6
    return np.concatenate([inside, outside]), np.linspace(0.0, HEIGHT, 81)


def cell_permeability(density: float, channel: float, tissue: float, depth: float = DEPTH, radius: float = RADIUS) -> float:
    """Permeability of the unit cell [cm/h]; diffusivities in cm2/h, density in 1/cm2."""
    outer = 1.0 / np.sqrt(np.pi * density)
    r, z = edges(radius, outer)
    middle_r, middle_z = 0.5 * (r[1:] + r[:-1]), 0.5 * (z[1:] + z[:-1])
    area, dz = np.pi * np.diff(r**2), np.diff(z)
    inside = (middle_r[:, None] < radius) & (middle_z[None, :] < depth)
    d = np.where(inside, channel, tissue)
    number = np.arange(d.size).reshape(d.shape)
    axial = area[:, None] * 2.0 / (dz[None, :-1] / d[:, :-1] + dz[None, 1:] / d[:, 1:])
    gap_in, gap_out = r[1:-1] - middle_r[:-1], middle_r[1:] - r[1:-1]
    radial = 2.0 * np.pi * r[1:-1, None] * dz / (gap_in[:, None] / d[:-1] + gap_out[:, None] / d[1:])
    links = [(number[:, :-1], number[:, 1:], axial), (number[:-1], number[1:], radial)]
    row, column, g = (np.concatenate([link[i].ravel() for link in links]) for i in range(3))
    diagonal = np.zeros(d.size)
    np.add.at(diagonal, row, g)
    np.add.at(diagonal, column, g)
    mouth = np.where(middle_r < radius, area * channel * 2.0 / dz[0], 0.0)
    diagonal[number[:, 0]] += mouth
    diagonal[number[:, -1]] += area * d[:, -1] * 2.0 / dz[-1]
    right = np.zeros(d.size)
    right[number[:, 0]] = mouth
    every = np.arange(d.size)
    matrix = coo_array((np.concatenate([-g, -g, diagonal]),
                        (np.concatenate([row, column, every]), np.concatenate([column, row, every]))))
    u = spsolve(matrix.tocsc(), right)
    return float((mouth * (1.0 - u[number[:, 0]])).sum() / (np.pi * outer**2))


def diffusivities(mass: float) -> tuple[float, float]:
    """Channel fluid and tissue [cm2/h], the laws of the published table."""
    volume = (0.9 if mass < 500.0 else 0.75) * mass
    water = 1.92e-4 * volume**-0.6 if volume < 445.2 else 3.78e-5 * volume ** (-1.0 / 3.0)
    return water * HOUR, 10.0**-4.15 * mass**-0.655 * HOUR


@pytest.mark.parametrize(("mass", "density", "published"), [
    (234.0, 25, 4.2e-3), (234.0, 100, 1.7e-2), (234.0, 400, 5.6e-2), (622.0, 100, 9.4e-3), (5800.0, 100, 2.8e-3),
    (66000.0, 100, 7.0e-4), (66000.0, 400, 2.1e-3)])
def test_the_channel_law_agrees_with_the_unit_cell(mass, density, published):
    channel, tissue = diffusivities(mass)
    cell = cell_permeability(density, channel, tissue)
    assert cell == pytest.approx(published, rel=0.05)
    lumped = steady_permeability(density, DEPTH, RADIUS, HEIGHT, (channel, tissue))
    assert 0.85 < lumped / cell < 1.15


@pytest.mark.parametrize("depth", [50e-4, 300e-4])
@pytest.mark.parametrize("density", [25, 1000])
def test_the_channel_law_holds_at_other_depths_and_densities(depth, density):
    channel, tissue = diffusivities(66000.0)
    cell = cell_permeability(density, channel, tissue, depth)
    assert 0.8 < steady_permeability(density, depth, RADIUS, HEIGHT, (channel, tissue)) / cell < 1.15


def test_open_area_times_one_dimension_is_far_off():
    """The law that must not be used: 20-40 times too little for small solutes."""
    channel, tissue = diffusivities(234.0)
    area = 100.0 * np.pi * RADIUS**2
    naive = area / (DEPTH / channel + (HEIGHT - DEPTH) / tissue)
    assert cell_permeability(100, channel, tissue) / naive > 20.0
