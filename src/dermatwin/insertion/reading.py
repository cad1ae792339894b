"""What leaves insertion as endpoints: depths, densities, reach, force and bleeding of one session."""

from __future__ import annotations

import numpy as np

from ..flows import LAYERS, Punctures, Reading
from .penetration import over_piercing

REACHED = LAYERS[1:]  # every needle that pierces enters the epidermis or stays in the stratum corneum
REACH_NAMES = ("reach_papillary", "reach_reticular_upper", "reach_deep")


def readings(punctures: Punctures, time: float | None = None) -> tuple[Reading, ...]:
    """Endpoints of one zone and session; `time` is the session's day after the first one.

    A mean over the needles that pierced is 0 for a person whom no needle pierced.
    """
    pierced = punctures.in_situ_depth > 0.0
    cone = np.pi * punctures.needle_diameter**2 * punctures.in_situ_depth / (3.0 * 4.0)
    reach = {name: ("1", punctures.reach[:, LAYERS.index(layer)])
             for name, layer in zip(REACH_NAMES, REACHED, strict=True)}
    found = {
        "in_situ_depth": ("mm", over_piercing(punctures.in_situ_depth, pierced)),
        "residual_depth": ("mm", over_piercing(punctures.residual_depth, pierced)),
        "channel_diameter": ("mm", over_piercing(punctures.channel_diameter, pierced)),
        "puncture_density": ("1/cm^2", punctures.density),
        "pierced_fraction": ("1", punctures.pierced_fraction),
        **reach,
        "injured_volume": ("mm^3/cm^2", punctures.density * over_piercing(cone, pierced)),
        "insertion_force": ("N", punctures.force.mean(axis=1)),
        "bleeding_fraction": ("1", punctures.bleeding_fraction),
    }
    return tuple(Reading(name, punctures.zone, unit, values, time) for name, (unit, values) in found.items())

