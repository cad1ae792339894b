"""How long a million punctures take, with their statistics, beside the same statistics by scipy's k-d tree.

Run: python benchmarks/pattern.py [contacts]. Both sides read the same map in the same process, on one thread: distance to
the nearest hole, share of the surface hit and hit twice, and contacts that re-enter a hole. The last has no vectorised
form on a tree; the reference takes all pairs within the distance in their order.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from dermatwin.core import Luck
from dermatwin.pattern import Raster, puncture_map, statistics
from dermatwin.pattern.layout import ring
from dermatwin.pattern.summary import surface_places

PEN = Raster(
    ring(12, width=9.0), step=0.3, spacing=9.0, passes=4, directions=4, slit=0.2, jitter=1.0, angle_jitter=0.05, turned=True
)
REENTRY = RADIUS = 0.125


def by_tree(points: np.ndarray, outline: np.ndarray) -> dict[str, float]:
    pairs = cKDTree(points).query_pairs(REENTRY, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    slipped = np.zeros(len(points), bool)
    for earlier, later in pairs.tolist():
        if not slipped[earlier]:
            slipped[later] = True
    tree = cKDTree(points[~slipped])
    nearest = tree.query(tree.data, k=2)[0][:, 1]
    hits = cKDTree(points).query_ball_point(surface_places(outline), RADIUS, return_length=True)
    return {
        "reentry_share": float(slipped.mean()),
        "nearest_mean_mm": float(nearest.mean()),
        "area_hit_twice": float((hits > 1).mean()),
    }


def timed(work: Callable[[], object], repeats: int) -> tuple[float, object]:
    best, result = np.inf, None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    return best, result


def measure(contacts: int = 1_000_000) -> dict[str, float]:
    area_cm2 = contacts / PEN.density
    begin = time.perf_counter()
    statistics(puncture_map(PEN, Luck(1, 1)), reentry=REENTRY, radius=RADIUS)
    first = time.perf_counter() - begin
    draw, found = timed(lambda: puncture_map(PEN, Luck(1, 1), area_cm2=area_cm2), 3)
    read, own = timed(lambda: statistics(found, reentry=REENTRY, radius=RADIUS), 3)  # type: ignore[arg-type]
    tree, other = timed(lambda: by_tree(found.position, found.outline), 1)  # type: ignore[attr-defined]
    for name, value in other.items():  # type: ignore[attr-defined]
        assert abs(getattr(own, name) - value) < 1e-9, name
    return {
        "contacts": own.contacts,
        "first_call_s": first,
        "map_s": draw,
        "statistics_s": read,  # type: ignore[attr-defined]
        "tree_s": tree,
        "tree_over_own": tree / read,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000), indent=2))
