"""Direct solution of a band of two neighbours on either side, bordered by one row and one column.

    [ M  b ] [x]   [f]          M: n rows, entries at distance 0, 1 and 2 of the diagonal
    [ r' d ] [y] = [g]          b, r: a few entries each

One well-mixed compartment (the border) feeds a chain of cells; a second chain that runs beside the first (channels in
tissue) widens the band from one neighbour to two. Elimination without pivoting, O(n): every matrix here is diagonally
dominant by columns, which is what conservation of mass makes of an implicit step. Textbook elimination; no source.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy", fastmath=False)
def solve_band(band: np.ndarray, right: np.ndarray, n: int) -> None:
    """Solve M X = R in place for two right-hand sides; `band` (5, n) and `right` (2, n) are overwritten.

    band[0], band[1] hold the entries two and one left of the diagonal, band[2] the diagonal, band[3] and band[4] those
    one and two right of it, each indexed by its row.
    """
    for i in range(n):
        pivot = 1.0 / band[2, i]
        band[3, i] *= pivot
        band[4, i] *= pivot
        right[0, i] *= pivot
        right[1, i] *= pivot
        if i + 1 < n:
            share = band[1, i + 1]
            band[2, i + 1] -= share * band[3, i]
            band[3, i + 1] -= share * band[4, i]
            right[0, i + 1] -= share * right[0, i]
            right[1, i + 1] -= share * right[1, i]
        if i + 2 < n:
            share = band[0, i + 2]
            band[1, i + 2] -= share * band[3, i]
            band[2, i + 2] -= share * band[4, i]
            right[0, i + 2] -= share * right[0, i]
            right[1, i + 2] -= share * right[1, i]
    for i in range(n - 2, -1, -1):
        right[0, i] -= band[3, i] * right[0, i + 1]
        right[1, i] -= band[3, i] * right[1, i + 1]
        if i + 2 < n:
            right[0, i] -= band[4, i] * right[0, i + 2]
            right[1, i] -= band[4, i] * right[1, i + 2]


@njit(cache=True, error_model="numpy", fastmath=False)
def close_border(right: np.ndarray, row: np.ndarray, corner: float, known: float, n: int) -> float:
    """The border's unknown y after `solve_band`; right[0] (M^-1 f) becomes x, right[1] is M^-1 b.

    y = (g - r' M^-1 f) / (d - r' M^-1 b),  x = M^-1 f - y M^-1 b
    """
    top, bottom = known, corner
    for i in range(n):
        if row[i] != 0.0:
            top -= row[i] * right[0, i]
            bottom -= row[i] * right[1, i]
    border = top / bottom
    for i in range(n):
        right[0, i] -= border * right[1, i]
    return border
