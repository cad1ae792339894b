"""What a map of punctures amounts to: densities, distances, coverage, and what the edge of the zone misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cells import cell_counts, counts_within, nearest_distance, reenters
from .drawing import PunctureMap
from .polygon import area, near_edge, scan, squares

PLACES = 200_000  # numerical: places at which coverage is read; a share of one half is known to 0.001
EDGE_WORK = 2e7  # numerical: distances to sides of the outline that are computed for the edge at most
CELL_MM = 1.0
QUANTILES = (0.05, 0.5, 0.95)  # numerical: ends of the 90 % band and its middle


@dataclass(frozen=True)
class MapStatistics:
    """Numbers of one map; None where there is too little to count."""

    contacts: int
    area_cm2: float
    contact_density: float  # 1/cm2
    hole_density: float  # 1/cm2, contacts that made a hole of their own
    reentry_share: float | None  # share of the contacts that land in a hole
    dispersion: float | None  # variance over mean of the contacts in cells of 1 mm: 1 = pure chance, 0 = even
    nearest_mean_mm: float | None  # from a hole to the nearest other one
    nearest_p05_mm: float | None
    nearest_p50_mm: float | None
    nearest_p95_mm: float | None
    area_hit: float  # share of the surface under a needle's width
    area_hit_twice: float  # share of the surface under the width of two or more
    edge_shortfall: float | None  # 1 - density within the array's reach of the outline / density in the rest
    slit_length_mm: float  # mean way of a needle through the surface while it is inside, at most


def statistics(found: PunctureMap, *, reentry: float, radius: float) -> MapStatistics:
    """Read a map with a re-entry distance and half a needle's width, both in mm.

    Distances at the outline are a little too long, because nothing is known of what lies beyond it.
    """
    points, surface = found.position, area(found.outline)
    count = len(points)
    gap = float(np.sqrt(surface / max(count, 1)))
    slipped = reenters(points, reentry, max(reentry, gap))
    holes = points[~slipped]
    near = nearest_distance(holes, float(np.sqrt(surface / max(len(holes), 1))))
    places = surface_places(found.outline)
    hits = counts_within(points, places, radius, max(radius, gap))
    quantiles = np.quantile(near, QUANTILES) if len(holes) > 1 else (None,) * 3
    p05, p50, p95 = (None if value is None else float(value) for value in quantiles)
    return MapStatistics(
        contacts=count,
        area_cm2=found.area,
        contact_density=count / found.area,
        hole_density=len(holes) / found.area,
        reentry_share=float(slipped.mean()) if count else None,
        dispersion=dispersion(points, found.outline),
        nearest_mean_mm=float(near.mean()) if len(holes) > 1 else None,
        nearest_p05_mm=p05,
        nearest_p50_mm=p50,
        nearest_p95_mm=p95,
        area_hit=float((hits > 0).mean()),
        area_hit_twice=float((hits > 1).mean()),
        edge_shortfall=edge_shortfall(found, places),
        slit_length_mm=float(found.slit.mean()) if count else 0.0,
    )


def surface_places(outline: np.ndarray) -> np.ndarray:
    """About PLACES places spread evenly over the zone, shape (place, 2)."""
    pitch = float(np.sqrt(area(outline) / PLACES))
    places = np.empty((scan(outline, pitch, np.empty((0, 2))), 2))
    scan(outline, pitch, places)
    return places


def dispersion(points: np.ndarray, outline: np.ndarray) -> float | None:
    """Variance over mean of the counts in squares of 1 mm well inside the outline; None for fewer than two."""
    (left, low), (right, high) = outline.min(axis=0), outline.max(axis=0)
    columns, rows = (max(int(side // CELL_MM), 1) for side in (right - left, high - low))
    middles, chosen = squares(outline, left, low, CELL_MM, columns, rows)
    counts = cell_counts(points, left, low, CELL_MM, columns, rows)[chosen]
    inside = counts[~near_edge(outline, middles, CELL_MM / np.sqrt(2.0))]
    return float(inside.var() / inside.mean()) if len(inside) > 1 and inside.any() else None


def edge_shortfall(found: PunctureMap, places: np.ndarray) -> float | None:
    """By how much the strip within the array's reach of the outline is needled more thinly than the rest [-].

    None where the strip is everything or nothing.
    """

    def share(points: np.ndarray) -> float:
        every = max(int(len(points) * len(found.outline) / EDGE_WORK) + 1, 1)
        return float(near_edge(found.outline, points[::every], found.reach).mean()) if len(points) else 0.0

    strip, contacts = share(places[::4]), share(found.position)
    if not 0.0 < strip < 1.0 or contacts >= 1.0 or not len(found.position):
        return None
    return 1.0 - (contacts / strip) / ((1.0 - contacts) / (1.0 - strip))
