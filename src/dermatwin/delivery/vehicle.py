"""The film on the skin: its thickness, how it dries, how fast a solute moves in it.

A well-mixed film in which the solute has the activity of the same concentration in water; uncovered, its water leaves at
a constant speed and the rest stays. A film is never more active than a saturated solution, and one that dries concentrates
its active at most by an assumed factor; what is beyond waits undissolved. Left out: what oil and cosolvents dissolve,
volatile actives, rubbing off.
"""

from __future__ import annotations

import numpy as np

from ..core.units import factor
from ..evidence import Draws
from .solute import Solute
from .stratum import neutral_fraction


def film_thickness(dose: np.ndarray, vehicle: str, solids: float, occluded: bool, since: np.ndarray, p: Draws) -> np.ndarray:
    """Film thickness [cm], shape (draw, *since.shape): h = dose/density (1 - w) + max(dose/density w - v t, 0).

    Units   dose mg/cm2 (draw,), `since` h after application (any shape), `solids` mass share of the actives, which
            bounds the water share w.   Occluded: constant.
    """
    start = factor("mg/cm^2", "g/cm^2") * dose / p("vehicle_density", "g/cm^3")
    water = start * water_share(vehicle, solids, p)
    dry = (start - water).reshape((-1,) + (1,) * since.ndim)
    return dry + water.reshape(dry.shape) * wetness(dose, vehicle, solids, occluded, since, p)


def water_share(vehicle: str, solids: float, p: Draws) -> np.ndarray:
    """Share of the fresh film that is water [-], shape (draw,)."""
    return np.minimum(p(f"vehicle_water[{vehicle}]", "1"), 1.0 - solids)


def wetness(dose: np.ndarray, vehicle: str, solids: float, occluded: bool, since: np.ndarray, p: Draws) -> np.ndarray:
    """Share of its water that a film still has [-], shape (draw, *since.shape): max(1 - v t/(water), 0); 1 under a cover."""
    if occluded:
        return np.ones((p.count, *since.shape))
    depth = factor("mg/cm^2", "g/cm^2") * dose / p("vehicle_density", "g/cm^3") * water_share(vehicle, solids, p)
    drying = p("film_evaporation", "cm/h") / np.maximum(depth, np.finfo(float).tiny)
    return np.maximum(1.0 - drying.reshape((-1,) + (1,) * since.ndim) * np.maximum(since, 0.0), 0.0)


def saturation(solute: Solute, dose: np.ndarray, thickness: np.ndarray, ph: float | None, p: Draws) -> np.ndarray:
    """Activity above which the film does not go [ug/cm3], shape (draw,); what is beyond waits undissolved.

    The lesser of the solubility in water, S/f with f the neutral share at the film's pH, and a multiple of the
    concentration applied. Only the latter where no solubility is held.

    Units   dose of the active ug/cm2 (draw,), `thickness` of the fresh film cm (draw,).
    """
    dried = p("film_concentration_limit", "1") * dose / thickness
    if solute.solubility is None:
        return dried
    dissolved = solute.solubility / max(neutral_fraction(solute, ph), 1.0 / p.median("ionised_solubility_limit", "1"))
    return np.minimum(dried, dissolved)


def vehicle_diffusivity_ratio(vehicle: str, wet: np.ndarray, p: Draws) -> np.ndarray:
    """Diffusivity in the vehicle over that in water [-], shape of `wet` (draw, ...): f_v max(wet^m, dry).

    A film that has lost its water hardly moves what is in it; the power law and its floor are assumed.
    """
    shape = (-1,) + (1,) * (wet.ndim - 1)
    fresh, power, dry = (
        p(name, "1").reshape(shape)
        for name in (f"vehicle_diffusivity_ratio[{vehicle}]", "drying_exponent", "dry_film_mobility")
    )
    return fresh * np.maximum(wet**power, dry)
