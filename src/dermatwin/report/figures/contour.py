"""Outlines of where a field is at least so high, on a grid of any spacing, as path data of closed lines.

contourpy finds them: linear along the edges of the cells, joined through a cell by the mean of its corners where two
opposite ones are in and two are out, closed along the border of the grid. Points that no eye could see are left out.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from . import svg

_TOLERANCE = 0.2  # px by which an outline may be simplified


def region(x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> str:
    """Path data (even-odd) of where `values` (y, x) reach `level`, linear between the points; '' where nothing does."""
    from contourpy import FillType, contour_generator

    above = np.nextafter(level, -np.inf)  # what lies at the level belongs to it
    found = contour_generator(x, y, values, fill_type=FillType.OuterOffset).filled(above, np.inf)
    points, starts = cast("tuple[list[np.ndarray], list[np.ndarray]]", found)
    rings = (ring for piece, first in zip(points, starts, strict=True) for ring in np.split(piece, first[1:-1]))
    return "".join(_outline(ring) for ring in rings)


def _outline(ring: np.ndarray) -> str:
    """One closed line, shape (point, 2), its last point its first; '' where it is too small to be seen."""
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(ring, axis=0).T)))  # along it, so that what is straight stays so
    _, across, down = svg.thin(way, *ring.T, tolerance=_TOLERANCE)
    return svg.path(across[:-1], down[:-1]) + "Z" if across.size > 3 else ""
