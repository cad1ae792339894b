"""Reaction in the cells of a patch: the network's own rates, each cell by itself.

ROS2 (Verwer, Spee, Blom and Hundsdorfer 1999, SIAM J Sci Comput 20:1456; gamma = 1 - 1/sqrt 2: second order, L-stable), in
two halves wherever a state would fall below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
from numba import njit, prange

from ...numerics.kept import kept
from .. import kernel_generated as kernel

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
LOWEST = -1e-9  # no step of a cell ends below this
HALVINGS = 10  # numerical: of a step of a cell
BATCH = 128  # numerical: cells that one task takes


@njit(error_model="numpy")
def ros2(y, p, h, before, k1, k2, j, lu):
    """One step of ROS2; False, and y as before, if a state would fall below zero."""
    n, shift = y.size, 1.0 / (GAMMA * h)
    kernel.jacobian(y, p, j)
    kernel.eliminate(j, shift, lu)
    kernel.rates(y, p, k1)
    kernel.substitute(lu, k1)
    for i in range(n):
        before[i] = y[i]
        y[i] += k1[i] / GAMMA
    kernel.rates(y, p, k2)
    for i in range(n):
        k2[i] -= 2.0 * shift * k1[i]
    kernel.substitute(lu, k2)
    good = True
    for i in range(n):
        y[i] = before[i] + 0.5 * (3.0 * k1[i] + k2[i]) / GAMMA
        good &= y[i] >= LOWEST  # catches NaN as well
    if not good:
        for i in range(n):  # not as a whole: a CUDA device cannot
            y[i] = before[i]
    return good


@njit(error_model="numpy")
def react_cell(y, p, span, before, k1, k2, j, lu):
    """One cell over `span`, in one step where that is allowed; False if none is small enough."""
    done, h = 0.0, span
    while done < span:
        h = min(h, span - done)
        if ros2(y, p, h, before, k1, k2, j, lu):
            done += h
        else:
            h *= 0.5
            if h < span * 2.0**-HALVINGS:
                return False
    return True


def _compiled(stamp: str) -> Callable:
    """The threaded loop over cells. The stamp, a digest of the network, becomes part of what is compiled: the compiler's
    cache must not hand out the code of another network."""

    @kept(parallel=True, error_model="numpy")
    def react(cells, fields, moving, p, span):
        count, n = cells.shape
        failed = np.zeros(-(-count // BATCH) if stamp else 0, np.int64)
        for task in prange(failed.size):
            before, k1, k2 = np.empty(n), np.empty(n), np.empty(n)
            j, lu = np.zeros((n, n)), np.zeros((n, n))
            for v in range(task * BATCH, min(count, task * BATCH + BATCH)):
                y = cells[v]
                for f in range(moving.size):
                    y[moving[f]] = fields[f, v]
                if not react_cell(y, p, span, before, k1, k2, j, lu):
                    failed[task] += 1
                for f in range(moving.size):
                    fields[f, v] = y[moving[f]]
        return failed.sum()

    return react


react = _compiled(sha256(Path(kernel.__file__).read_bytes()).hexdigest())
"""One step of reaction, `react(cells (cell, state), fields (moving, cell), moving, constants, span)`: how many failed."""
