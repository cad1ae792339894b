"""Diffusion of several fields in a layered box: implicit, second order in time and space, conservative, not negative.

    V du/dt = sum over faces of g (u_neighbour - u) - (exchange at the top and bottom face) u

Cells are equal in x and y and of any thickness in z; each field has its own diffusivity per row of cells (layer) and per
direction. A face between two layers conducts like two half cells in series. Sides are tight or periodic; top and bottom
are tight or lose to an outside at zero.

Time: locally one-dimensional splitting, symmetric (Strang 1968, SIAM J Numer Anal 5:506): half a step in z, a whole step
in y and x (which commute, because diffusivities change in z only), half a step in z. Every line takes SDIRK2 (Alexander
1977, SIAM J Numer Anal 14:1006, g = 1 - 1/sqrt 2; second order, L-stable) written as two solves with one matrix:

    w1 = (I - g dt A)^-1 u,   w2 = (I - g dt A)^-1 w1,   u(t + dt) = (1/g - 1) w2 - (1/g - 2) w1

Every solve keeps mass and sign, their combination keeps mass only. Where it would fall below zero, that block of lines
goes on to w3 and w4 and takes (4 - 1/g) w3 + (1/g - 3) w4 instead: first order, both weights positive, so that neither
mass nor sign is lost. That happens next to a jump whose steps are long, not in smooth fields.

Speed: the second solve eliminates from the other end, so that it shares the way back of the first one: three sweeps over
a block of lines that stays in the nearest cache. x-lines are turned first; every sweep runs along contiguous memory.
Left out: flow, curved borders, diffusivities that depend on x or y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import prange

from .kept import kept

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
W2, W1 = 1.0 / GAMMA - 1.0, 2.0 - 1.0 / GAMMA
W4, W3 = 1.0 / GAMMA - 3.0, 4.0 - 1.0 / GAMMA
BELOW = 1e-12  # of w1 at the same place: further below zero than that is not rounding
TILE = 64  # lines of one block: three blocks of some dozens of rows fit the nearest caches
SQUARE = 8  # doubles of one line of cache
SHARE = 16 * TILE  # columns that one task takes


@dataclass(frozen=True)
class Box:
    """The cells. Lengths in any one unit (mm in the product), times in any one unit (d in the product)."""

    thickness: np.ndarray  # (nz,) of the rows of cells, from the top down
    ny: int
    nx: int
    dy: float
    dx: float
    periodic: bool = False  # whether opposite sides are joined; otherwise they are tight

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells in z, y, x."""
        return len(self.thickness), self.ny, self.nx

    @property
    def volume(self) -> np.ndarray:
        """Volume of a cell of each row, (nz,)."""
        return self.thickness * self.dy * self.dx


@dataclass(frozen=True)
class Medium:
    """What diffuses in it, length2/time; arrays (field, nz), a single row serves all rows."""

    along_x: np.ndarray
    along_y: np.ndarray
    along_z: np.ndarray
    top: np.ndarray | None = None  # (field,) length/time, exchange of the top face with an outside at zero; None = tight
    bottom: np.ndarray | None = None


@dataclass(frozen=True)
class Factors:
    """Every line's two eliminations for one step length; arrays (field, nz or 1, 8, cells of the line)."""

    z: np.ndarray
    y: np.ndarray
    x: np.ndarray

    @property
    def deep(self) -> bool:
        """Whether anything happens in z."""
        return bool((self.z[:, :, 0] != 1.0).any())


