"""The random map of one session: where every needle touched the skin.

Tracks lie at even distances with the jitter of a hand, each pass begins anywhere and turns on to the next direction, and
the motor knows nothing of the hand, so that the phase of its strokes is chance. A hand that slows down, lifts off or
goes over a place again, and skin that is pushed together, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core import Luck
from ..core.errors import CaseError, Fault
from .laying import ARRAY, AXLE, lay
from .motion import MM2_PER_CM2
from .polygon import area, contains, square
from .raster import Raster

MOST = 5_000_000  # numerical: contacts of one map
WINDOW_CM2 = 1.0


@dataclass(frozen=True)
class PunctureMap:
    """Contacts of one session in the order of time; lengths in mm."""

    position: np.ndarray  # (n, 2) x, y
    pass_number: np.ndarray  # (n,) from 0
    needle: np.ndarray  # (n,) place in the layout
    slit: np.ndarray  # (n,) way of the needle through the surface, at most
    outline: np.ndarray  # (corner, 2) of the zone
    reach: float  # half the width of the array

    @property
    def area(self) -> float:
        """Area of the zone [cm2]."""
        return area(self.outline) / MM2_PER_CM2


def puncture_map(
    raster: Raster,
    luck: Luck,
    *,
    outline: np.ndarray | None = None,
    area_cm2: float = WINDOW_CM2,
    border: bool | None = None,
    zone: str = "",
    session: int = 0,
) -> PunctureMap:
    """Draw every contact of one session inside an outline.

    outline : corners (corner, 2) in mm; without one, a square of `area_cm2`.
    border : whether the outline is the border of the treatment, inside which the middle of the array stays. By default a
    square is a window in a larger treatment, and an outline is a border.
    luck : the first person's is used; the source `chance` must vary, or every phase is the same.

    Shape    positions (n, 2).
    Law      mean density N passes / (step spacing) in a window (tests/verification/test_pattern.py).
    Raises   `CaseError` where there would be more than MOST contacts.
    """
    within = outline is not None if border is None else border
    corners = square(MM2_PER_CM2 * area_cm2) if outline is None else np.ascontiguousarray(outline, dtype=float)
    _require_drawable(raster, corners, zone)
    draw = _scattered if raster.scattered else _tracked
    place, owner = draw(raster, corners, within, luck, (zone, session))
    return PunctureMap(place, owner[:, 0], owner[:, 1], np.full(len(place), raster.slit), corners, raster.layout.reach)


def _require_drawable(raster: Raster, corners: np.ndarray, zone: str) -> None:
    contacts = raster.density * area(corners) / MM2_PER_CM2
    if contacts > MOST:
        raise CaseError(
            [
                Fault(
                    f"zones.{zone}.area",
                    f"{contacts:.3g} contacts",
                    f"are more than a map holds, {MOST:,}; draw a smaller zone",
                )
            ]
        )


def _tracked(
    raster: Raster, corners: np.ndarray, within: bool, luck: Luck, visit: tuple[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Contacts along tracks: positions (n, 2), pass and needle (n, 2)."""
    parts = [_pass(raster, corners, luck, number, visit) for number in range(raster.passes)]
    tracks, arrays = np.concatenate([part[0] for part in parts]), np.stack([part[1] for part in parts])
    stop = 0 if not within else AXLE if np.isfinite(raster.layout.period) else ARRAY
    none = np.empty((0, 2))
    count = lay(corners, tracks, arrays, raster.step, stop, none, none.astype(np.int32))
    place, owner = np.empty((count, 2)), np.empty((count, 2), np.int32)
    lay(corners, tracks, arrays, raster.step, stop, place, owner)
    return place, owner


def _scattered(
    raster: Raster, corners: np.ndarray, within: bool, luck: Luck, visit: tuple[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Contacts of an array that is put down anywhere, turned anyhow, once per step times spacing and pass in the mean."""
    zone, session = visit
    low, high = corners.min(axis=0) - raster.layout.reach, corners.max(axis=0) + raster.layout.reach
    count = max(int(round(raster.passes * float(np.prod(high - low)) / (raster.step * raster.spacing))), 1)
    chance = luck.uniform("chance", f"presses of a puncture map@{zone}", session, 3 * count)[0].reshape(count, 3)
    middle = low + chance[:, :2] * (high - low)
    middle = middle[contains(corners, middle)] if within else middle
    angle = 2.0 * np.pi * chance[: len(middle), 2]
    place = middle[:, None] + _held(raster, angle[:, None])
    number, needle = np.divmod(np.arange(place.shape[0] * place.shape[1]), raster.layout.count)
    inside = contains(corners, place.reshape(-1, 2))
    owner = np.column_stack([number * raster.passes // max(len(middle), 1), needle]).astype(np.int32)
    return place.reshape(-1, 2)[inside], owner[inside]


def _pass(
    raster: Raster, corners: np.ndarray, luck: Luck, number: int, visit: tuple[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Tracks (track, 5) of one pass, see `laying.lay`, and the needles as they are held in it (needle, 2)."""
    zone, session = visit
    name = f"pass {number} of a puncture map@{zone}"
    across, along, hold = luck.uniform("chance", name, session, 3)[0]
    angle = np.pi * (number % raster.directions) / raster.directions
    way = np.array([np.cos(angle), np.sin(angle)])
    side = np.array([-way[1], way[0]])
    offsets = corners @ side
    first = offsets.min() - raster.layout.reach - _margin(raster)
    count = int(np.ceil((offsets.max() + raster.layout.reach + _margin(raster) - first) / raster.spacing)) + 1
    stray = luck.normal("chance", f"tracks of {name}", session, 2 * count)[0].reshape(count, 2)
    places = first + (np.arange(count) + across - 1.0) * raster.spacing + raster.jitter * stray[:, 0]
    turn = raster.angle_jitter * stray[:, 1]
    heading = np.cos(turn)[:, None] * way + np.sin(turn)[:, None] * side
    middle = 0.5 * ((corners @ way).min() + (corners @ way).max()) + raster.step * along
    points = places[:, None] * side + middle * way
    tracks = np.column_stack([points, heading, np.full(count, float(number))])
    return tracks, _held(raster, np.asarray(2.0 * np.pi * hold if raster.turned else 0.0))


def _margin(raster: Raster) -> float:
    """How far outside a track may begin and still come in, by the jitter of the hand."""
    return 4.0 * raster.jitter


def _held(raster: Raster, angle: np.ndarray) -> np.ndarray:
    """Needles of an array that is turned by `angle`, shape (..., needle, 2)."""
    x, y = raster.layout.x, raster.layout.y
    return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], axis=-1)
