"""Direct solution of banded systems, eight of the same shape at a time, bordered by one row and one column.

    [ M  b ] [x]   [f]          M: n rows, entries up to `half` left and right of the diagonal
    [ r' d ] [y] = [g]

The last axis of every array is the lane: the eight systems share nothing, but their numbers lie side by side, and the
elimination takes all eight in one vector operation (`simd`). Without pivoting, O(n half^2): every matrix here is
diagonally dominant, which is what conservation of mass makes of an implicit step. Textbook elimination; no source.
"""

from __future__ import annotations

import numpy as np

from .kept import kept
from .simd import LANES, invert, multiply, subtract_product


@kept(error_model="numpy")
def solve_band(band: np.ndarray, right: np.ndarray, half: int) -> None:
    """Solve M X = R in place for two right-hand sides; `band` (n, 2 half + 1, 8) and `right` (n, 2, 8) are overwritten.

    band[i, half + j - i] holds M[i, j].
    """
    n = band.shape[0]
    for i in range(n):
        invert(band, i, half)
        for below in range(i + 1, min(i + half + 1, n)):
            left = half + i - below
            multiply(band, below, left, band, i, half)
            for k in range(1, half + 1):
                subtract_product(band, below, left + k, band, below, left, band, i, half + k)
            for side in range(2):
                subtract_product(right, below, side, band, below, left, right, i, side)
    for i in range(n - 1, -1, -1):
        for k in range(1, min(half, n - 1 - i) + 1):
            for side in range(2):
                subtract_product(right, i, side, band, i, half + k, right, i + k, side)
        for side in range(2):
            multiply(right, i, side, band, i, half)


@kept(error_model="numpy")
def close_border(right: np.ndarray, row: np.ndarray, corner: np.ndarray, known: np.ndarray, unknown: np.ndarray) -> None:
    """The border's unknown y after `solve_band`; right[:, 0] (M^-1 f) becomes x, right[:, 1] is M^-1 b.

    y = (g - r' M^-1 f) / (d - r' M^-1 b),  x = M^-1 f - y M^-1 b.   Shapes: row (n, 8), corner, known, unknown (8,).
    """
    n = row.shape[0]
    bottom = np.empty(LANES)
    for lane in range(LANES):
        bottom[lane], unknown[lane] = corner[lane], known[lane]
    for i in range(n):
        for lane in range(LANES):
            unknown[lane] -= row[i, lane] * right[i, 0, lane]
            bottom[lane] -= row[i, lane] * right[i, 1, lane]
    for lane in range(LANES):
        unknown[lane] /= bottom[lane]
    for i in range(n):
        for lane in range(LANES):
            right[i, 0, lane] -= unknown[lane] * right[i, 1, lane]
