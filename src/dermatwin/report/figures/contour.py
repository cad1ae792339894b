"""Outlines of where a field is at least so high: marching squares on a grid of any spacing, as path data of closed lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import svg

_OUTSIDE = -1e30  # a value below every level, around the grid
_TOLERANCE = 0.2  # px by which an outline may be simplified
# Which edges of a square (0 top, 1 right, 2 bottom, 3 left) a line joins, by the corners inside (1, 2, 4, 8 clockwise).
_JOINS = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((0, 2),),
    10: ((0, 1), (2, 3)),
    11: ((1, 2),),
    12: ((3, 1),),
    13: ((0, 1),),
    14: ((3, 0),),
}

Edge = tuple[int, int, int]  # 0 = level, 1 = upright; row and column of its first corner


def region(x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> str:
    """Path data (even-odd) of where `values` (y, x) reach `level`, linear between the points; '' where nothing does."""
    x, y = np.pad(np.asarray(x, float), 1, mode="edge"), np.pad(np.asarray(y, float), 1, mode="edge")
    padded = np.pad(np.asarray(values, float), 1, constant_values=_OUTSIDE)
    neighbours = _neighbours(padded >= level)
    return "".join(_closed(loop, x, y, padded, level) for loop in _loops(neighbours))


def _neighbours(inside: np.ndarray) -> dict[Edge, list[Edge]]:
    """For every edge that an outline crosses, the two edges where it goes on."""
    corners = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    found: dict[Edge, list[Edge]] = {}
    for row, column in np.argwhere((corners > 0) & (corners < 15)):
        i, j = int(row), int(column)
        sides: tuple[Edge, ...] = ((0, i, j), (1, i, j + 1), (0, i + 1, j), (1, i, j))
        for first, second in _JOINS[int(corners[i, j])]:
            found.setdefault(sides[first], []).append(sides[second])
            found.setdefault(sides[second], []).append(sides[first])
    return found


def _loops(neighbours: dict[Edge, list[Edge]]) -> Iterator[list[Edge]]:
    """Every closed line once, as the edges that it crosses."""
    left = dict.fromkeys(neighbours)
    while left:
        loop = [next(iter(left))]
        while True:
            left.pop(loop[-1], None)
            onwards = [edge for edge in neighbours[loop[-1]] if edge in left]
            if not onwards:
                break
            loop.append(onwards[0])
        yield loop


def _closed(loop: list[Edge], x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> str:
    points = np.array([_crossing(edge, x, y, values, level) for edge in [*loop, loop[0]]])
    _, across, down = svg.thin(np.arange(len(points), dtype=float), points[:, 0], points[:, 1], tolerance=_TOLERANCE)
    return svg.path(across[:-1], down[:-1]) + "Z" if across.size > 3 else ""


def _crossing(edge: Edge, x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> tuple[float, float]:
    """Where the level lies on an edge."""
    upright, row, column = edge
    ends = (row, column), (row + upright, column + 1 - upright)
    first, last = (values[end] for end in ends)
    share = (level - first) / (last - first)
    at = tuple(axis[a] + share * (axis[b] - axis[a]) for axis, a, b in ((x, column, ends[1][1]), (y, row, ends[1][0])))
    return float(at[0]), float(at[1])