def factorise(box: Box, medium: Medium, dt: float) -> Factors:
    """Eliminate the matrices of all lines for steps of dt."""
    rows = len(box.thickness)
    along = [np.broadcast_to(np.asarray(d, float), (len(d), rows)) for d in (medium.along_x, medium.along_y, medium.along_z)]
    if any((d < 0.0).any() for d in along):
        raise ValueError("diffusivities must not be negative")
    fields = range(len(along[0]))
    lateral = [
        np.array([[_even(n, along[axis][f, row] / step**2, dt, box.periodic) for row in range(rows)] for f in fields])
        for axis, n, step in ((1, box.ny, box.dy), (0, box.nx, box.dx))
    ]
    none = np.zeros(len(fields))
    top, bottom = (none if loss is None else np.asarray(loss, float) for loss in (medium.top, medium.bottom))
    depth = np.array([[_layered(box.thickness, along[2][f], top[f], bottom[f], 0.5 * dt)] for f in fields])
    return Factors(depth, *lateral)


def _even(n: int, rate: float, dt: float, periodic: bool) -> np.ndarray:
    """A line of equal cells; `rate` = D / step2."""
    faces = np.full(n - 1, rate)
    return _eliminate(faces, faces, np.zeros(n), dt, rate if periodic and n > 2 else 0.0)


def _layered(thickness: np.ndarray, diffusivity: np.ndarray, top: float, bottom: float, dt: float) -> np.ndarray:
    """A line through the layers: faces as two half cells in series."""
    half = np.divide(0.5 * thickness, diffusivity, out=np.full(len(thickness), np.inf), where=diffusivity > 0.0)
    face = 1.0 / (half[:-1] + half[1:])
    loss = np.zeros(len(thickness))
    loss[0] += _in_series(top, half[0])
    loss[-1] += _in_series(bottom, half[-1])
    return _eliminate(face / thickness[1:], face / thickness[:-1], loss / thickness, dt, 0.0)


def _in_series(exchange: float, half: float) -> float:
    return 1.0 / (1.0 / exchange + half) if exchange > 0.0 else 0.0


def _eliminate(upper: np.ndarray, lower: np.ndarray, loss: np.ndarray, dt: float, ring: float) -> np.ndarray:
    """Factors of (I - g dt A) from both ends, and the vector that closes a ring (8, n).

    upper, lower : (n - 1,) rates of exchange with the neighbour above (of cells 1..) and below (of cells ..n-2).
    Rows: 1/pivot, weight of the cell above, weight of the cell below on the way back; the same from the other end; the
    ring's correction; in the last row the weight of the last cell in it.
    """
    n, h = len(loss), GAMMA * dt
    above, below = np.zeros(n), np.zeros(n)
    above[1:], below[:-1] = h * upper, h * lower
    diagonal = 1.0 + above + below + h * loss
    corner = h * ring
    first = diagonal[0] + corner
    if ring > 0.0:
        diagonal[[0, -1]] += corner  # the two ends are neighbours
        diagonal[0] += first  # Sherman and Morrison: without the corners, plus a product of two vectors
        diagonal[-1] += corner**2 / first
    out = np.zeros((8, n))
    out[:3] = _pivots(above, below, diagonal)
    out[3:6] = _pivots(below[::-1], above[::-1], diagonal[::-1])[:, ::-1]
    if ring > 0.0:
        right = np.zeros(n)
        right[0], right[-1] = -first, -corner
        weight = corner / first
        solved = _solve_once(out, right)
        out[6] = solved / (1.0 + solved[0] + weight * solved[-1])
        out[7] = weight
    return out


