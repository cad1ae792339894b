"""The stratum corneum: permeability by parallel routes, partition, and what ionisation, warmth and a name do to them.

    P = (P_lipid f(pH) + P_aqueous) g(T) z       log10 P_lipid[cm/h] = a0 + a1 log Kow + a2 M
                                                 P_aqueous = D_w ((e/(tau L)) H(a/r_p) + follicles)
    P <= K D_w / h                               free diffusion: the layer were a liquid

The lipid route is linear in log Kow and molar mass, as Potts and Guy had it, the aqueous route is hindered diffusion through
pores beside unhindered diffusion through follicles; the coefficients are inferred from records of many laboratories
(`calibration.permeability`). z is what a compound has of its own: unknown for a compound that nobody measured, narrow for
one with records. Partition is the two-phase (lipid and corneocyte) law of Dancik, Kasting, Nitsche and Wang; it sets how
much the layer holds and so the lag, not the steady flux. Left out: binding that saturates, damage by the vehicle, sebum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.units import factor
from ..evidence import Draws, Tables, view
from ..evidence.rows.permeability import CompoundPermeabilityRow
from .aqueous import aqueous_diffusivity, pore_hindrance
from .solute import Solute

MEASURED, CRIPPEN = "measured", "crippen"
FIT = "permeability"  # name of the posterior that the coefficients come from
WITHIN = "lipid_route_intercept"  # a parameter of that posterior
OWN_RECORDS = "compound_permeability"  # pool of a compound's own records
KELVIN = 273.15  # numerical: 0 degrees Celsius


@dataclass(frozen=True)
class Barrier:
    """The stratum corneum for one solute, shape (draw,)."""

    lipid: np.ndarray  # cm/h, of the neutral form
    polar: np.ndarray  # cm/h, of every form, pores and follicles
    partition: np.ndarray  # stratum corneum over water, neutral form

    @property
    def neutral(self) -> np.ndarray:
        """Permeability for a wholly neutral solute [cm/h]."""
        return self.lipid + self.polar

    def weight(self, share: np.ndarray) -> np.ndarray:
        """Permeability at this share of the lipid route that is left, over that of the neutral form [-]."""
        total = self.neutral
        return np.where(total > 0.0, (self.lipid * share + self.polar) / np.where(total > 0.0, total, 1.0), 0.0)


@dataclass(frozen=True)
class Measured:
    """log10 of the permeability [cm/h] that a compound's records say: neutral form, 32 C, reference thickness."""

    mean: float
    sd: float
    records: int


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


def lipid_share(solute: Solute, ph: float | np.ndarray | None, p: Draws) -> np.ndarray:
    """Lipid-route permeability at this pH over that of the neutral form [-], shape (draw,): f + f_ion (1 - f).

    A pH may be one number or (draw,). 0 for what is always charged: its log Kow is that of a form that hardly exists.
    """
    if solute.acidity == "charged":
        return np.zeros(p.count)
    neutral = np.array([neutral_fraction(solute, value) for value in ([ph] if ph is None else np.atleast_1d(ph))])
    return neutral + p("ion_relative_permeability", "1") * (1.0 - neutral)


def octanol_partition(solute: Solute, p: Draws) -> np.ndarray:
    """log Kow to enter the laws with [-], shape (draw,); one that was computed by Crippen's rules is corrected.

    log Kow = k0 + k1 (computed), from compounds that have both; -inf without a log Kow.
    """
    if solute.log_kow is None:
        return np.full(p.count, -np.inf)
    if solute.log_kow_origin != CRIPPEN:
        return np.full(p.count, solute.log_kow)
    return p("computed_log_kow_offset", "1") + p("computed_log_kow_slope", "1") * solute.log_kow


def lipid_permeability(solute: Solute, p: Draws) -> np.ndarray:
    """Lipid route for the neutral form at 32 C [cm/h], shape (draw,); 0 without a log Kow.

    log10 P = a0 + a1 log Kow + a2 M.   Valid for M < 800 g/mol, log Kow -4 to 6, hydrated human membrane.
    """
    if solute.log_kow is None:
        return np.zeros(p.count)
    return 10.0 ** (
        p("lipid_route_intercept", "1")
        + p("lipid_route_log_kow", "1") * octanol_partition(solute, p)
        + p("lipid_route_molar_mass", "mol/g") * solute.molar_mass
    )


def polar_permeability(solute: Solute, p: Draws) -> np.ndarray:
    """Aqueous paths through the stratum corneum [cm/h], shape (draw,): D_w ((e/(tau L)) H(a/r_p) + follicles)."""
    pores = p("polar_route_permeance", "1/cm") * pore_hindrance(solute, p("polar_pore_radius", "nm"), p)
    return aqueous_diffusivity(solute, p) * (pores + p("follicle_permeance", "1/cm"))


