"""Outlines of zones drawn by hand: closed polygons of corners [x, y] in mm."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

Corner = Sequence[float]


def enclosed_area(corners: Sequence[Corner]) -> float:
    """Area of a polygon [mm2] by the shoelace formula; the sense of turning does not matter."""
    return 0.5 * abs(sum(_cross(a, b) for a, b in _sides(corners)))


def crossings(corners: Sequence[Corner]) -> bool:
    """Whether any two sides that are not neighbours meet."""
    sides = _sides(corners)
    pairs = combinations(range(len(sides)), 2)
    return any(_meet(*sides[first], *sides[second]) for first, second in pairs if second - first not in (1, len(sides) - 1))


def _sides(corners: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return [(corner, corners[(number + 1) % len(corners)]) for number, corner in enumerate(corners)]


def _cross(a: Corner, b: Corner) -> float:
    return a[0] * b[1] - a[1] * b[0]


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Whether two segments share a point; touching counts."""
    across = _turn(a, b, c) * _turn(a, b, d) <= 0.0 and _turn(c, d, a) * _turn(c, d, b) <= 0.0
    overlap = all(max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i])) for i in (0, 1))
    return across and overlap
