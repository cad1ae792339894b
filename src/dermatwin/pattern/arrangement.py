"""From a device and its use to what repeats over the skin: its layout, the motion of every draw."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..case.document import Settings
from ..device import Device
from ..evidence import Draws
from .layout import Layout, drum, grid, ring
from .motion import MM2_PER_CM2, Motion, pen, roller, stamp
from .use import Use


def layout_of(device: Device, use: Use, draws: Draws) -> Layout:
    """Where the device's needles sit, with typical sizes where the device leaves them open.

    A pitch that is known comes first; without one the needles fill the width that a track sweeps or the area of a stamp.
    """
    if device.kind.movement == "rolls":
        stagger = draws.median("roller_row_stagger", "1")
        return _drum(device, use.typical["drum_diameter"], use.typical["track_width"], stagger)
    if device.kind.movement == "presses":
        return _stamp(device, use.typical["array_area"])
    return _cartridge(device, draws.median(f"track_width[{device.kind.parameters}]", "mm"))


@lru_cache(maxsize=64)
def _drum(device: Device, diameter: float, width: float, stagger: float) -> Layout:
    return drum(device.needle_count, diameter=diameter, width=width, rows=device.rows, stagger=stagger)


@lru_cache(maxsize=64)
def _stamp(device: Device, area: float) -> Layout:
    cell = float(np.sqrt(MM2_PER_CM2 * area / device.needle_count))
    build = ring if device.layout == "ring" else grid
    return build(device.needle_count, pitch=device.pitch or cell)


@lru_cache(maxsize=64)
def _cartridge(device: Device, usual_width: float) -> Layout:
    build = grid if device.layout == "grid" else ring
    if device.pitch is not None:
        return build(device.needle_count, pitch=device.pitch)
    return build(device.needle_count, width=device.track_width or usual_width)


def motion_of(device: Device, settings: Settings, use: Use, draws: Draws) -> Motion:
    """How contacts repeat over the skin, for every draw."""
    drawn, count = use.drawn, device.needle_count
    if device.kind.movement == "strokes":
        return pen(
            count,
            frequency=drawn["frequency"],
            passes=drawn["passes"],
            hand_speed=drawn["hand_speed"],
            spacing=drawn["track_spacing"],
            protrusion=settings.needle_length,
            stroke=drawn["stroke"],
        )
    neighbour = layout_of(device, use, draws).neighbour
    if device.kind.movement == "rolls":
        return roller(
            count,
            passes=drawn["passes"],
            drum_diameter=drawn["drum_diameter"],
            spacing=lanes(settings, drawn),
            neighbour=neighbour,
            sliding=draws("roller_sliding_share", "1"),
            protrusion=settings.needle_length,
        )
    plate = float(np.sqrt(MM2_PER_CM2 * use.typical["array_area"]))
    return stamp(count, presses=drawn["passes"], area=drawn["array_area"], neighbour=min(neighbour, plate))


def lanes(settings: Settings, drawn: dict[str, np.ndarray]) -> np.ndarray:
    """Distance between neighbouring lanes of a roller [mm]: as stated, or side by side."""
    width = drawn["track_width"]
    return width if settings.track_spacing is None else np.full_like(width, settings.track_spacing)
