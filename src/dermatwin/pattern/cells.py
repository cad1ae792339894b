"""Neighbours by cell lists: points are sorted into square cells, and only cells nearby are looked at. Compiled.

Every function takes points (n, 2) in mm; the time grows with the number of points, whatever their pattern, as long as
the cells are about as large as the distances that are asked for.
"""

from __future__ import annotations

import numpy as np

from ..numerics.kept import kept


@kept()
def _extent(points, size):  # pragma: no cover - compiled
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    for i in range(len(points)):
        low_x, high_x = min(low_x, points[i, 0]), max(high_x, points[i, 0])
        low_y, high_y = min(low_y, points[i, 1]), max(high_y, points[i, 1])
    return low_x, low_y, int((high_x - low_x) / size) + 1, int((high_y - low_y) / size) + 1


@kept()
def _sorted(points, size, low_x, low_y, columns, rows):  # pragma: no cover - compiled
    """Points in the order of their cells, where each cell begins, and where each point came from (counting sort)."""
    start = np.zeros(columns * rows + 1, np.int64)
    cell = np.empty(len(points), np.int64)
    for i in range(len(points)):
        cell[i] = int((points[i, 1] - low_y) / size) * columns + int((points[i, 0] - low_x) / size)
        start[cell[i] + 1] += 1
    for i in range(columns * rows):
        start[i + 1] += start[i]
    ordered, origin = np.empty_like(points), np.empty(len(points), np.int64)
    taken = start[:-1].copy()
    for i in range(len(points)):
        slot = taken[cell[i]]
        taken[cell[i]] += 1
        ordered[slot, 0], ordered[slot, 1], origin[slot] = points[i, 0], points[i, 1], i
    return ordered, start, origin


@kept()
def nearest_distance(points, size):  # pragma: no cover - compiled
    """Distance from every point to the nearest other one [mm], shape (n,); inf for a single point."""
    found = np.full(len(points), np.inf)
    if len(points) < 2:
        return found
    low_x, low_y, columns, rows = _extent(points, size)
    ordered, start, origin = _sorted(points, size, low_x, low_y, columns, rows)
    for i in range(len(ordered)):
        x, y, best = ordered[i, 0], ordered[i, 1], np.inf
        column, row = int((x - low_x) / size), int((y - low_y) / size)
        ring = 0
        while ring <= max(columns, rows) and best > ((ring - 1) * size) ** 2:
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                whole = r == row - ring or r == row + ring
                c = column - ring
                while c <= column + ring:
                    if 0 <= c < columns:
                        for j in range(start[r * columns + c], start[r * columns + c + 1]):
                            if j != i:
                                best = min(best, (ordered[j, 0] - x) ** 2 + (ordered[j, 1] - y) ** 2)
                    c += 1 if whole or ring == 0 else 2 * ring
            ring += 1
        found[origin[i]] = np.sqrt(best)
    return found


@kept()
def counts_within(points, places, radius, size):  # pragma: no cover - compiled
    """How many points lie within `radius` of every place, shape (place,); `size` is at least `radius`."""
    found = np.zeros(len(places), np.int64)
    if len(points) == 0:
        return found
    low_x, low_y, columns, rows = _extent(points, size)
    ordered, start, _ = _sorted(points, size, low_x, low_y, columns, rows)
    for i in range(len(places)):
        x, y = places[i, 0], places[i, 1]
        column, row = int(np.floor((x - low_x) / size)), int(np.floor((y - low_y) / size))
        for r in range(max(row - 1, 0), min(row + 1, rows - 1) + 1):
            for c in range(max(column - 1, 0), min(column + 1, columns - 1) + 1):
                for j in range(start[r * columns + c], start[r * columns + c + 1]):
                    found[i] += (ordered[j, 0] - x) ** 2 + (ordered[j, 1] - y) ** 2 < radius * radius
    return found


@kept()
def reenters(points, distance, size):  # pragma: no cover - compiled
    """Which points, in their order, land nearer than `distance` to a hole that an earlier one made, shape (n,).

    A point that lands in a hole makes none and stops nobody. `size` is at least `distance`.
    """
    slipped = np.zeros(len(points), np.bool_)
    if len(points) == 0:
        return slipped
    low_x, low_y, columns, rows = _extent(points, size)
    head = np.full(columns * rows, -1, np.int32)
    following = np.full(len(points), -1, np.int32)
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        column, row = int((x - low_x) / size), int((y - low_y) / size)
        for r in range(max(row - 1, 0), min(row + 1, rows - 1) + 1):
            for c in range(max(column - 1, 0), min(column + 1, columns - 1) + 1):
                j = head[r * columns + c]
                while j >= 0 and not slipped[i]:
                    slipped[i] = (points[j, 0] - x) ** 2 + (points[j, 1] - y) ** 2 < distance * distance
                    j = following[j]
        if not slipped[i]:
            following[i], head[row * columns + column] = head[row * columns + column], i
    return slipped


@kept()
def cell_counts(points, low_x, low_y, side, columns, rows):  # pragma: no cover - compiled
    """Points in each of columns x rows squares of `side` mm from the corner (low_x, low_y), shape (row, column)."""
    found = np.zeros((rows, columns), np.int64)
    for i in range(len(points)):
        column, row = int(np.floor((points[i, 0] - low_x) / side)), int(np.floor((points[i, 1] - low_y) / side))
        if 0 <= column < columns and 0 <= row < rows:
            found[row, column] += 1
    return found
