"""The unit cell of the delivery stage, at rest, against an independent axisymmetric solution and closed forms.

The reference solves div(D grad u) = 0 in a cylinder of radius b = 1/sqrt(pi N) and height L with one cylindrical channel
in its axis, resolved across the channel too; the mouth is held at u = 1, the bottom at u = 0, skin outside the mouth is
closed. It shares nothing with the production cell but the two diffusivities.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve
from scipy.stats import gamma

from dermatwin.core import Luck
from dermatwin.delivery import Holes, find_solute
from dermatwin.delivery.cell import RINGS, ROWS, Faces, Thickness, Tube, bore, grid, mesh
from dermatwin.delivery.course import Dosing, run, transport
from dermatwin.delivery.stratum import Barrier
from dermatwin.delivery.tissue import Tissue
from dermatwin.evidence import Draws, Evidence
from dermatwin.numerics.steps import graded_times
from dermatwin.numerics.unit_cell import Clock, solve

EVIDENCE = Evidence.packaged()

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
    matrix = coo_array(
        (np.concatenate([-g, -g, diagonal]), (np.concatenate([row, column, every]), np.concatenate([column, row, every])))
    )
    u = spsolve(matrix.tocsc(), right)
    return float((mouth * (1.0 - u[number[:, 0]])).sum() / (np.pi * outer**2))


def diffusivities(mass: float) -> tuple[float, float]:
    """Channel fluid and tissue [cm2/h], the laws of the published table."""
    volume = (0.9 if mass < 500.0 else 0.75) * mass
    water = 1.92e-4 * volume**-0.6 if volume < 445.2 else 3.78e-5 * volume ** (-1.0 / 3.0)
    return water * HOUR, 10.0**-4.15 * mass**-0.655 * HOUR


def permeability(
    density: float,
    channel: float,
    tissue: float,
    depth: float = DEPTH,
    radius: float = RADIUS,
    height: float = HEIGHT,
    rows: tuple[int, ...] = ROWS,
    rings: int = RINGS,
    taper: float = 0.0,
) -> float:
    """Permeability of the production cell at rest [cm/h]: a closed, very thin stratum corneum, a mouth held at u = 1."""
    one = np.ones(1)
    skin = Thickness(1e-7 * one, 50e-4 * one, (height - 50e-4) * one)
    tube = Tube(density * one, depth * one, radius * one, taper * one)
    cells = mesh(skin, tube, rings, rows)
    tight, viable = Barrier(0.0 * one, 0.0 * one, one), Tissue(one, tissue * one, tissue * one, 0.0 * one, 0.0 * one)
    time = graded_times((0.0,), 3000.0, longest=200.0)
    held = np.ones((1, time.size - 1, 2))
    clock = Clock(time, 1e6 * held, held, channel * held, 1e9 * held, 0.0 * held, held, 0.0 * one, -1, -1)
    course = solve(
        grid(cells, tight, viable, Faces(one, one), True),
        bore(cells, tube, tight, viable, 0.0 * one),
        clock,
        1e6 * one,
        np.inf * one,
    )
    return float((course.through_mouth[0, -1] - course.through_mouth[0, -2]) / (time[-1] - time[-2]))


@pytest.mark.parametrize(
    ("mass", "density", "published"),
    [
        (234.0, 25, 4.2e-3),
        (234.0, 100, 1.7e-2),
        (234.0, 400, 5.6e-2),
        (622.0, 100, 9.4e-3),
        (5800.0, 100, 2.8e-3),
        (66000.0, 100, 7.0e-4),
        (66000.0, 400, 2.1e-3),
    ],
)
def test_the_cell_agrees_with_the_reference_and_the_published_table(mass, density, published):
    channel, tissue = diffusivities(mass)
    cell = cell_permeability(density, channel, tissue)
    assert cell == pytest.approx(published, rel=0.05)
    assert permeability(density, channel, tissue) == pytest.approx(cell, rel=0.035)
    fine = permeability(density, channel, tissue, rows=(2, 12, 20, 30), rings=20)
    assert fine == pytest.approx(cell, rel=0.01)


@pytest.mark.parametrize("depth", [60e-4, 300e-4])
@pytest.mark.parametrize("density", [25, 1000])
def test_the_cell_agrees_at_other_depths_and_densities(depth, density):
    channel, tissue = diffusivities(66000.0)
    cell = cell_permeability(density, channel, tissue, depth)
    assert permeability(density, channel, tissue, depth) == pytest.approx(cell, rel=0.035)


def test_more_rows_converge_with_second_order():
    """Twice the rows halve every row, those at the bottom too, so that the error falls to a quarter."""
    one = np.ones(1)
    skin, tube = Thickness(1e-3 * one, 4e-3 * one, 0.3 * one), Tube(100.0 * one, DEPTH * one, RADIUS * one, 0.0 * one)
    coarse, fine = (mesh(skin, tube, rows=(6, 4, 5, ROWS[3] * times)).edges[0, 15:] for times in (1, 2))
    assert fine[::2] == pytest.approx(coarse, rel=1e-12)
    *rough, limit = (
        permeability(100, *diffusivities(234.0), height=0.3, rows=(2, 16, 20, ROWS[3] * times)) for times in (1, 2, 4, 16)
    )
    errors = np.abs(np.array(rough) - limit)
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.35)


def test_a_cone_lets_less_through_than_a_cylinder_by_as_much_as_published():
    """Table of the literature note: conical over straight 3.7/4.2 (234 Da, 25/cm2) and 5.1/7.0 (66 kDa, 100/cm2)."""
    for mass, density, ratio in ((234.0, 25, 3.7 / 4.2), (66000.0, 100, 5.1 / 7.0)):
        both = [permeability(density, *diffusivities(mass), taper=taper) for taper in (0.0, 1.0)]
        assert both[1] / both[0] == pytest.approx(ratio, rel=0.1)


@pytest.mark.parametrize(("slender", "within"), [(0.1, 0.06), (1.0, 0.03), (7.5, 0.02)])
def test_a_lone_pore_has_the_capacitance_of_a_cylinder(slender, within):
    """Q = D a (8 + 6.95 (h/a)^0.76)/2, half a charged cylinder (Smythe 1962, within 0.2 %); 4 D a for a flat one.

    One ring across the channel spreads the flux evenly over a flat pore's floor, which costs 5 %; channels are slender.
    """
    radius, tissue, density = 20e-4, 1e-2, 0.5
    found = permeability(
        density, 1e4, tissue, depth=slender * radius, radius=radius, height=0.6, rows=(2, 20, 20, 60), rings=40
    )
    assert found / density == pytest.approx(0.5 * tissue * radius * (8.0 + 6.95 * slender**0.76), rel=within)


def test_a_slender_channel_in_its_cell_is_a_source_in_an_annulus():
    """Tissue that drains slowly everywhere lies below the channel's level by q/(2 pi D) (ln(b/a) - 3/4)."""
    one, density, radius, depth, tissue, drain = np.ones(1), 400.0, 20e-4, 0.1, 1e-3, 1e-3
    skin = Thickness(1e-7 * one, 50e-4 * one, (depth - 48e-4) * one)
    tube = Tube(density * one, depth * one, radius * one, 0.0 * one)
    cells = mesh(skin, tube)
    tight, viable = Barrier(0.0 * one, 0.0 * one, one), Tissue(one, tissue * one, tissue * one, 0.0 * one, drain * one)
    time = graded_times((0.0,), 2e4, longest=500.0)
    held = np.ones((1, time.size - 1, 2))
    clock = Clock(time, 1e6 * held, held, 1e6 * held, 1e9 * held, 0.0 * held, held, 0.0 * one, -1, -1)
    course = solve(
        grid(cells, tight, viable, Faces(one, one), False),
        bore(cells, tube, tight, viable, 0.0 * one),
        clock,
        1e6 * one,
        np.inf * one,
    )
    edge = 1.0 / np.sqrt(np.pi * density)
    middle = int(cells.at(0.6 * depth * one)[0])
    expected = drain / density / (2.0 * np.pi * tissue) * (np.log(edge / radius) - 0.75)
    assert 1.0 - course.depth_activity[0, middle, -1] == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("density", [50.0, 250.0])
