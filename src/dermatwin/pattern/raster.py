"""One typical way of moving one device over skin, ready to be drawn: no spread, no chance.

A raster says what every device does alike: an array of needles is put down at even steps along tracks at even distances,
pass after pass, the passes spread over directions. A pen's steps are its strokes, a roller's the turns of its drum, a
stamp's its presses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case.document import Settings
from ..core.errors import CaseError, Fault
from ..device import Device
from ..evidence import Draws
from .arrangement import lanes, layout_of, motion_of
from .layout import Layout
from .motion import MM2_PER_CM2, contact_density
from .use import use_of


@dataclass(frozen=True)
class Raster:
    """What repeats over the skin. Lengths in mm."""

    layout: Layout
    step: float  # between an array's successive contacts along a track
    spacing: float  # between neighbouring tracks
    passes: int
    directions: int  # over which the passes are spread, evenly within half a turn
    slit: float  # way of a needle through the surface while it is inside, at most
    jitter: float = 0.0  # standard deviation of a track's place
    angle_jitter: float = 0.0  # rad, standard deviation of a track's direction
    turned: bool = False  # whether the array is held in any direction, a new one for every pass
    scattered: bool = False  # whether each contact of the array is put down anywhere and turned anyhow: stamps without order

    @property
    def density(self) -> float:
        """Contacts per area in the mean [1/cm2]."""
        return float(
            contact_density(self.layout.count, np.asarray(self.passes), np.asarray(self.step), np.asarray(self.spacing))
        )


def raster_of(device: Device, settings: Settings, draws: Draws, zone: str = "", session: int = 0) -> Raster:
    """The raster of the first of the people in `draws`, passes rounded to a whole number.

    Raises `CaseError` where the case states a density instead of how the device is moved.
    """
    settings = settings.at(session)
    if settings.density is not None:
        raise CaseError(
            [
                Fault(
                    f"course.settings.{zone}.density",
                    f"{settings.density:g} /cm^2",
                    "leaves open how the device is moved; state passes and hand_speed instead",
                )
            ]
        )
    use, _ = use_of(device, settings, zone, draws, session)
    motion, passes = motion_of(device, settings, use, draws), max(int(round(float(use.drawn["passes"][0]))), 1)
    layout = layout_of(device, use, draws)
    step, spacing = (float(size[0]) for size in _cell(device, settings, use.drawn, draws))
    directions = settings.directions or int(draws.median("pass_directions", "1"))
    return Raster(
        layout,
        step,
        spacing,
        passes,
        directions,
        0.0 if motion.slit is None else float(motion.slit[0]),
        draws.median("track_jitter", "mm"),
        draws.median("track_angle_jitter", "rad"),
        device.kind.movement == "strokes",
    )


def _cell(device: Device, settings: Settings, drawn: dict[str, np.ndarray], draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Step along a track and distance between tracks [mm]."""
    if device.kind.movement == "strokes":
        return drawn["hand_speed"] / drawn["frequency"], drawn["track_spacing"]
    if device.kind.movement == "rolls":
        turn = np.pi * drawn["drum_diameter"] / (1.0 - draws("roller_sliding_share", "1"))
        return turn, lanes(settings, drawn)
    side = np.sqrt(MM2_PER_CM2 * drawn["array_area"])
    return side, side
