"""Outlines of fields against closed forms: planes, circles, rings, saddles; where they lie, which way up, how they close."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dermatwin.report.figures import contour

POINT = r"(-?\d+\.\d) (-?\d+\.\d)"
ROUNDED = 0.05 + 1e-9  # px, coordinates are written with one decimal
THINNED = 0.2 + ROUNDED  # px, and points are left out that would move an outline by less

# More columns than rows, uneven steps, the origin in a corner of the grid: px across and down.
ACROSS = 300.0 * np.linspace(0.0, 1.0, 91) ** 1.2
DOWN = 100.0 + 200.0 * np.linspace(0.0, 1.0, 61) ** 0.9


def outlines(path: str) -> list[np.ndarray]:
    """Corners of every outline, shape (corner, 2); each is a line that is closed, and there is nothing else."""
    assert re.fullmatch(rf"(M{POINT}(L{POINT}){{2,}}Z)*", path)
    return [np.array(re.findall(POINT, part), float) for part in path.split("Z")[:-1]]


def area(corners: np.ndarray) -> float:
    """Area within a polygon, whichever way round it goes."""
    (x, y), (next_x, next_y) = corners.T, np.roll(corners, -1, axis=0).T
    return 0.5 * abs(float(np.sum(x * next_y - next_x * y)))


def test_a_plane_is_cut_along_its_straight_line() -> None:
    plane = ACROSS[None, :] - 2.0 * (DOWN[:, None] - 100.0)
    (found,) = outlines(contour.region(ACROSS, DOWN, plane, 60.0))
    # across - 2 (down - 100) = 60 from (60, 100) to (300, 220); the region is the triangle to the upper right of it
    corners = {(60.0, 100.0), (300.0, 100.0), (300.0, 220.0)}
    assert {tuple(corner) for corner in found} == corners
    assert len(found) == 3


@pytest.mark.parametrize("centre", [(120.0, 190.0), (210.0, 170.0)])
def test_a_hill_is_cut_along_its_circle(centre: tuple[float, float]) -> None:
    away = np.hypot(ACROSS[None, :] - centre[0], DOWN[:, None] - centre[1])
    (found,) = outlines(contour.region(ACROSS, DOWN, 90.0 - away, 40.0))
    # a cone is not linear between points: sagging of at most step^2 / 8 r
    sag = max(np.diff(ACROSS).max(), np.diff(DOWN).max()) ** 2 / (8.0 * 50.0)
    assert np.hypot(*(found - centre).T) == pytest.approx(50.0, abs=sag + ROUNDED)
    middles = 0.5 * (found + np.roll(found, -1, axis=0))
    assert np.hypot(*(middles - centre).T) == pytest.approx(50.0, abs=sag + THINNED)
    assert area(found) == pytest.approx(np.pi * 50.0**2, abs=2.0 * np.pi * 50.0 * (sag + THINNED))
    assert found.mean(axis=0) == pytest.approx(centre, abs=5.0)


def test_a_hill_at_the_edge_is_closed_along_the_edge() -> None:
    away = np.hypot(ACROSS[None, :] - 300.0, DOWN[:, None] - 200.0)
    (found,) = outlines(contour.region(ACROSS, DOWN, -away, -50.0))
    assert area(found) == pytest.approx(0.5 * np.pi * 50.0**2, rel=0.01)
    assert found[:, 0].max() == 300.0
    assert found[:, 0].min() == pytest.approx(250.0, abs=THINNED)
    assert (found[:, 1].min(), found[:, 1].max()) == pytest.approx((150.0, 250.0), abs=THINNED)


def test_a_ring_has_an_outline_inside_its_outline() -> None:
    away = np.hypot(ACROSS[None, :] - 140.0, DOWN[:, None] - 200.0)
    found = outlines(contour.region(ACROSS, DOWN, -np.abs(away - 60.0), -15.0))
    assert sorted(area(ring) for ring in found) == pytest.approx([np.pi * 45.0**2, np.pi * 75.0**2], rel=0.01)


def test_a_saddle_is_two_hills_in_opposite_corners() -> None:
    x, y = np.linspace(-90.0, 90.0, 61), np.linspace(-60.0, 60.0, 41)
    saddle = x[None, :] * y[:, None]
    found = outlines(contour.region(x, y, saddle, 900.0))
    assert len(found) == 2
    sides = np.sort([np.sign(hill).mean(axis=0) for hill in found], axis=0)
    np.testing.assert_array_equal(sides, [[-1.0, -1.0], [1.0, 1.0]])
    for hill in found:
        inside = hill[(np.abs(hill[:, 0]) < 90.0) & (np.abs(hill[:, 1]) < 60.0)]
        assert len(inside) > 5
        assert inside.prod(axis=1) == pytest.approx(900.0, abs=ROUNDED * 160.0)  # d(xy) <= |x| + |y| per px
        # between 15 and 90: the box up to 60 less what lies below the hyperbola
        assert area(hill) == pytest.approx(60.0 * 75.0 - 900.0 * np.log(6.0), rel=0.01)
    below = outlines(contour.region(x, y, -saddle, 900.0))
    np.testing.assert_array_equal(np.sort([np.sign(hill).mean(axis=0).prod() for hill in below]), [-1.0, -1.0])


@pytest.mark.parametrize(("level", "hills"), [(0.4, 1), (0.6, 2)])
def test_opposite_corners_are_joined_where_the_middle_is_in(level: float, hills: int) -> None:
    cell = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = outlines(contour.region(np.array([0.0, 100.0]), np.array([0.0, 50.0]), cell, level))
    assert len(found) == hills
    corners = np.concatenate(found)
    assert all((corners == corner).all(axis=1).any() for corner in ([0.0, 0.0], [100.0, 50.0]))
    assert not any((corners == corner).all(axis=1).any() for corner in ([100.0, 0.0], [0.0, 50.0]))


@pytest.mark.parametrize("level", [0.5, 1.0])
def test_what_is_at_the_level_everywhere_is_the_whole_grid(level: float) -> None:
    (found,) = outlines(contour.region(ACROSS, DOWN, np.ones((61, 91)), level))
    assert {tuple(corner) for corner in found} == {(0.0, 100.0), (300.0, 100.0), (300.0, 300.0), (0.0, 300.0)}


def test_where_nothing_reaches_the_level_there_is_no_outline() -> None:
    assert contour.region(ACROSS, DOWN, np.ones((61, 91)), 1.0 + 1e-9) == ""


def test_the_same_field_has_the_same_outline_every_time() -> None:
    rough = np.random.default_rng(3).normal(size=(61, 91))
    assert contour.region(ACROSS, DOWN, rough, 0.3) == contour.region(ACROSS, DOWN, rough.copy(), 0.3) != ""
