"""A strip of days: each day a tile, darker where there is more, with the number written in it."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = 6


@dataclass(frozen=True)
class Tile:
    """One day: the median and the band written in it, how dark it is (0 to 5) and what it says."""

    text: str
    band: str
    level: int
    title: str


def level(share: float) -> int:
    """Darkness of a tile for a share of the largest value: 0 for nothing, then five steps."""
    if share < 0.03:
        return 0
    return min(1 + int(share * (LEVELS - 1)), LEVELS - 1)
