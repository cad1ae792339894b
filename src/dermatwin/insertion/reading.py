"""What leaves insertion as endpoints: depths, densities, reach, force and bleeding of one session."""

from __future__ import annotations

import numpy as np

from ..flows import LAYERS, Punctures, Reading
from .penetration import over_piercing

REACHED = LAYERS[1:]  # every needle that pierces enters the epidermis or stays in the stratum corneum
REACH_NAMES = ("reach_papillary", "reach_reticular_upper", "reach_deep")
FIELDS = {
    "puncture_density": ("density",),
    "insertion_force": ("force",),
    "injured_volume": ("density", "in_situ_depth", "needle_diameter"),
    "needling_time": ("pace",),
    **dict.fromkeys(REACH_NAMES, ("reach",)),
    **dict.fromkeys(("contact_density", "reentry_share", "nearest_puncture", "area_hit_twice", "slit_length"), ("pattern",)),
}
"""Reading -> fields of the punctures that it is read from, where they are called differently."""


def readings(punctures: Punctures, time: float | None = None, area: float | None = None) -> tuple[Reading, ...]:
    """Endpoints of one zone and session; `time` is the session's day after the first one, `area` the zone's [cm2].

    A mean over the needles that pierced is 0 for a person whom no needle pierced.
    """
    pierced = punctures.in_situ_depth > 0.0
    cone = np.pi * punctures.needle_diameter**2 * punctures.in_situ_depth / (3.0 * 4.0)
    reach = {name: ("1", punctures.reach[:, LAYERS.index(layer)]) for name, layer in zip(REACH_NAMES, REACHED, strict=True)}
    found = {
        "in_situ_depth": ("mm", over_piercing(punctures.in_situ_depth, pierced)),
        "residual_depth": ("mm", over_piercing(punctures.residual_depth, pierced)),
        "channel_diameter": ("mm", over_piercing(punctures.channel_diameter, pierced)),
        **_pattern(punctures),
        "puncture_density": ("1/cm^2", punctures.density),
        "pierced_fraction": ("1", punctures.pierced_fraction),
        **reach,
        "injured_volume": ("mm^3/cm^2", punctures.density * over_piercing(cone, pierced)),
        "insertion_force": ("N", punctures.force.mean(axis=1)),
        "bleeding_fraction": ("1", punctures.bleeding_fraction),
        **_vessels(punctures),
        **_duration(punctures, area),
    }
    return tuple(
        Reading(name, punctures.zone, unit, values, time, reads=punctures.behind(*FIELDS.get(name, (name,))))
        for name, (unit, values) in found.items()
    )


def _pattern(punctures: Punctures) -> dict[str, tuple[str, np.ndarray]]:
    """How the contacts lie on the skin, where that is known."""
    pattern = punctures.pattern
    if pattern is None:
        return {}
    found = {
        "contact_density": ("1/cm^2", pattern.contacts),
        "reentry_share": ("1", pattern.reentry_share),
        "nearest_puncture": ("mm", pattern.nearest),
        "area_hit_twice": ("1", pattern.hit_twice),
    }
    return found if pattern.slit_length is None else {**found, "slit_length": ("mm", pattern.slit_length)}


def _duration(punctures: Punctures, area: float | None) -> dict[str, tuple[str, np.ndarray]]:
    """How long the needling of the zone takes, where its area and the motion are known."""
    if area is None or punctures.pattern is None or punctures.pattern.pace is None:
        return {}
    return {"needling_time": ("min", area * punctures.pattern.pace)}


def _vessels(punctures: Punctures) -> dict[str, tuple[str, np.ndarray]]:
    """Vessels cut and the clinical endpoint, where needles were set against vessels."""
    found = {"vessel_cut_fraction": punctures.vessel_cut_fraction, "bleeding_endpoint": punctures.bleeding_endpoint}
    return {name: ("1", values) for name, values in found.items() if values is not None}
