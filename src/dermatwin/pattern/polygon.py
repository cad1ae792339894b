"""Polygons cut by straight lines: which part of a track lies inside an outline. Compiled, exact, any simple polygon."""

from __future__ import annotations

import numpy as np

from ..numerics.kept import kept

GOLDEN = 0.5 * (5.0**0.5 - 1.0)


@kept()
def cut(corners, x, y, along_x, along_y, found):  # pragma: no cover - compiled
    """Sorted places s at which the line (x, y) + s (along_x, along_y) crosses the outline, into `found`; their number."""
    count, last = 0, len(corners) - 1
    for i in range(len(corners)):
        ax, ay = corners[last, 0] - x, corners[last, 1] - y
        bx, by = corners[i, 0] - x, corners[i, 1] - y
        last = i
        a, b = ax * along_y - ay * along_x, bx * along_y - by * along_x
        if (a > 0.0) == (b > 0.0):
            continue
        share = a / (a - b)
        place = (ax + share * (bx - ax)) * along_x + (ay + share * (by - ay)) * along_y
        slot = count
        while slot > 0 and found[slot - 1] > place:
            found[slot] = found[slot - 1]
            slot -= 1
        found[slot] = place
        count += 1
    return count


@kept()
def between(place, found, count):  # pragma: no cover - compiled
    """Whether a place on a cut line lies inside: an odd number of crossings comes before it."""
    inside = False
    for i in range(count):
        if found[i] > place:
            break
        inside = not inside
    return inside


@kept()
def contains(corners, points):  # pragma: no cover - compiled
    """Which points (n, 2) lie inside the outline."""
    inside = np.zeros(len(points), np.bool_)
    found = np.empty(len(corners))
    for i in range(len(points)):
        count = cut(corners, 0.0, points[i, 1], 1.0, 0.0, found)
        inside[i] = between(points[i, 0], found, count)
    return inside


@kept()
def squares(corners, low_x, low_y, side, columns, rows):  # pragma: no cover - compiled
    """Middles (n, 2) of those squares of a mesh whose middle lies inside the outline, and which (row, column) they are."""
    found, chosen, count = np.empty(len(corners)), np.zeros((rows, columns), np.bool_), 0
    for row in range(rows):
        cuts = cut(corners, 0.0, low_y + side * (row + 0.5), 1.0, 0.0, found)
        for column in range(columns):
            chosen[row, column] = between(low_x + side * (column + 0.5), found, cuts)
            count += chosen[row, column]
    middles, place = np.empty((count, 2)), 0
    for row in range(rows):
        for column in range(columns):
            if chosen[row, column]:
                middles[place, 0], middles[place, 1] = low_x + side * (column + 0.5), low_y + side * (row + 0.5)
                place += 1
    return middles, chosen


@kept()
def near_edge(corners, points, width):  # pragma: no cover - compiled
    """Which points (n, 2) lie within `width` of the outline."""
    near = np.zeros(len(points), np.bool_)
    for i in range(len(points)):
        last = len(corners) - 1
        for j in range(len(corners)):
            ax, ay = corners[last, 0], corners[last, 1]
            dx, dy = corners[j, 0] - ax, corners[j, 1] - ay
            last = j
            px, py = points[i, 0] - ax, points[i, 1] - ay
            length = dx * dx + dy * dy
            share = min(max((px * dx + py * dy) / length, 0.0), 1.0) if length > 0.0 else 0.0
            if (px - share * dx) ** 2 + (py - share * dy) ** 2 < width * width:
                near[i] = True
                break
    return near


@kept()
def scan(corners, pitch, points):  # pragma: no cover - compiled
    """Points of a sheared lattice inside the outline, into `points`; their number (also where it holds too few).

    Each row is moved on by the golden section, so that no regular pattern of needles keeps step with the lattice.
    """
    found, count, row = np.empty(len(corners)), 0, 0
    low, high = corners[:, 1].min(), corners[:, 1].max()
    y = low + 0.5 * pitch
    while y < high:
        cuts = cut(corners, 0.0, y, 1.0, 0.0, found)
        offset = pitch * ((row * GOLDEN) % 1.0)
        for k in range(0, cuts - 1, 2):
            x = offset + pitch * np.ceil((found[k] - offset) / pitch)
            while x < found[k + 1]:
                if count < len(points):
                    points[count, 0], points[count, 1] = x, y
                count += 1
                x += pitch
        row += 1
        y += pitch
    return count


def area(corners: np.ndarray) -> float:
    """Area of a polygon [mm2], either sense of turning."""
    x, y = corners.T
    return float(0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))


def square(area_mm2: float) -> np.ndarray:
    """Corners of a square of this area, from the origin [mm]."""
    side = float(np.sqrt(area_mm2))
    return np.array([[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]])
