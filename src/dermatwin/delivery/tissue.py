"""Living tissue: binding, diffusivity, the junction between epidermis and dermis, and what blood and lymph take away.

The laws are those of the open finite-dose calculators: D = D_free/binding, clearance by capillary permeability and flow
in series. They take viable epidermis and dermis alike; records of permeability want more resistance of the former. All
driving forces are in total unbound concentration in water, neutral and ionised together. Left out: metabolism, saturable
binding, the depth of the first capillaries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from .solute import Solute
from .stratum import Barrier, neutral_fraction


@dataclass(frozen=True)
class Tissue:
    """Viable epidermis and dermis for one solute, shape (draw,)."""

    partition: np.ndarray  # total concentration over the unbound one in water
    conductivity: np.ndarray  # cm2/h, diffusivity times partition, of dermis
    epidermis: np.ndarray  # cm2/h, the same of viable epidermis
    junction: np.ndarray  # h/cm, extra resistance between epidermis and dermis
    clearance: np.ndarray  # 1/h, of the total in the dermis


def unbound_fraction(solute: Solute, p: Draws) -> np.ndarray:
    """Unbound share in tissue [-], shape (draw,): 1/(1 + t1 exp(log D) + t0), log D at tissue pH; 1 without a log Kow."""
    if solute.log_kow is None:
        return np.ones(p.count)
    share = neutral_fraction(solute, p.median("tissue_ph", "1"))
    log_d = solute.log_kow + np.log10(max(share, 1e-10))
    return 1.0 / (1.0 + p("unbound_slope", "1") * np.exp(log_d) + p("unbound_floor", "1"))


def binding(solute: Solute, p: Draws) -> np.ndarray:
    """Binding factor [-], shape (draw,): b0 + b1/f_u + b2 f_neutral Kow."""
    kow = 0.0 if solute.log_kow is None else 10.0**solute.log_kow
    lipid = neutral_fraction(solute, p.median("tissue_ph", "1")) * kow
    held = p("binding_unbound", "1") / unbound_fraction(solute, p)
    return p("binding_constant", "1") + held + p("binding_lipid", "1") * lipid


def free_diffusivity(solute: Solute, p: Draws) -> np.ndarray:
    """Diffusivity of the unbound solute in tissue [cm2/h], shape (draw,): D = D_0 M^n, times the error of the law."""
    power = solute.molar_mass ** p("tissue_diffusivity_exponent", "1")
    return p("tissue_diffusivity", "cm^2/h") * power * p("tissue_diffusivity_factor", "1")


def capillary_clearance(stratum: Barrier, rise: float | np.ndarray, p: Draws) -> np.ndarray:
    """Clearance of the unbound solute by blood and lymph [1/h]: 1/(1/(k P S) + 1/Q) + k_lymph.

    rise : blood flow over its resting value [-], a number or (draw, ...); the result is (draw,) or has its shape.
    """
    shape = (-1,) + (1,) * (np.ndim(rise) - 1) if np.ndim(rise) else (-1,)
    wall = (p("capillary_permeability_ratio", "1") * stratum.neutral * p("capillary_surface", "1/cm")).reshape(shape)
    flow = p("dermal_perfusion", "1/h").reshape(shape) * rise
    return wall * flow / (wall + flow) + p("lymph_clearance", "1/h").reshape(shape)


def junction_resistance(solute: Solute, conductivity: np.ndarray, p: Draws) -> np.ndarray:
    """Extra resistance of the junction [h/cm], shape (draw,): h_j/(r_j D K) for macromolecules, 0 for the rest."""
    if solute.molar_mass < p.median("junction_solute_mass", "g/mol"):
        return np.zeros(p.count)
    return p("junction_thickness", "cm") / (p("junction_diffusivity_ratio", "1") * conductivity)


def _hindrance(solute: Solute, p: Draws) -> np.ndarray:
    """How much more viable epidermis resists than dermis [-], (draw,); 1 for macromolecules, measured alike in both."""
    if solute.molar_mass >= p.median("junction_solute_mass", "g/mol"):
        return np.ones(p.count)
    return p("viable_epidermis_hindrance", "1")


def tissue(solute: Solute, stratum: Barrier, perfused: bool, p: Draws) -> Tissue:
    """Viable tissue for one solute; excised skin (`perfused` False) clears nothing."""
    bound = binding(solute, p)
    unbound = unbound_fraction(solute, p)
    water = p("tissue_water_share", "1")
    slow = p("bound_diffusivity", "cm^2/h") * (1.0 - unbound) / unbound
    conductivity = water * (free_diffusivity(solute, p) + slow)
    clearance = capillary_clearance(stratum, 1.0, p) / bound if perfused else np.zeros(p.count)
    return Tissue(
        partition=water * bound,
        conductivity=conductivity,
        epidermis=conductivity / _hindrance(solute, p),
        junction=junction_resistance(solute, conductivity, p),
        clearance=clearance,
    )
