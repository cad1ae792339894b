"""The film on the skin: its thickness, how it dries, how fast a solute moves in it.

A well-mixed film in which the solute has the activity of the same concentration in water; uncovered, its water leaves at
a constant speed and the rest stays. Left out: solubility (the catalogue holds no sourced one; `Donor` in
`delivery.experiment` takes one), crystals, partition into oil, volatile actives, rubbing off.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws


def film_thickness(dose: np.ndarray, vehicle: str, occluded: bool, since: np.ndarray, p: Draws) -> np.ndarray:
    """Film thickness [cm], shape (draw, ...): h = dose/density (1 - w) + max(dose/density w - v t, 0).

    Units   dose mg/cm2 (draw,), `since` h after application (any shape).   Occluded: constant.
    """
    start = 0.001 * dose / p("vehicle_density", "g/cm^3")
    shape = (-1,) + (1,) * since.ndim
    if occluded:
        return np.broadcast_to(start.reshape(shape), (p.count, *since.shape))
    water = start * p(f"vehicle_water[{vehicle}]", "1")
    speed = p("film_evaporation", "cm/h")
    left = np.maximum(water.reshape(shape) - speed.reshape(shape) * since, 0.0)
    return (start - water).reshape(shape) + left


def vehicle_diffusivity_ratio(vehicle: str, p: Draws) -> np.ndarray:
    """Diffusivity in the vehicle over that in water [-], shape (draw,)."""
    return p(f"vehicle_diffusivity_ratio[{vehicle}]", "1")
