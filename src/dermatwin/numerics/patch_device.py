"""A step of diffusion (`patch.diffuse`) on a CUDA device: one line of cells per thread, lines side by side in a warp.

The sweeps are the functions of `patch`, compiled for the device with blocks of one line; here are only which thread takes
which line and where it keeps its two rows of work: in the memory that a block shares if both fit there, else in memory
local to the thread. A block is the `patch.TILE` lines that fall back to first order together on the processor, and votes
on it, so that both give the same numbers. x-lines are turned first, square by square, so that neighbours in a warp are
neighbours in memory.

What bounds it (reckoned, never measured): memory. With lines up to `SHORT` cells a sweep reads and writes every cell once;
a step (half z, y, x turned twice, half z) moves 12 numbers per cell, where `benchmarks/patch.py` counts 6 (a read and a
write for each of three sweeps): at most half of a copy's bandwidth by that count. Longer lines keep their work in local
memory, 6 numbers more per cell and sweep where the caches do not hold them. Thin boxes have too few lines to fill a device:
64 x 64 cells of 6 fields are 384.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, void

from . import patch
from .device import cuda, on_device
from .patch import TILE, W1, W2, W3, W4, Factors

SHARED = 48 * 1024  # bytes that every device lets a block share
SHORT = SHARED // (2 * 8 * TILE)  # cells of a line of which the work of a block fits there
SQUARE = 16  # cells of a square that a block turns
ODD = SQUARE + 1  # one more, or a column of it would lie in one bank

SWEEP = void(float64[::1], float64[:, :, ::1], int64)
"""Signature of a sweep: all cells, factors (outer, 8, n), lines side by side (inner)."""
TURN = void(float64[:, :, ::1], float64[:, :, ::1])
"""Signature of `turn`: source (outer, rows, columns), target (outer, columns, rows)."""


@cuda.jit(device=True)
def _larger(a, b):
    return a if a > b else b


def _close(d: np.ndarray, m: int, c: np.ndarray) -> None:
    """`patch._close` for one line."""
    n = c.shape[1]
    share = d[0] + c[7, 0] * d[n - 1]
    for j in range(n):
        d[j] -= c[6, j] * share


def sweep_of(n: int) -> Any:
    """The kernel for lines of n cells as plain Python: cells (outer, n, inner), along the middle axis."""
    first_pair, mix = on_device(patch._first_pair), on_device(patch._mix)
    combine = on_device(patch._combine, max=_larger)
    solve = on_device(patch._solve, _close=on_device(_close))
    short = n <= SHORT

    def sweep(u, factors, inner):
        if short:
            work = cuda.shared.array((2, n, TILE), float64)
            w, d = work[0, :, cuda.threadIdx.x], work[1, :, cuda.threadIdx.x]
        else:
            alone = cuda.local.array((2, n, 1), float64)
            w, d = alone[0, :, 0], alone[1, :, 0]
        tiles = (inner + TILE - 1) // TILE
        outer = cuda.blockIdx.x // tiles
        line = cuda.blockIdx.x % tiles * TILE + cuda.threadIdx.x
        c, base, there, bad = factors[outer], outer * n * inner + line, line < inner, 0
        ring = c[7, 0] > 0.0
        if there and ring:
            for j in range(n):
                d[j] = u[base + j * inner]
            solve(d, 1, c, True)
            for j in range(n):
                w[j] = d[j]
            solve(d, 1, c, True)
            bad = 1 if mix(u, base, inner, 1, n, w, d, W1, W2) else 0
        elif there:
            first_pair(u, base, inner, 1, c, w, d)
            bad = 1 if combine(u, base, inner, 1, c, w, d) else 0
        if cuda.syncthreads_or(bad) and there:
            solve(d, 1, c, ring)
            for j in range(n):
                w[j] = d[j]
            solve(d, 1, c, ring)
            mix(u, base, inner, 1, n, w, d, W3, W4)

    return sweep


def turn(source, target):
    """target[o, column, row] = source[o, row, column], a square per block."""
    square = cuda.shared.array((SQUARE, ODD), float64)
    rows, columns = source.shape[1], source.shape[2]
    down, across = (rows + SQUARE - 1) // SQUARE, (columns + SQUARE - 1) // SQUARE
    outer, place = cuda.blockIdx.x // (down * across), cuda.blockIdx.x % (down * across)
    row, column = place // across * SQUARE, place % across * SQUARE
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    if row + y < rows and column + x < columns:
        square[y, x] = source[outer, row + y, column + x]
    cuda.syncthreads()
    if row + x < rows and column + y < columns:
        target[outer, column + y, row + x] = square[x, y]


@cache
def _compiled_sweep(n: int) -> Any:
    return cuda.jit(SWEEP)(sweep_of(n))


@cache
def _compiled_turn() -> Any:
    return cuda.jit(TURN)(turn)


class Diffusion:
    """Steps of diffusion of fields of one shape (field, nz, ny, nx) that stay on the device."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        fields, nz, ny, nx = self.shape = shape
        self.turned = cuda.device_array((fields * nz, nx, ny), np.float64) if nx > 1 else None

    def prepared(self, factors: Factors) -> dict[str, Any]:
        """The factors of one step length on the device, line by line; an axis along which nothing moves is left out."""
        _, _, ny, nx = self.shape
        wanted = {
            "z": factors.z if factors.deep else None,
            "y": factors.y if ny > 1 else None,
            "x": factors.x if nx > 1 else None,
        }
        return {
            axis: cuda.to_device(np.ascontiguousarray(c.reshape(-1, *c.shape[2:])))
            for axis, c in wanted.items()
            if c is not None
        }

    def __call__(self, u: Any, prepared: dict[str, Any]) -> None:
        """One step in place; u (field, nz, ny, nx) on the device, as `patch.diffuse`."""
        _, _, ny, nx = self.shape
        cells = u.reshape(int(np.prod(self.shape)))
        if "z" in prepared:
            _sweep(cells, prepared["z"], ny * nx)
        if "y" in prepared:
            _sweep(cells, prepared["y"], nx)
        if "x" in prepared:
            planes = u.reshape(len(prepared["x"]), ny, nx)
            _turn(planes, self.turned)
            _sweep(self.turned.reshape(cells.size), prepared["x"], ny)  # pyright: ignore[reportOptionalMemberAccess]
            _turn(self.turned, planes)
        if "z" in prepared:
            _sweep(cells, prepared["z"], ny * nx)


def _sweep(cells: Any, factors: Any, inner: int) -> None:
    blocks = factors.shape[0] * -(-inner // TILE)
    _compiled_sweep(factors.shape[2])[blocks, min(TILE, inner)](cells, factors, inner)


def _turn(source: Any, target: Any) -> None:
    outer, rows, columns = source.shape
    _compiled_turn()[outer * -(-rows // SQUARE) * -(-columns // SQUARE), (SQUARE, SQUARE)](source, target)
