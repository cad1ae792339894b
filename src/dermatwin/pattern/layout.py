"""Where the needles of an array sit: rings and grids of cartridges and stamps, rows around a roller's drum.

Positions lie in the frame of the motion, x along it and y across. A drum is unrolled: x is the arc from a mark on its
surface, so that a needle meets the skin again one circumference later. Where a maker publishes neither layout nor pitch
the needles are spread evenly; uneven rings, gaps and broken needles are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layout:
    """Positions of the needles of one array, mm, arrays (needle,)."""

    x: np.ndarray  # along the motion
    y: np.ndarray  # across the motion
    period: float = np.inf  # mm along the motion after which the array comes round again

    @property
    def count(self) -> int:
        """Number of needles."""
        return len(self.x)

    @property
    def reach(self) -> float:
        """Largest distance of a needle from the middle of the array, across the motion for a drum [mm]."""
        return float(np.abs(self.y).max() if np.isfinite(self.period) else np.hypot(self.x, self.y).max())

    @property
    def neighbour(self) -> float:
        """Mean distance from a needle to the nearest other one of the array [mm]; inf for a single needle."""
        along = self.x[:, None] - self.x
        if np.isfinite(self.period):
            along = along - self.period * np.round(along / self.period)
        distance = np.hypot(along, self.y[:, None] - self.y)
        np.fill_diagonal(distance, self.period)
        return float(distance.min(axis=1).mean())


def ring(count: int, *, width: float | None = None, pitch: float | None = None) -> Layout:
    """Needles evenly on one circle, as wide as `width`, or with `pitch` between neighbours.

    pitch = width sin(pi / count)
    """
    if count == 1:
        return Layout(np.zeros(1), np.zeros(1))
    across = _size(width, pitch, np.sin(np.pi / count))
    angle = 2.0 * np.pi * np.arange(count) / count
    return Layout(0.5 * across * np.cos(angle), 0.5 * across * np.sin(angle))


def grid(count: int, *, width: float | None = None, pitch: float | None = None) -> Layout:
    """Needles on the nearest to a square lattice that holds them all; the last row may be short.

    pitch = width / (columns - 1),  columns = ceil(sqrt(count))
    """
    columns = int(np.ceil(np.sqrt(count)))
    gap = _size(width, pitch, 1.0) / max(columns - 1, 1) if pitch is None else pitch
    x, y = np.arange(count) % columns, np.arange(count) // columns
    return Layout(gap * (x - x.mean()), gap * (y - 0.5 * (y.min() + y.max())))


def _size(width: float | None, pitch: float | None, pitch_per_width: float) -> float:
    if pitch is not None:
        return pitch / pitch_per_width
    if width is None:
        raise ValueError("an array needs a width or a pitch")
    return width


def drum(count: int, *, diameter: float, width: float, rows: int | None = None, stagger: float = 0.5) -> Layout:
    """Needles around a drum: `rows` rings side by side, each with the same angular pitch.

    angular pitch = 360 degrees / ceil(count / rows);  every other ring is turned by `stagger` of it

    `rows` None: as many as make the distances along and across about equal. 192 needles in 8 rows stand at 15 degrees.
    """
    girth = np.pi * diameter
    rings = rows or min(max(int(round(width / np.sqrt(girth * width / count))), 1), count)
    each = -(-count // rings)
    number = np.arange(count)
    row, place = number % rings, number // rings
    x = girth * (place + stagger * (row % 2)) / each
    return Layout(x, width * ((row + 0.5) / rings - 0.5), float(girth))