def warmth(celsius: float | None, p: Draws) -> np.ndarray:
    """Permeability at this temperature over that at the reference [-], shape (draw,): exp(E/R (1/T_ref - 1/T)).

    1 where the temperature is not stated.   Valid 20-40 C.
    """
    from scipy.constants import gas_constant

    if celsius is None:
        return np.ones(p.count)
    inverse = 1.0 / (KELVIN + p("permeability_reference_temperature", "degC")) - 1.0 / (KELVIN + celsius)
    return np.exp(p("permeability_activation_energy", "J/mol") / gas_constant * inverse)


def compound_spread(solute: Solute, lipid: np.ndarray, polar: np.ndarray, p: Draws) -> np.ndarray:
    """Standard deviation of log10 z between compounds that nobody measured [-], shape (draw,).

    sqrt(s_c^2 + (a1 s_k w)^2), with w the lipid route's share and s_k the error of a log Kow that was not measured.
    """
    own = p("permeability_compound_sd", "1")
    if solute.log_kow is None or solute.log_kow_origin == MEASURED:
        return own
    slope = p("lipid_route_log_kow", "1")
    error = p("computed_log_kow_sd" if solute.log_kow_origin == CRIPPEN else "calculated_log_kow_sd", "1")
    return np.hypot(own, slope * error * lipid / np.maximum(lipid + polar, np.finfo(float).tiny))


def permeability_factor(solute: Solute, lipid: np.ndarray, polar: np.ndarray, p: Draws) -> np.ndarray:
    """What a compound has of its own and how people differ [-], shape (draw,): z of the module times a person's factor.

    For a compound with records the law is replaced by what these say; else log10 z is Student's t around 0.
    """
    known = measured(solute, p)
    owner = "permeability_compound_sd" if known is None else OWN_RECORDS
    score = p.score("knowledge", f"permeability of {solute.name}", owner=owner)[:, 0]
    if known is None:
        own = compound_spread(solute, lipid, polar, p) * tailed(score, p)
    else:
        own = known.mean + known.sd * score - np.log10(np.maximum(lipid + polar, np.finfo(float).tiny))
    person = p.score("person", "stratum corneum permeability", owner="permeability_person_sd")[:, 0]
    return 10.0 ** (own + p.median("permeability_person_sd", "1") * person)


def tailed(score: np.ndarray, p: Draws) -> np.ndarray:
    """Normal scores as scores of Student's t: most deviations are small, some are powers of ten."""
    from scipy.special import ndtr, stdtrit

    return stdtrit(p.median("permeability_tail", "1"), ndtr(score))


def measured(solute: Solute, p: Draws) -> Measured | None:
    """What the records of this compound say; None where it has none, or where records are left out of the fit."""
    fit = p.evidence.posterior_of(WITHIN)
    if fit is None or fit.left_out:
        return None
    table = measured_compounds(p.evidence)
    return next((table[name] for name in solute.names if name in table), None)


@view
def measured_compounds(tables: Tables) -> Mapping[str, Measured]:
    """Compounds with records of their own, by name in lower case."""
    return {
        row.compound.lower(): Measured(row.log10_permeability_cm_h, row.sd, row.records)
        for row in tables.rows(CompoundPermeabilityRow)
    }


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
    """The stratum corneum of this thickness [mm] for one solute; permeability goes as 1/thickness, up to free diffusion."""
    scale = p("reference_stratum_corneum", "mm") / thickness
    if not hydrated:
        scale = scale * p("partial_hydration_permeability", "1")
    lipid, polar = lipid_permeability(solute, p), polar_permeability(solute, p)
    scale = scale * permeability_factor(solute, lipid, polar, p)
    held = partition(solute, hydrated, p)
    scale = np.minimum(scale, _most(lipid + polar, freely(aqueous_diffusivity(solute, p), held, thickness)))
    return Barrier(lipid=scale * lipid, polar=scale * polar, partition=held)


def freely(diffusivity: np.ndarray, partition: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """What the layer would let through were it liquid [cm/h], shape (draw,): P = K D_w / h; no membrane lets more through.

    Steady diffusion through a film of thickness h that holds K times what water holds, at the diffusivity D_w in water: the
    lipids and the keratin of the layer can slow a solute, not make it faster than water does. Cuts what an unbounded tail
    of a spread says beyond that.

    Units    diffusivity cm2/h, thickness mm.   Grade  D: follows from diffusivity and partition, and has no parameter.
    Source   Fick's law for a film (Crank, The Mathematics of Diffusion, 2nd ed. 1975, ch. 4).
    """
    return partition * diffusivity / (factor("mm", "cm") * thickness)


def _most(law: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """The largest factor [-] that keeps a permeability at its limit; no limit to nothing."""
    with np.errstate(over="ignore"):
        return np.divide(limit, law, out=np.full_like(law, np.inf), where=law > 0.0)
