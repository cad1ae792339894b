"""The stratum corneum: permeability by two parallel routes, partition, and what ionisation does to both.

    P = P_lipid f(pH) + P_polar            log10 P_lipid[cm/h] = a0 + a1 log Kow + a2 M  (+ error of the correlation)

The lipid route is the correlation of Potts and Guy as coded by the open calculators, for a hydrated membrane of
reference thickness; alone it under-predicts polar solutes about tenfold, hence the parallel aqueous route, hindered
diffusion through pores. Partition is the two-phase (lipid and corneocyte) law of Dancik, Kasting, Nitsche and Wang; it
sets how much the layer holds and so the lag, not the steady flux. Left out: follicles, binding that saturates, damage by
the vehicle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from .aqueous import aqueous_diffusivity, pore_hindrance
from .solute import Solute


@dataclass(frozen=True)
class Barrier:
    """The stratum corneum for one solute, shape (draw,)."""

    lipid: np.ndarray  # cm/h, of the neutral form
    polar: np.ndarray  # cm/h, of every form
    partition: np.ndarray  # stratum corneum over water, neutral form

    @property
    def neutral(self) -> np.ndarray:
        """Permeability for a wholly neutral solute [cm/h]."""
        return self.lipid + self.polar

    def weight(self, share: np.ndarray) -> np.ndarray:
        """Permeability at this share of the lipid route that is left, over that of the neutral form [-]."""
        total = self.neutral
        return np.where(total > 0.0, (self.lipid * share + self.polar) / np.where(total > 0.0, total, 1.0), 0.0)


def neutral_fraction(solute: Solute, ph: float | None) -> float:
    """Share of the solute that is neutral at this pH [-]: 1/(1 + 10^(pH - pKa)) of an acid, mirrored for a base.

    1 where the pH or a sourced pKa is missing; 0 for what is always charged.
    """
    if solute.acidity == "charged":
        return 0.0
    if solute.pka is None or ph is None:
        return 1.0
    excess = ph - solute.pka if solute.acidity == "acid" else solute.pka - ph
    return 1.0 / (1.0 + 10.0**excess)


def lipid_share(solute: Solute, ph: float | None, p: Draws) -> np.ndarray:
    """Lipid-route permeability at this pH over that of the neutral form [-], shape (draw,): f + f_ion (1 - f).

    0 for what is always charged: its log Kow is that of a neutral form that hardly exists.
    """
    if solute.acidity == "charged":
        return np.zeros(p.count)
    neutral = neutral_fraction(solute, ph)
    return neutral + p("ion_relative_permeability", "1") * (1.0 - neutral)


def error_scale(solute: Solute, p: Draws) -> float:
    """Standard deviation of log10 of the permeability that the correlation leaves [-]."""
    if solute.log_kow_origin == "measured":
        return p.median("permeability_error[measured]", "1")
    large = solute.molar_mass >= p.median("permeability_large_solute", "g/mol")
    return p.median(f"permeability_error[{'crippen_large' if large else 'crippen'}]", "1")


def permeability_factor(solute: Solute, p: Draws) -> np.ndarray:
    """Error of the correlation [-], shape (draw,), median 1: one unknown per solute, one spread between people.

    The published error holds the scatter between repeats, which is taken out of the unknown.
    """
    repeat = p.median("permeability_repeat_sd", "1")
    unknown = np.sqrt(error_scale(solute, p) ** 2 - repeat**2)
    score = unknown * p.luck.normal("knowledge", f"permeability of {solute.name}")[:, 0]
    return 10.0 ** (score + repeat * p.luck.normal("person", "stratum corneum permeability")[:, 0])


def lipid_permeability(solute: Solute, p: Draws) -> np.ndarray:
    """Correlation of Potts and Guy without its error [cm/h], shape (draw,); 0 without a log Kow.

    log10 P = a0 + a1 log Kow + a2 M.   Valid for M < 600 g/mol, log Kow -3 to 6, hydrated human membrane.
    """
    if solute.log_kow is None:
        return np.zeros(p.count)
    log = (p("potts_guy_intercept", "1") + p("potts_guy_log_kow", "1") * solute.log_kow
           + p("potts_guy_molar_mass", "mol/g") * solute.molar_mass)
    return 10.0**log


def polar_permeability(solute: Solute, p: Draws) -> np.ndarray:
    """Aqueous path through the stratum corneum [cm/h], shape (draw,): (e/(tau L)) D_w H(a/r_p)."""
    pore = p("polar_pore_radius", "nm")
    return p("polar_route_permeance", "1/cm") * aqueous_diffusivity(solute, p) * pore_hindrance(solute, pore, p)


def partition(solute: Solute, hydrated: bool, p: Draws) -> np.ndarray:
    """Stratum corneum over water for the neutral form [-], shape (draw,); two phases, lipid and corneocyte.

    K = (1 - phi) k_l Kow^n_l + phi (w_k PC + v)/(w_k/rho_k + v),  PC = k_p Kow^n_p

    Without a log Kow the solute is taken to live in the water of the layer (PC = lipid partition = 0).
    """
    state = "hydrated" if hydrated else "partial"
    kow = 0.0 if solute.log_kow is None else 10.0**solute.log_kow
    lipid = p("lipid_partition_prefactor", "1") * kow ** p("lipid_partition_exponent", "1")
    protein = p("protein_partition_prefactor", "1") * kow ** p("protein_partition_exponent", "1")
    water, dry = p(f"corneocyte_water[{state}]", "1"), p("keratin_mass_share", "1")
    corneocyte = (dry * protein + water) / (dry / p("keratin_specific_gravity", "1") + water)
    share = p(f"corneocyte_fraction[{state}]", "1")
    return (1.0 - share) * lipid + share * corneocyte


def barrier(solute: Solute, thickness: np.ndarray, hydrated: bool, p: Draws) -> Barrier:
    """The stratum corneum of this thickness [mm] for one solute; permeability goes as 1/thickness."""
    scale = p("reference_stratum_corneum", "mm") / thickness
    if not hydrated:
        scale = scale * p("partial_hydration_permeability", "1")
    error = permeability_factor(solute, p)
    return Barrier(lipid=scale * error * lipid_permeability(solute, p), polar=scale * polar_permeability(solute, p),
                   partition=partition(solute, hydrated, p))
