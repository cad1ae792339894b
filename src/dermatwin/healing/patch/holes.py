"""What the holes of a session destroy, cell by cell, and how much of it lies around each cell.

The alarm saturates with the destroyed share of the neighbourhood, as in `injury.py`: destroyed tissue sets free
1/(d + K_d) per volume, d the destroyed share within r_c + lam of the place. A lonely hole thus gives what its halo gives
in the homogenised model, a full-thickness wound 1/(1 + K_d).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve

from ...numerics.patch import Box
from .record import Needling, Patch

SUBCELLS = 8  # numerical: points per side at which a cell is looked at for holes


def destroyed_share(box: Box, session: Needling) -> np.ndarray:
    """Share of each cell that lies within holes, overlap counted once, (nz, ny, nx)."""
    middles = np.cumsum(box.thickness) - 0.5 * box.thickness
    share = np.zeros(box.shape)
    for row, middle in enumerate(middles):
        deep = session.depth > middle
        share[row] = (
            share[row - 1]
            if row and (deep == (session.depth > middles[row - 1])).all()
            else _covered(box, session.position[deep], session.radius[deep])
        )
    return share


def _covered(box: Box, position: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Share of each cell of one plane within the discs, from SUBCELLS x SUBCELLS points per cell."""
    inside = np.zeros((box.ny * SUBCELLS, box.nx * SUBCELLS), bool)
    steps = np.array([box.dx, box.dy]) / SUBCELLS
    for middle, r in zip(position, radius, strict=True):
        low, high = np.floor((middle - r) / steps).astype(int), np.ceil((middle + r) / steps).astype(int)
        x, y = np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)
        disc = ((x + 0.5) * steps[0] - middle[0]) ** 2 + ((y[:, None] + 0.5) * steps[1] - middle[1]) ** 2 <= r**2
        if box.periodic:
            np.logical_or.at(inside, np.ix_(y % inside.shape[0], x % inside.shape[1]), disc)
        else:
            in_y, in_x = (y >= 0) & (y < inside.shape[0]), (x >= 0) & (x < inside.shape[1])
            inside[np.ix_(y[in_y], x[in_x])] |= disc[np.ix_(in_y, in_x)]
    return inside.reshape(box.ny, SUBCELLS, box.nx, SUBCELLS).mean(axis=(1, 3))


def neighbourhood(share: np.ndarray, patch: Patch, session: Needling) -> np.ndarray:
    """Destroyed share within r_c + lam of every cell's middle, in its own plane, (nz, ny, nx)."""
    hole = float(np.sqrt(np.mean(session.radius**2))) if len(session.radius) else 0.0
    radius, box = hole + patch.reach, patch.box
    size = [int(radius / step) + 1 for step in (box.dy, box.dx)]
    y, x = (np.arange(-n, n + 1) * step for n, step in zip(size, (box.dy, box.dx), strict=True))
    fine = (np.arange(SUBCELLS) + 0.5) / SUBCELLS - 0.5
    near = [(v[:, None] + fine * step).reshape(-1) for v, step in ((y, box.dy), (x, box.dx))]
    disc = near[0][:, None] ** 2 + near[1] ** 2 <= radius**2
    weights = disc.reshape(len(y), SUBCELLS, len(x), SUBCELLS).mean(axis=(1, 3))
    mode = "wrap" if box.periodic else "reflect"
    return np.stack([convolve(plane, weights / weights.sum(), mode=mode) for plane in share])
