"""The times at which the network is written down: dense after each session, weekly later on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

DENSE_DAYS = 3.0  # within which leucocytes come and go
DENSE_POINTS = 16  # numerical
SPARSE_GROWTH = 4 / 3
WEEK = 7.0


def after_session() -> np.ndarray:
    """Days after a session: closer to each other the earlier, up to a week apart at the end of the second month."""
    dense = DENSE_DAYS * (np.arange(1, DENSE_POINTS + 1) / DENSE_POINTS) ** 2
    sparse = [DENSE_DAYS]
    while sparse[-1] * (SPARSE_GROWTH - 1.0) < WEEK:
        sparse.append(sparse[-1] * SPARSE_GROWTH)
    return np.concatenate([dense, sparse[1:]])


def time_grid(sessions: Sequence[float], horizon: float, marks: Sequence[float]) -> np.ndarray:
    """Days after the first session, ascending, from 0 to the horizon, every session and every mark included.

    The value at a session's own time is that just before it.
    """
    days = [np.array([0.0, horizon]), np.arange(0.0, horizon, WEEK), np.asarray(marks, float)]
    for start, end in pairwise([*sessions, horizon]):
        inside = start + after_session()
        days.append(np.concatenate([[start], inside[inside < end]]))
    return _thinned(np.concatenate(days), {0.0, float(horizon), *map(float, sessions), *map(float, marks)}, horizon)


def _thinned(days: np.ndarray, keep: set[float], horizon: float) -> np.ndarray:
    """Sorted days within the horizon; of two that nearly coincide the one that must be kept stays."""
    found: list[float] = []
    for day in np.unique(days[(days >= 0.0) & (days <= horizon)]):
        near = bool(found) and day - found[-1] < 0.01
        if near and found[-1] not in keep:
            found[-1] = float(day)
        elif not near or day in keep:
            found.append(float(day))
    return np.array(found)