def _pivots(back: np.ndarray, on: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    """1/pivot, what a cell takes from the one before, what it takes from the one behind on the way back (3, n)."""
    out = np.zeros((3, len(diagonal)))
    carried = 0.0
    for j, entry in enumerate(diagonal):
        out[0, j] = 1.0 / (entry - back[j] * carried)
        out[1, j] = back[j] * out[0, j]
        carried = out[2, j] = on[j] * out[0, j]
    return out


def _solve_once(c: np.ndarray, right: np.ndarray) -> np.ndarray:
    out = right * c[0]
    for j in range(1, len(out)):
        out[j] += c[1, j] * out[j - 1]
    for j in range(len(out) - 2, -1, -1):
        out[j] += c[2, j] * out[j + 1]
    return out


def diffuse(u: np.ndarray, factors: Factors) -> None:
    """One step of all fields in place, threads over planes and rows; u (field, nz, ny, nx), contiguous.

    Law      the sum of u V is kept to rounding where top and bottom are tight; u >= 0 stays so up to rounding; constants
             stay (tests/verification/test_patch.py).
    Error    second order in the step length and, for smooth fields, in the cells' sizes.
    """
    if not u.flags.c_contiguous or u.dtype != np.float64:
        raise ValueError("fields must be contiguous and of double precision")
    if u.shape != (len(factors.z), *(c.shape[-1] for c in (factors.z, factors.y, factors.x))):
        raise ValueError(f"fields of shape {u.shape} do not fit the factors")
    _diffuse(u.reshape(-1), u.shape, factors.z, factors.y, factors.x, factors.deep)


@kept(fastmath={"contract"})
def _first_pair(u, base, stride, m, c, w, d):
    """w1 into w, the first half of the second solve into d; tight ends. u is left alone.

    Rows are taken as slices: the compiler then knows that no index is negative, and uses vectors.
    """
    n = c.shape[1]
    row, line = d[:m], u[base : base + m]
    take = c[0, 0]
    for i in range(m):
        row[i] = line[i] * take
    for j in range(1, n):
        take, give, before = c[0, j], c[1, j], row
        row, line = d[j * m : j * m + m], u[base + j * stride : base + j * stride + m]
        for i in range(m):
            row[i] = line[i] * take + give * before[i]
    first, take = w[(n - 1) * m : n * m], c[3, n - 1]
    for i in range(m):
        first[i] = row[i]
        row[i] *= take
    for j in range(n - 2, -1, -1):
        back, take, give, before, behind = c[2, j], c[3, j], c[4, j], row, first
        row, first = d[j * m : j * m + m], w[j * m : j * m + m]
        for i in range(m):
            value = row[i] + back * behind[i]
            first[i] = value
            row[i] = value * take + give * before[i]


@kept(fastmath={"contract"})
def _combine(u, base, stride, m, c, w, d):
    """The rest of the second solve and the new value; whether any is below zero. d becomes w2."""
    n, bad = c.shape[1], 0
    for j in range(n):
        back, at, above = c[5, j], base + j * stride, max(j - 1, 0) * m
        row, before, first, line = d[j * m : j * m + m], d[above : above + m], w[j * m : j * m + m], u[at : at + m]
        if j > 0:
            for i in range(m):
                row[i] += back * before[i]
        for i in range(m):
            line[i] = W2 * row[i] + W1 * first[i]
            bad += line[i] < -BELOW * first[i]
    return bad > 0


@kept(fastmath={"contract"})
def _solve(d, m, c, ring):
    """One solve of all lines of a block in place; the ends are neighbours if `ring`."""
    n = c.shape[1]
    row, take = d[:m], c[0, 0]
    for i in range(m):
        row[i] *= take
    for j in range(1, n):
        take, give, before = c[0, j], c[1, j], row
        row = d[j * m : j * m + m]
        for i in range(m):
            row[i] = row[i] * take + give * before[i]
    for j in range(n - 2, -1, -1):
        back, before = c[2, j], row
        row = d[j * m : j * m + m]
        for i in range(m):
            row[i] += back * before[i]
    if ring:
        _close(d, m, c)


@kept(fastmath={"contract"})
def _close(d, m, c):
    """What is missing of the solution where the two ends are neighbours (Sherman and Morrison)."""
    n = c.shape[1]
    share, last, weight = d[:m].copy(), d[(n - 1) * m : n * m], c[7, 0]
    for i in range(m):
        share[i] += weight * last[i]
    for j in range(n):
        row, part = d[j * m : j * m + m], c[6, j]
        for i in range(m):
            row[i] -= part * share[i]


@kept(fastmath={"contract"})
def _mix(u, base, stride, m, n, w, d, on_w, on_d):
    """u = on_w w + on_d d; whether any is below zero."""
    bad = 0
    for j in range(n):
        at = base + j * stride
        row, first, line = d[j * m : j * m + m], w[j * m : j * m + m], u[at : at + m]
        for i in range(m):
            line[i] = on_d * row[i] + on_w * first[i]
            bad += line[i] < -BELOW * first[i]
    return bad > 0


@kept()
def _block(u, base, stride, m, c, w, d):
    """One step of m neighbouring lines, cells `stride` apart."""
    n, ring = c.shape[1], c[7, 0] > 0.0
    if ring:
        for j in range(n):
            d[j * m : j * m + m] = u[base + j * stride : base + j * stride + m]
        _solve(d, m, c, True)
        w[: n * m] = d[: n * m]
        _solve(d, m, c, True)
        bad = _mix(u, base, stride, m, n, w, d, W1, W2)
    else:
        _first_pair(u, base, stride, m, c, w, d)
        bad = _combine(u, base, stride, m, c, w, d)
    if bad:
        _solve(d, m, c, ring)
        w[: n * m] = d[: n * m]
        _solve(d, m, c, ring)
        _mix(u, base, stride, m, n, w, d, W3, W4)


@kept()
def _turn(source, base, stride, rows, columns, target):
    """target[column, row] = source[row, column], in squares that fit the nearest cache's lines."""
    for i0 in range(0, columns, SQUARE):
        width = min(SQUARE, columns - i0)
        for j in range(rows):
            line, column = source[base + j * stride + i0 : base + j * stride + i0 + width], target[i0 * rows + j :]
            for i in range(width):
                column[i * rows] = line[i]


@kept()
def _turn_back(source, rows, columns, target, base, stride):
    """target[row, column] = source[column, row]."""
    for i0 in range(0, columns, SQUARE):
        width = min(SQUARE, columns - i0)
        for j in range(rows):
            line, column = target[base + j * stride + i0 : base + j * stride + i0 + width], source[i0 * rows + j :]
            for i in range(width):
                line[i] = column[i * rows]


@kept()
def _plane(u, base, ny, nx, cy, cx):
    """One step in y and one in x of one plane."""
    size = max(ny, nx) * TILE
    w, d, t = np.empty(size), np.empty(size), np.empty(size)
    if ny > 1:
        for i in range(0, nx, TILE):
            _block(u, base + i, nx, min(TILE, nx - i), cy, w, d)
    if nx > 1:
        for j in range(0, ny, TILE):
            rows = min(TILE, ny - j)
            _turn(u, base + j * nx, nx, rows, nx, t)
            _block(t, 0, rows, rows, cx, w, d)
            _turn_back(t, rows, nx, u, base + j * nx, nx)


@kept()
def _columns(u, base, plane, first, end, c):
    """Half a step in z of the columns first..end of one field."""
    w, d = np.empty(c.shape[1] * TILE), np.empty(c.shape[1] * TILE)
    for i in range(first, end, TILE):
        _block(u, base + i, plane, min(TILE, end - i), c, w, d)


@kept(parallel=True)
def _diffuse(u, shape, cz, cy, cx, deep):
    """Strang: z, then y and x, then z. Work is dealt out field by field, so that a core keeps its fields in its cache."""
    fields, nz, ny, nx = shape
    plane = ny * nx
    parts = -(-plane // SHARE)
    for task in prange(fields * parts if deep else 0):
        f, part = task // parts, task % parts
        _columns(u, f * nz * plane, plane, part * SHARE, min(plane, part * SHARE + SHARE), cz[f, 0])
    for task in prange(fields * nz):
        _plane(u, task * plane, ny, nx, cy[task // nz, task % nz], cx[task // nz, task % nz])
    for task in prange(fields * parts if deep else 0):
        f, part = task // parts, task % parts
        _columns(u, f * nz * plane, plane, part * SHARE, min(plane, part * SHARE + SHARE), cz[f, 0])
