"""Fit of the intact stratum corneum: routes, ions, warmth and scatter, from the open records of human skin in vitro.

    log10 Kp = log10(law) + s u_compound + u_study + e

with the laws of `delivery.stratum` in series with living layers; s is the stratum corneum's share of the resistance, so
that a compound's own deviation cannot push past tissue. All three deviations are Student's t: laboratories err by powers
of ten now and then. A log Kow that was computed has an error of its own, which pairs of computed and measured values
calibrate. One fit holds every compound; each fold of compounds has a fit without it.
Left out: neat donors and donors with co-solvents (no aqueous permeability), membranes that are not described, isolated
dermis (nothing of the stratum corneum in it), and values that a second study repeats to the digit (quotations).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from ..delivery import Membrane, Solute
from ..delivery.course import transport
from ..delivery.experiment import living_resistance
from ..delivery.stratum import compound_spread, lipid_permeability, lipid_share, polar_permeability, warmth
from ..evidence import Draws, Evidence
from ..validation.compound import compounds
from ..validation.permeability import (
    FOLDS,
    SECONDS_PER_HOUR,
    donor_ph,
    fold_of,
    is_aqueous,
    layer_of,
    record_spread_name,
    solute_of,
)
from ..validation.rows import Row, measured
from .luck import GivenLuck
from .sampler import Block, Target
from .scatter import Crossed, Groups, Variances

ROUTES = (
    "lipid_route_intercept",
    "lipid_route_log_kow",
    "lipid_route_molar_mass",
    "polar_route_permeance",
    "polar_pore_radius",
    "follicle_permeance",
    "ion_relative_permeability",
    "permeability_activation_energy",
    "viable_epidermis_hindrance",
)
COMPUTED = ("computed_log_kow_offset", "computed_log_kow_slope", "computed_log_kow_sd")
SPREADS = (
    "permeability_compound_sd",
    "permeability_study_sd",
    "permeability_record_sd[epidermis]",
    "permeability_record_sd[with_dermis]",
    "permeability_record_sd[stratum_corneum]",
)
FITTED: tuple[str, ...] = (*ROUTES, *COMPUTED, *SPREADS)
LAYERS = (
    "epidermis",
    "epidermis, dermis",
    "stratum corneum",
    "epidermis without stratum corneum",
    "epidermis, dermis without stratum corneum",
)
RECORDS, PAIRS = 0, 1  # the two factors of the likelihood


@dataclass(frozen=True)
class Remembering(Draws):
    """Draws that keep what they were asked for: one lane per trial value, many solutes."""

    kept: dict[tuple[str, str], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, name: str, unit: str, session: int = 0, zone: str = "") -> np.ndarray:
        """Values of a parameter in `unit`, shape (lane,)."""
        if (name, unit) not in self.kept:
            self.kept[name, unit] = super().__call__(name, unit)
        return self.kept[name, unit]


@dataclass(frozen=True)
class Record:
    """One record that takes part."""

    source: str
    compound: str
    solute: Solute
    layer: str
    ph: float | None
    celsius: float | None
    log10_kp: float  # cm/h


@dataclass(frozen=True)
class Law:
    """What the laws say of every record, (lane, record): log10 Kp [cm/h] and the stratum corneum's share of the resistance;
    and of every compound, (lane, compound): log10 of its neutral permeability and the spread of its own deviation."""

    log10_kp: np.ndarray
    share: np.ndarray
    log10_neutral: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True)
class Problem:
    """Records to be explained, from the priors of `evidence` alone."""

    records: tuple[Record, ...]
    evidence: Evidence = field(repr=False)

    @property
    def studies(self) -> tuple[str, ...]:
        """Studies of the records."""
        return tuple(sorted({record.source for record in self.records}))

    @cached_property
    def compounds(self) -> tuple[str, ...]:
        """Compounds of the records."""
        return tuple(sorted({record.compound for record in self.records}))

    def without(self, fold: int) -> tuple[Problem, np.ndarray]:
        """The same problem had the compounds of a fold not been measured, and which records are left."""
        left = np.array([fold_of(record.compound) != fold for record in self.records])
        return replace(self, records=tuple(r for r, stays in zip(self.records, left, strict=True) if stays)), left

    @cached_property
    def groups(self) -> Groups:
        """Compounds and studies of the records as numbers."""
        return Groups(
            np.array([self.compounds.index(r.compound) for r in self.records]),
            np.array([self.studies.index(r.source) for r in self.records]),
            len(self.compounds),
            len(self.studies),
        )

    @cached_property
    def sizes(self) -> tuple[int, int, int]:
        """How many compounds, studies and records there are: one variance factor each behind the parameters of a state."""
        return len(self.compounds), len(self.studies), len(self.records)

    @cached_property
    def tail(self) -> float:
        """Degrees of freedom of every deviation."""
        return self.evidence.parameters["permeability_tail"].value

    @cached_property
    def _living(self) -> tuple[np.ndarray, np.ndarray]:
        """Resistance [h/cm] of viable epidermis as in the dermis' law, and of what lies below it, (record,)."""
        p = Draws(self.evidence, GivenLuck(0, 1))
        found = [_below(record, p) for record in self.records]
        return np.array([a for a, _ in found]), np.array([b for _, b in found])

    @cached_property
    def _kinds(self) -> tuple[tuple[tuple[Solute, float | None, float | None], ...], np.ndarray]:
        """Different (solute, pH, temperature) of the records and which one each record has."""
        keys = [(r.solute, r.ph, r.celsius) for r in self.records]
        unique = list(dict.fromkeys(keys))
        return tuple(unique), np.array([unique.index(key) for key in keys])

    @cached_property
    def _solutes(self) -> tuple[Solute, ...]:
        """One solute per compound: its properties do not depend on the record but for the pKa that counts."""
        first = {record.compound: record.solute for record in reversed(self.records)}
        return tuple(first[name] for name in self.compounds)

    @cached_property
    def pairs(self) -> np.ndarray:
        """Measured and computed log Kow of compounds that have both, (2, compound)."""
        both = [
            (s.log_kow, c) for s, c in compounds(self.evidence).values() if s.log_kow_origin == "measured" and c is not None
        ]
        return np.array([pair for pair in both if abs(pair[1]) < ABSURD_LOG_KOW]).T

    def draws(self, states: np.ndarray) -> Remembering:
        """Draws whose lanes are states: scores (lane, parameter) in the order of `FITTED`."""
        scores: dict[str, np.ndarray] = dict(zip(FITTED, states[:, : len(FITTED)].T, strict=True))
        return Remembering(self.evidence, GivenLuck(0, len(states), scores=scores))

    def law(self, p: Draws) -> Law:
        """The laws for every record and compound."""
        routes = {s: (lipid_permeability(s, p), polar_permeability(s, p)) for s, *_ in self._kinds[0]}
        inward, outward = (self._passed(p, routes, side) for side in (False, True))
        viable, below = self._living
        tissue = outward * (p("viable_epidermis_hindrance", "1")[:, None] * viable + below)
        bare = -np.log10(tissue / outward + np.finfo(float).tiny)
        log10_kp = np.where(self._bare, bare, np.log10(inward / (1.0 + tissue)))
        share = np.where(self._bare, 0.0, 1.0 / (1.0 + tissue))
        own = [routes[s] for s in self._solutes]
        spread = np.stack([compound_spread(s, *one, p) for s, one in zip(self._solutes, own, strict=True)], axis=1)
        neutral = np.log10(np.stack([lipid + polar for lipid, polar in own], axis=1))
        return Law(log10_kp, share, neutral, spread)

    @cached_property
    def _bare(self) -> np.ndarray:
        """Whether the membrane of a record lacks the stratum corneum, (record,)."""
        return np.array([r.layer.endswith("without stratum corneum") for r in self.records])

    def _passed(self, p: Draws, routes: dict[Solute, tuple[np.ndarray, np.ndarray]], inside: bool) -> np.ndarray:
        """Permeability of the stratum corneum at the pH of the donor, or of the tissue, (lane, record)."""
        tissue = p.median("tissue_ph", "1")
        sides = [
            (*routes[s], lipid_share(s, tissue if inside and ph is not None else ph, p), warmth(celsius, p))
            for s, ph, celsius in self._kinds[0]
        ]
        return np.stack([(lipid * left + polar) * warm for lipid, polar, left, warm in sides], axis=1)[:, self._kinds[1]]

    def factors(self, states: np.ndarray) -> list[np.ndarray]:
        """Variance factors of compounds, studies and records, (lane, ...) each; 1 where the states hold none."""
        behind = states[:, len(FITTED) :]
        factors = np.exp(behind) if behind.size else np.ones((len(states), sum(self.sizes)))
        return np.split(factors, np.cumsum(self.sizes)[:-1], axis=1)

    def crossed(self, states: np.ndarray, p: Draws, law: Law) -> Crossed:
        """Residuals and variances of every lane; a state holds log variance factors behind its parameters, or none."""
        of_compound, of_study, of_record = self.factors(states)
        scatter = np.stack([p(record_spread_name(r.layer), "1") for r in self.records], axis=1)
        measured = np.array([r.log10_kp for r in self.records])
        return Crossed(
            self.groups,
            measured - law.log10_kp,
            law.share,
            Variances(
                law.spread**2 * of_compound, p("permeability_study_sd", "1")[:, None] ** 2 * of_study, scatter**2 * of_record
            ),
        )

    def log_factors(self, states: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
        """Log likelihood of the records and of the pairs of log Kow, (lane, factor)."""
        p = self.draws(states)
        found = {}
        if RECORDS in factors:
            found[RECORDS] = self.crossed(states, p, self.law(p)).log_likelihood
        if PAIRS in factors:
            found[PAIRS] = self._log_pairs(p)
        return np.stack([found[factor] for factor in factors], axis=1)

    def _log_pairs(self, p: Draws) -> np.ndarray:
        measured, computed = self.pairs
        offset, slope, sd = (p(name, "1")[:, None] for name in COMPUTED)
        distance = (measured - offset - slope * computed) / sd
        return (-0.5 * distance**2 - np.log(sd)).sum(axis=1)

    @property
    def target(self) -> Target:
        """The likelihood and the blocks of parameters that move together."""
        place = {name: n for n, name in enumerate(FITTED)}
        routes, scatter = tuple(place[n] for n in ROUTES), tuple(place[n] for n in (*SPREADS, *COMPUTED))
        both = (RECORDS, PAIRS)
        return Target(self.log_factors, 2, (Block(routes, both), Block(scatter, both), Block(routes, both, most=3)))


ABSURD_LOG_KOW = 8.0  # salts and borates: what Crippen's rules give for them is no log Kow


def problem(evidence: Evidence, rows: tuple[Row, ...] | None = None) -> Problem:
    """The fit of the records, from the priors alone."""
    chosen = measured(evidence)["permeability_intact.csv"] if rows is None else rows
    records = tuple(_record(row, evidence) for row in first_hand(chosen) if takes_part(row, evidence))
    return Problem(records, evidence.before_fits())


def takes_part(row: Row, evidence: Evidence) -> bool:
    """Whether a record speaks of an aqueous donor on a membrane that the model can stack."""
    return (
        row.number("log10_kp_cm_s") is not None
        and row["neat"] in ("0", "0.0")
        and is_aqueous(row)
        and layer_of(row) in LAYERS
        and isinstance(solute_of(row, evidence), Solute)
    )


def first_hand(rows: tuple[Row, ...] | list[Row]) -> list[Row]:
    """Rows without those whose value another study had before, to the digit, for the same compound."""
    seen: dict[tuple[str, str], str] = {}
    return [row for row in rows if seen.setdefault((row["compound"], row["log10_kp_cm_s"]), row["source"]) == row["source"]]


def _record(row: Row, evidence: Evidence) -> Record:
    solute, value = solute_of(row, evidence), row.number("log10_kp_cm_s")
    assert isinstance(solute, Solute)
    assert value is not None
    return Record(
        row["source"],
        row["compound"],
        solute,
        layer_of(row),
        donor_ph(row),
        row.number("donor_temperature_c"),
        value + np.log10(SECONDS_PER_HOUR),
    )


@lru_cache(maxsize=1)
def folds() -> tuple[int, ...]:
    """Numbers of the folds."""
    return tuple(range(FOLDS))


def _below(record: Record, p: Draws) -> tuple[float, float]:
    """Resistance of viable epidermis and of what is below it, as the laws of tissue have them at their medians [h/cm]."""
    if record.layer == "stratum corneum":
        return 0.0, 0.0
    path = transport(record.solute, Membrane().thickness(p), True, False, p)
    epidermis, below = living_resistance(path, record.layer)
    return float((epidermis / p("viable_epidermis_hindrance", "1"))[0]), float(below[0])
