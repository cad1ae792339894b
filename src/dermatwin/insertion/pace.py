"""How long needling takes: what the hand sweeps, the presses it makes, and what it does between them."""

from __future__ import annotations

import numpy as np

from ..device import Device
from ..evidence import Draws
from ..pattern import MM2_PER_CM2, Use

SECONDS_PER_MINUTE = 60.0


def pace(device: Device, use: Use, draws: Draws) -> np.ndarray:
    """Time that the needling takes [min/cm2], shape (draw,).

    pen, roller   passes / (v w), times what lifting, stretching and wiping add
    stamp         presses t_press / A

    Units    v mm/s, w mm, A cm2.      Valid  needling alone: cleaning, numbing and talking come on top.
    Law      rises with passes, falls with the speed of the hand (tests/laws/test_insertion.py).
    """
    drawn = use.drawn
    if device.kind.movement == "presses":
        seconds = drawn["passes"] * draws("press_time", "s") / drawn["array_area"]
    else:
        width = drawn["track_spacing" if device.kind.movement == "strokes" else "track_width"]
        seconds = drawn["passes"] * MM2_PER_CM2 / (drawn["hand_speed"] * width) * draws("handling_overhead", "1")
    return seconds / SECONDS_PER_MINUTE
