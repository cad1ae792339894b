"""Which courses no other one beats in everything, and how much of what is possible they cover.

Objectives here are losses, shape (course, objective): less is better in each.
"""

from __future__ import annotations

import numpy as np

SIGNS = np.array([-1.0, 1.0, 1.0, 1.0])
"""Gain is better when it is more; downtime, harm and visits when they are less."""


def losses(objectives: np.ndarray) -> np.ndarray:
    """Objectives of `Worth`, each so that less is better."""
    return np.asarray(objectives, float) * SIGNS


def dominated(values: np.ndarray) -> np.ndarray:
    """Whether some other course is at least as good in everything and better in something, shape (course,)."""
    no_worse = (values[:, None, :] <= values[None, :, :]).all(axis=2)
    better = (values[:, None, :] < values[None, :, :]).any(axis=2)
    return np.asarray((no_worse & better).any(axis=0))


def ranks(values: np.ndarray) -> np.ndarray:
    """Peels: 0 for the front, 1 for the front of what is left, and so on, shape (course,)."""
    found, left = np.full(len(values), -1), np.arange(len(values))
    number = 0
    while left.size:
        beaten = dominated(values[left])
        found[left[~beaten]] = number
        left, number = left[beaten], number + 1
    return found


def spread(values: np.ndarray) -> np.ndarray:
    """How far the neighbours of each course are, summed over the objectives; the ends of each are kept (infinite)."""
    total = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        width = column[order[-1]] - column[order[0]]
        total[order[[0, -1]]] = np.inf
        if width > 0.0 and len(order) > 2:
            total[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / width
    return total


def best(values: np.ndarray, count: int) -> np.ndarray:
    """Numbers of the courses to go on with: by peel, within a peel those that stand apart."""
    order = np.lexsort((-spread(values), ranks(values)))
    return order[:count]


def hypervolume(values: np.ndarray, worst: np.ndarray) -> float:
    """Volume between a front and a worst point, over the objectives; what is worse than it counts nothing."""
    inside = values[(values < worst).all(axis=1)]
    if not len(inside):
        return 0.0
    if inside.shape[1] == 1:
        return float(worst[0] - inside.min())
    front = inside[~dominated(inside)]
    order = np.argsort(front[:, -1], kind="stable")
    heights = np.append(front[order, -1], worst[-1])
    slices = (
        hypervolume(front[order[: number + 1], :-1], worst[:-1]) * (heights[number + 1] - heights[number])
        for number in range(len(order))
    )
    return float(sum(slices))