def test_channels_at_random_deliver_less_than_a_tenth_less(density):
    """Cells of unequal size, as channels at random cut the skin (areas gamma distributed, shape 3.57), each on its own."""
    shares = gamma(3.57, scale=1.0 / 3.57).ppf((np.arange(21) + 0.5) / 21)

    def taken(areas):
        p = Draws(Evidence.packaged(), Luck(0, areas.size, frozenset()))
        one = np.ones(areas.size)
        path = transport(find_solute("calcein", EVIDENCE), Thickness(15e-4 * one, 80e-4 * one, 0.15 * one), False, True, p)
        time = graded_times((0.0,), 4.0)
        holes = Holes(density / areas, 0.25 * one, 0.035 * one, np.zeros(1), 0.1 * one[:, None])
        dosing = Dosing(time, -1, np.full((1, time.size - 1, 2), 0.01), one[:, None, None], None, one, np.inf * one)
        return ((1.0 - run(path, holes, dosing, p).course.film[:, -1]) * areas / areas.sum()).sum()

    assert 0.9 < taken(shares) / taken(np.ones(1)) < 1.0


def test_open_area_times_one_dimension_is_far_off():
    """The law that must not be used: 20-40 times too little for small solutes."""
    channel, tissue = diffusivities(234.0)
    area = 100.0 * np.pi * RADIUS**2
    naive = area / (DEPTH / channel + (HEIGHT - DEPTH) / tissue)
    assert permeability(100, channel, tissue) / naive > 20.0
