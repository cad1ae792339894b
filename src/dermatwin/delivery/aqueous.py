"""A solute in water: size, diffusivity, and how a fluid-filled or fibre-filled hole slows it.

Correlations with the molar volume as coded by the open finite-dose calculators; hindrance in a pore after Renkin, in a
mesh of fibres after Ogston. Measured radii and diffusivities come first. Left out: temperature and charge; coils without
a measured radius are larger than the compact one used here.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws
from .solute import Solute


def molar_volume(solute: Solute, p: Draws) -> np.ndarray:
    """Molar volume [cm3/mol], V = v M with one v for small and one for large solutes; shape (draw,)."""
    size = "small" if solute.molar_mass < p.median("large_solute_mass", "g/mol") else "large"
    return p(f"solute_volume_per_mass[{size}]", "cm^3/g") * solute.molar_mass


def aqueous_diffusivity(solute: Solute, p: Draws) -> np.ndarray:
    """Diffusivity in water [cm2/h], shape (draw,): measured; k T/(6 pi eta a) from a known radius; else D = D_w V^n.

    One power law below and one above `large_solute_volume`.
    """
    if solute.diffusivity is not None:
        return np.full(p.count, solute.diffusivity)
    if solute.radius is not None:
        return p("stokes_einstein", "cm^2/h") / solute.radius
    volume, size = _sized(solute, p)
    return p(f"aqueous_diffusivity[{size}]", "cm^2/h") * volume ** p(f"aqueous_diffusivity_exponent[{size}]", "1")


def solute_radius(solute: Solute, p: Draws) -> np.ndarray:
    """Hydrodynamic radius [nm], shape (draw,): measured where it is known, else a = a_s V^n, too small for random coils."""
    if solute.radius is not None:
        return np.full(p.count, solute.radius)
    volume, size = _sized(solute, p)
    return p(f"solute_radius[{size}]", "nm") * volume ** p(f"solute_radius_exponent[{size}]", "1")


def _sized(solute: Solute, p: Draws) -> tuple[np.ndarray, str]:
    volume = molar_volume(solute, p)
    return volume, "small" if volume[0] < p.median("large_solute_volume", "cm^3/mol") else "large"


def pore_hindrance(solute: Solute, pore_radius: np.ndarray, p: Draws) -> np.ndarray:
    """Diffusivity in a cylindrical pore, partition included, over that in water [-]; 0 where the solute does not fit.

    H = (1 - l)^2 (1 - b1 l + b3 l^3 - b5 l^5), l = solute radius / pore radius (nm).

    Valid for l < 0.6; the polynomial is cut at 0 above.   Source `renkin1954`.
    """
    ratio = np.minimum(solute_radius(solute, p) / pore_radius, 1.0)
    drag = 1.0 - p("renkin_linear", "1") * ratio + p("renkin_cubic", "1") * ratio**3 - p("renkin_quintic", "1") * ratio**5
    return (1.0 - ratio) ** 2 * np.maximum(drag, 0.0)


def mesh_hindrance(radius: np.ndarray, fibre_radius: np.ndarray, volume_fraction: np.ndarray) -> np.ndarray:
    """Diffusivity in a mesh of fibres over that in the fluid [-]: exp(-sqrt(phi) (a + r_f)/r_f). Source `ogston1973`."""
    return np.exp(-np.sqrt(volume_fraction) * (radius + fibre_radius) / fibre_radius)
